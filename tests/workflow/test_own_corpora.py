"""Small corpora of one's own, from stems to figures: FLAC with missing stems, and a table."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import soundfile
from corpus_files import noise
from snakemake_project import Project, copy_project

TINY = Path(__file__).with_name("tiny.yaml")
CLASSES = ["drums", "bass", "keys"]
DURATION_S = 2.5


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = copy_project(tmp_path / "project")
    project.configfiles.append(TINY)
    return project


def write_noise(path: Path, seed: int, rate_hz: int, n_channels: int = 1) -> None:
    """Write noise in the format that the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = [noise(10 * seed + i, DURATION_S, sample_rate_hz=rate_hz) for i in range(n_channels)]
    soundfile.write(path, np.transpose(channels), rate_hz)


def run(project: Project, corpus: dict[str, Any]) -> Path:
    """Run all without moods and controls; return where the results lie."""
    config = {
        "corpus": {"name": "own", **corpus},
        "experiment": {"controls": []},
        "mood": {"layout": None},
        "bootstrap": {"n_replicates": 100},
    }
    project.succeed(config=config)
    return project.folder / "results/own"


def kept_and_reasons(results: Path) -> dict[str, tuple[bool, str]]:
    table = pd.read_csv(results / "tables/segments.csv", keep_default_na=False)
    assert table["song"].is_unique
    return {row["song"]: (row["kept"], row["reason"]) for _, row in table.iterrows()}


def assert_all_mixes_of(results: Path, n_segments: dict[str, int]) -> None:
    for split, n in n_segments.items():
        with h5py.File(results / f"mel/instrument/{split}.h5") as file:
            assert file["mel"].shape[:2] == (n, 2 ** len(CLASSES) - 1)
            assert np.isfinite(file["mel"][:]).all()
    pairs = pd.read_csv(results / "similarity/instrument/paper/trained-seed0.csv")
    assert {*pairs["class_a"]} == {*pairs["class_b"]} == {*CLASSES}


def test_a_corpus_of_flac_with_missing_stems_runs_from_stems_to_figures(
    project: Project, tmp_path: Path
) -> None:
    root = tmp_path / "corpus"
    rates_hz = {"Kick": 44_100, "Snare": 48_000, "Bass DI": 22_050, "Wurly": 32_000}
    without = {"Song 1": "Bass DI", "Song 4": "Wurly", "Song 5": "Snare"}
    for number in range(1, 7):
        song, split = f"Song {number}", "train" if number < 4 else "test"
        for i, (stem, rate_hz) in enumerate(rates_hz.items()):
            if stem != without.get(song):
                file = root / split / song / f"{stem}.flac"
                write_noise(file, 10 * number + i, rate_hz, n_channels=1 + i % 2)
    classes = [
        {"name": "drums", "stems": ["kick", "snare"]},
        {"name": "bass", "stems": ["*bass*"]},
        {"name": "keys", "rest": True},
    ]
    corpus = {"layout": "folders", "root": str(root), "missing": "silence", "classes": classes}

    results = run(project, corpus)

    assert kept_and_reasons(results) == {
        "Song 1": (False, "no stem of bass"),
        "Song 2": (True, ""),
        "Song 3": (True, ""),
        "Song 4": (False, "no stem of keys"),
        "Song 5": (True, ""),
        "Song 6": (True, ""),
    }
    assert_all_mixes_of(results, {"train": 2, "test": 2})


SUFFIXES = ["flac", "wav", "ogg", "mp3", "aiff", "w64"]


def test_a_corpus_in_a_table_runs_from_stems_to_figures(project: Project, tmp_path: Path) -> None:
    rows = ["song,artist,split,class,file"]
    for number in range(1, 5):
        split = "train" if number < 3 else "test"
        for i, label in enumerate(["kick", "snare", "double bass", "piano", "organ"]):
            # Kick and snare are lossless, so that their sum can be told.
            suffix = SUFFIXES[i if i < 2 else (number + i) % len(SUFFIXES)]
            file = f"audio/{label[0]}/{number}.{suffix}"
            write_noise(tmp_path / file, 10 * number + i, 22_050, n_channels=1 + i // 2 % 2)
            rows.append(f"Song {number},Artist {number},{split},{label},{file}")
    rows[-1] = rows[-1].replace("audio", f"{tmp_path}/audio")
    table = tmp_path / "corpus.csv"
    table.write_text("\n".join(rows), "utf-8")
    classes = [
        {"name": "drums", "stems": ["kick", "snare"]},
        {"name": "bass", "stems": ["*bass"]},
        {"name": "keys", "stems": ["piano", "organ"]},
    ]
    corpus = {"layout": "csv", "root": str(table), "classes": classes}

    results = run(project, corpus)

    kept = kept_and_reasons(results)
    assert kept == dict.fromkeys([f"Song {number}" for number in range(1, 5)], (True, ""))
    assert_all_mixes_of(results, {"train": 2, "test": 2})
    (segment,) = results.glob("segments/test/song-3/*-drums.wav")
    drums = [soundfile.read(tmp_path / file)[0] for file in ("audio/k/3.flac", "audio/s/3.wav")]
    found, rate_hz = soundfile.read(segment)
    np.testing.assert_allclose(found, sum(drums)[: 2 * rate_hz], atol=1e-6)
