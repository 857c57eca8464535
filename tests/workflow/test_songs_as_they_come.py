"""Songs with odd names run; songs that cannot be read are named and spare the others."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from corpus_files import noise_stems, write_stem_file, write_wav_folder
from snakemake_project import Project, copy_project

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
        write_wav_folder(root / "train" / name, noise_stems(number, 2.5))
        write_wav_folder(root / "test" / name, noise_stems(10 + number, 2.5))
    (root / "train/notes.txt").touch()
    (root / "test" / ODD_NAMES[0] / "bass.wav").rename(root / "test" / ODD_NAMES[0] / "bass.WAV")
    config = corpus_config(root, "musdb18hq")

    printed = project.succeed(config=config)

    assert printed.count("corpus.root: left out") == 1

    results = project.folder / "results/odd"
    segments = pd.read_csv(results / "tables/segments.csv", dtype={"song": str})
    assert sorted(segments["song"]) == sorted(2 * ODD_NAMES)
    pairs = pd.read_csv(results / "similarity/instrument/paper/trained-seed0.csv", dtype=str)
    assert set(pairs["song_a"]) | set(pairs["song_b"]) == set(ODD_NAMES)
    assert (results / "figures/figure1.png").exists()
    # The demo's songs with moods say nothing about these stems.
    assert not (results / "tables/mood_songs.csv").exists()
    assert project.planned(config) == {}
    logged = project.succeed("--dry-run", config=config)
    assert logged.count("corpus.root: left out, since they are no songs: train/notes.txt") == 1

    changed = root / "train" / ODD_NAMES[1] / "bass.wav"
    os.utime(changed, (changed.stat().st_atime, changed.stat().st_mtime + 10))
    assert project.planned(config)["cut_segments"] == 1


def damage(path: Path, kind: str) -> None:
    """Write a song that cannot be read."""
    if kind == "cut off":
        write_stem_file(path, noise_stems(9, 5))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif kind == "4 streams":
        write_stem_file(path, noise_stems(9, 3), n_streams=4)
    else:
        stems = noise_stems(9, 3)
        if kind == "short bass":
            stems["bass"] = stems["bass"][:44_100]
        else:
            stems["bass"][100] = np.nan
        write_wav_folder(path, stems)


@pytest.mark.parametrize(
    ("layout", "kind", "message"),
    [
        ("musdb18", "cut off", "is damaged or incomplete: copy it again"),
        ("musdb18", "4 streams", "has 4 audio streams, expected 5"),
        ("musdb18hq", "short bass", "the stems differ in length"),
        ("musdb18hq", "not a number", "is not a finite number"),
    ],
)
def test_a_bad_song_is_named_leaves_nothing_and_spares_the_others(
    project: Project, tmp_path: Path, layout: str, kind: str, message: str
) -> None:
    root = tmp_path / "corpus"
    suffix = ".stem.mp4" if layout == "musdb18" else ""
    write = write_stem_file if layout == "musdb18" else write_wav_folder
    for number, name in enumerate(("train/Good", "train/Zebra", "test/Good")):
        write(root / f"{name}{suffix}", noise_stems(number, 3))
    bad = root / f"train/Bad{suffix}"
    damage(bad, kind)

    table = "results/odd/tables/segments.csv"
    result = project.run(table, "--keep-going", config=corpus_config(root, layout))

    assert result.returncode != 0
    line = next(line for line in result.stdout.splitlines() if line.startswith("stemlens:"))
    assert str(bad) in line
    assert message in line
    results = project.folder / "results/odd"
    assert message in (results / "logs/cut_segments/train/bad.log").read_text("utf-8")
    assert not (project.folder / table).exists()
    made = {str(p.relative_to(results / "segments")) for p in results.glob("segments/*/*.csv")}
    assert made == {"train/good.csv", "train/zebra.csv", "test/good.csv"}
    assert not [path for path in results.glob("segments/**/*") if "bad" in path.name]
    assert len(list(results.glob("segments/*/*/*.wav"))) == 3 * 4


@pytest.mark.parametrize(
    ("layout", "kind", "message"),
    [
        ("musdb18", "cut off", "is damaged or incomplete: copy it again"),
        ("musdb18hq", "short bass", "the stems differ in length"),
    ],
)
def test_a_bad_song_may_be_left_out_and_is_recorded_with_its_reason(
    project: Project, tmp_path: Path, layout: str, kind: str, message: str
) -> None:
    root = tmp_path / "corpus"
    suffix = ".stem.mp4" if layout == "musdb18" else ""
    write = write_stem_file if layout == "musdb18" else write_wav_folder
    for number, name in enumerate(("train/Good", "test/Good")):
        write(root / f"{name}{suffix}", noise_stems(number, 3))
    damage(root / f"train/Bad{suffix}", kind)
    config = corpus_config(root, layout)
    config["corpus"]["broken_songs"] = "skip"
    tables = project.folder / "results/odd/tables"

    targets = ("segments.csv", "threshold_sweep.csv")
    project.succeed(
        *(f"results/odd/tables/{table}" for table in targets),
        "results/odd/mel/instrument/train.h5",
        "results/odd/figures/segments_train.png",
        config=config,
    )

    segments = pd.read_csv(tables / "segments.csv").set_index(["split", "song"])
    assert segments["kept"].to_dict() == {
        ("train", "Bad"): False,
        ("train", "Good"): True,
        ("test", "Good"): True,
    }
    assert message in segments.loc[("train", "Bad"), "reason"]
    sweep = pd.read_csv(tables / "threshold_sweep.csv")
    assert (sweep["n_unread"] == (sweep["split"] == "train")).all()
    swept = pd.read_csv(project.folder / "results/odd/threshold_sweep/train/bad.csv")
    assert swept["reason"].str.contains(message, regex=False).all()


def test_a_split_of_bad_songs_stops_the_run_even_where_they_may_be_left_out(
    project: Project, tmp_path: Path
) -> None:
    root = tmp_path / "corpus"
    write_wav_folder(root / "train/Good", noise_stems(0, 3))
    damage(root / "test/Bad", "short bass")
    config = corpus_config(root, "musdb18hq")
    config["corpus"]["broken_songs"] = "skip"
    result = project.run("results/odd/tables/segments.csv", config=config)
    assert result.returncode != 0
    assert "stemlens: split test: none of its songs can be read; expected one" in result.stdout
    assert "Bad: the stems differ in length" in result.stdout
