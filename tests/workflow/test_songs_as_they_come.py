"""Songs with odd names run; songs that cannot be read are named and spare the others."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from corpus_files import noise_stems, write_stem_file, write_wav_folder
from snakemake_project import Project, copy_project
from stemlens.tables import read_table

TINY = Path(__file__).with_name("tiny.yaml")
ODD_NAMES = [
    "-dash first",
    "A <b>bold<b> {song}",
    'It\'s "quoted" $x^$',
    "Ümläut & Söhne",
    "1999",
    "a name as long as names can be " * 8,
    "日本の歌 🎵 أغنية",
    "carriage\rreturn",
]
IN_TRAINING = [ODD_NAMES[1], ODD_NAMES[-1]]
"""Also the names of training songs, which fewer steps read."""
FROM_STEMS_TO_FIGURES = [
    "results/odd/tables/segments.csv",
    "results/odd/predictions/instrument/paper/trained-seed0.csv",
    "results/odd/similarity/instrument/paper/trained-seed0.csv",
    "results/odd/bootstrap/instrument/paper/trained-seed0.h5",
    "results/odd/probes/instrument/paper/trained-seed0.csv",
    *(f"results/odd/figures/{name}.png" for name in ("figure1", "segments_train", "segments_test")),
]
"""What names of songs appear in, and what it is made of."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = copy_project(tmp_path / "project")
    project.configfiles.append(TINY)
    return project


def corpus_config(root: Path, layout: str) -> dict[str, Any]:
    return {"corpus": {"name": "odd", "layout": layout, "root": str(root)}}


def test_songs_of_any_name_run_from_stems_to_figures(project: Project, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    for number, name in enumerate(ODD_NAMES):
        write_wav_folder(root / "test" / name, noise_stems(number, 2.5))
    for number, name in enumerate(IN_TRAINING):
        write_wav_folder(root / "train" / name, noise_stems(10 + number, 2.5))
    (root / "train/notes.txt").touch()
    (root / "test" / ODD_NAMES[0] / "bass.wav").rename(root / "test" / ODD_NAMES[0] / "bass.WAV")
    config = corpus_config(root, "musdb18hq")

    printed = project.succeed(*FROM_STEMS_TO_FIGURES, config=config)

    assert printed.count("corpus.root: left out") == 1

    results = project.folder / "results/odd"
    segments = read_table(results / "tables/segments.csv")
    assert sorted(segments["song"]) == sorted(ODD_NAMES + IN_TRAINING)
    pairs = read_table(results / "similarity/instrument/paper/trained-seed0.csv")
    assert set(pairs["song_a"]) | set(pairs["song_b"]) == set(ODD_NAMES)
    assert (results / "figures/figure1.png").exists()
    logged = project.succeed("--dry-run", *FROM_STEMS_TO_FIGURES, config=config)
    assert "Nothing to be done" in logged
    assert logged.count("corpus.root: left out, since they are not songs: train/notes.txt") == 1

    changed = root / "train" / ODD_NAMES[1] / "bass.wav"
    os.utime(changed, (changed.stat().st_atime, changed.stat().st_mtime + 10))
    planned = project.planned(config)
    assert planned["cut_segments"] == 1
    # The demo's songs with moods say nothing about these stems.
    assert "collect_mood_songs" not in planned


BAD = {
    "musdb18": {
        "Cut off": "is damaged or incomplete: copy it again",
        "Four streams": "has 4 audio streams, expected 5",
    },
    "musdb18hq": {
        "Short bass": "the stems differ in length",
        "Not a number": "is not a finite number",
    },
}
"""What is said of songs that cannot be read, by layout."""


def write_bad_song(path: Path, kind: str) -> None:
    if kind == "Cut off":
        write_stem_file(path, noise_stems(9, 5))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif kind == "Four streams":
        write_stem_file(path, noise_stems(9, 3), n_streams=4)
    else:
        stems = noise_stems(9, 3)
        if kind == "Short bass":
            stems["bass"] = stems["bass"][:44_100]
        else:
            stems["bass"][100] = np.nan
        write_wav_folder(path, stems)


@dataclass(frozen=True)
class Stopped:
    """A run that bad songs among good ones stopped, and what it printed."""

    project: Project
    layout: str
    bad: dict[str, Path]
    printed: str


@pytest.fixture(scope="module", params=list(BAD))
def stopped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    folder, layout = tmp_path_factory.mktemp("stopped"), request.param
    project = copy_project(folder / "project")
    project.configfiles.append(TINY)
    root, suffix = folder / "corpus", ".stem.mp4" if layout == "musdb18" else ""
    write = write_stem_file if layout == "musdb18" else write_wav_folder
    for number, name in enumerate(("train/Good", "train/Zebra", "test/Good")):
        write(root / f"{name}{suffix}", noise_stems(number, 3))
    bad = {kind: root / f"train/{kind}{suffix}" for kind in BAD[layout]}
    for kind, path in bad.items():
        write_bad_song(path, kind)
    config = corpus_config(root, layout)
    result = project.run("results/odd/tables/segments.csv", "--keep-going", config=config)
    assert result.returncode != 0
    return Stopped(project, layout, bad, result.stdout)


def test_bad_songs_are_named_leave_nothing_and_spare_the_others(stopped: Stopped) -> None:
    results = stopped.project.folder / "results/odd"
    lines = [line for line in stopped.printed.splitlines() if line.startswith("stemlens:")]
    for kind, path in stopped.bad.items():
        message = BAD[stopped.layout][kind]
        assert any(str(path) in line and message in line for line in lines)
        log = results / f"logs/cut_segments/train/{kind.lower().replace(' ', '-')}.log"
        assert message in log.read_text("utf-8")
    assert not (results / "tables/segments.csv").exists()
    made = {str(p.relative_to(results / "segments")) for p in results.glob("segments/*/*")}
    good = ("train/good", "train/zebra", "test/good")
    suffixes = ("", ".csv", ".csv-metadata.json")
    assert made == {f"{song}{suffix}" for song in good for suffix in suffixes}
    assert len(list(results.glob("segments/*/*/*.wav"))) == 3 * 4


def test_bad_songs_may_be_left_out_and_are_recorded_with_their_reasons(
    stopped: Stopped, tmp_path: Path
) -> None:
    project = stopped.project.copy(tmp_path / "project")
    (path, *_) = stopped.bad.values()
    config = corpus_config(path.parents[1], stopped.layout)
    config["corpus"]["broken_songs"] = "skip"
    results = project.folder / "results/odd"

    project.succeed(
        "results/odd/tables/segments.csv",
        "results/odd/tables/threshold_sweep.csv",
        "results/odd/mel/instrument/train.h5",
        "results/odd/figures/segments_train.png",
        config=config,
    )

    segments = pd.read_csv(results / "tables/segments.csv").set_index(["split", "song"])
    assert segments["kept"].to_dict() == {
        ("train", "Good"): True,
        ("train", "Zebra"): True,
        ("test", "Good"): True,
        **{("train", kind): False for kind in stopped.bad},
    }
    sweep = pd.read_csv(results / "tables/threshold_sweep.csv")
    assert (sweep["n_unread"] == (sweep["split"] == "train") * len(stopped.bad)).all()
    for kind in stopped.bad:
        message = BAD[stopped.layout][kind]
        assert message in segments.loc[("train", kind), "reason"]
        slug = kind.lower().replace(" ", "-")
        swept = pd.read_csv(results / f"threshold_sweep/train/{slug}.csv")
        assert swept["reason"].str.contains(message, regex=False).all()
