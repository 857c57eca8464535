"""A corpus of ten classes runs whole, with some of its mixes and some of the paper's findings."""

import re
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import soundfile
from corpus_files import noise
from snakemake_project import Project, copy_project
from stemlens.audio.mixes import chosen_mixes

TINY = Path(__file__).with_name("tiny.yaml")
CLASSES = [
    *("drums", "bass", "lead_vocals", "backing_vocals", "electric_guitar"),
    *("acoustic_guitar", "piano", "strings", "synthesizer", "percussion"),
]
RATE_HZ = 22_050
CONFIG = {
    "corpus": {
        "name": "ten",
        "layout": "folders",
        "classes": [{"name": name, "stem": name} for name in CLASSES],
    },
    "mixes": {"most": 20},
    "mood": {"layout": None},
    "experiment": {"controls": []},
    "bootstrap": {"n_replicates": 200},
}


def write_song(folder: Path, seed: int) -> None:
    """Ten tones of different pitch with noise, each with its own rhythm."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(2.2 * RATE_HZ)) / RATE_HZ
    for number, name in enumerate(CLASSES):
        pitch_hz = 80 * 1.6**number * rng.uniform(0.9, 1.1)
        tone = np.sin(2 * np.pi * pitch_hz * time_s) * (0.6 + 0.4 * np.sin(number * time_s))
        soft = 0.01 * noise(10 * seed + number, 2.2, sample_rate_hz=RATE_HZ)
        soundfile.write(folder / f"{name}.flac", 0.1 * tone + soft, RATE_HZ)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A finished run, and what it printed."""
    folder = tmp_path_factory.mktemp("ten")
    for number, song in enumerate(["train/A", "test/B", "test/C"]):
        write_song(folder / "corpus" / song, number)
    project = copy_project(folder / "project")
    project.configfiles.append(TINY)
    config = {**CONFIG, "corpus": {**CONFIG["corpus"], "root": str(folder / "corpus")}}
    return project, project.succeed("all", "threshold_sweep", config=config)


def test_a_segment_has_the_chosen_mixes_and_each_class_alone_is_a_stimulus(
    finished: tuple[Project, str],
) -> None:
    results = finished[0].folder / "results/ten"
    targets = chosen_mixes(10, most=20, seed=0)
    stimuli = pd.read_csv(results / "stimuli.csv")
    with h5py.File(results / "mel/instrument/test.h5") as file:
        assert file["mel"].shape[:2] == (2, len(targets))
        assert (file["target"][:] == targets).all()
        assert len(stimuli) == 2 * len(CLASSES)
        for row in stimuli.to_dict("records"):
            (playing,) = np.flatnonzero(file["target"][row["row"], row["mix"]])
            assert CLASSES[playing] == row["class"]
    probed = pd.read_csv(results / "probes/instrument/paper/trained-seed0.csv")
    is_probed = probed["layer"] == "input"
    found = probed[is_probed].pivot_table("target", ["song", "mix"], "class")
    several = targets[targets.sum(axis=1) >= 2]
    np.testing.assert_array_equal(found[CLASSES], np.tile(several, (2, 1)))
    sweep = pd.read_csv(results / "tables/threshold_sweep.csv")
    assert (sweep["n_mixes"] == len(targets) * sweep["n_segments"]).all()


def test_what_names_a_class_that_is_not_there_is_not_applicable(
    finished: tuple[Project, str],
) -> None:
    project, printed = finished
    results = project.folder / "results/ten"
    verdicts = pd.read_csv(results / "tables/hypotheses.csv").set_index("id")
    # H1 is about vocals and rest, H9 about every class.
    assert verdicts.loc["H1", "verdict"] == "not applicable"
    assert "vocals is missing; rest is missing" in verdicts.loc["H1", "note"]
    assert set(verdicts.loc["H9", "verdict"]) <= {"supported", "undecided", "contradicted"}
    claims = pd.read_csv(results / "tables/hypothesis_claims.csv")
    assert set(claims.loc[claims["id"] == "H9", "class"]) == set(CLASSES)
    assert "○ not applicable" in (results / "hypotheses.md").read_text("utf-8")
    assert re.search(r"hypotheses, paper trained: .*\d+ not applicable", printed)
