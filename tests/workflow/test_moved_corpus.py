"""A file is known by its name in the corpus, its size and its date: never by its folder."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpus_files import noise_stems, write_stem_file, write_wav_folder
from snakemake_project import Project, copy_project

TINY = Path(__file__).with_name("tiny.yaml")
RATE_HZ = 22_050
N_MOOD_SONGS = 16
LONG_AGO_S = 10**9


def write_corpus(root: Path, layout: str) -> None:
    for number, name in enumerate(("train/A", "train/B {odd} <name>", "test/C", "test/D")):
        if layout == "musdb18hq":
            write_wav_folder(root / name, noise_stems(number, 2.5))
        else:
            write_stem_file(root / f"{name}.stem.mp4", noise_stems(number, 2.5))


def write_mood_corpus(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    noise = np.random.default_rng(0)
    files = [folder / f"{number:02d}.wav" for number in range(N_MOOD_SONGS)]
    for file in files:
        soundfile.write(file, noise.normal(0, 0.1, 3 * RATE_HZ), RATE_HZ)
    return files


def write_manifest(path: Path, files: list[Path]) -> None:
    rows = [f"{file},Q{number % 4 + 1}" for number, file in enumerate(files)]
    path.write_text("\n".join(["file,quadrant", *rows]), "utf-8")


class Moved:
    """A project that knows both corpora, and where they lie."""

    def __init__(self, folder: Path, layout: str) -> None:
        self.project: Project = copy_project(folder / "project")
        self.project.configfiles.append(TINY)
        self.layout = layout
        self.root = folder / "first mount"
        self.manifest = folder / "songs.csv"
        write_corpus(self.root / "stems", layout)
        write_manifest(self.manifest, write_mood_corpus(self.root / "moods"))
        self.project.succeed(*self.targets, config=self.config)

    targets = ("results/moved/tables/segments.csv", "results/moved/tables/mood_songs.csv")

    @property
    def config(self) -> dict[str, Any]:
        mood = {"layout": "manifest", "root": str(self.manifest), "songs_per_shard": 4}
        stems = {"name": "moved", "layout": self.layout, "root": str(self.root / "stems")}
        return {"corpus": stems, "mood": mood}

    def move(self, root: Path) -> None:
        # As cp -a does: dates stay to the nanosecond.
        shutil.copytree(self.root, root)
        shutil.rmtree(self.root)
        self.root = root
        write_manifest(self.manifest, sorted((root / "moods").iterdir()))

    def planned(self) -> list[str]:
        """Outputs of the songs' and shards' jobs that a dry run would make again."""
        in_full = ("--dry-run", "--printshellcmds")
        printed = self.project.succeed(*in_full, *self.targets, config=self.config)
        lines = [line.split() for line in printed.splitlines()]
        outputs = [words[1] for words in lines if words and words[0] == "output:"]
        return [output.rstrip(",").removeprefix("results/moved/") for output in outputs]


@pytest.fixture(scope="module", params=["musdb18", "musdb18hq"])
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    folder = tmp_path_factory.mktemp("moved")
    moved = Moved(folder, request.param)
    moved.move(folder / "another" / "mount")
    return moved


@contextmanager
def other_date(path: Path, date_s: float) -> Iterator[None]:
    stat = path.stat()
    os.utime(path, (date_s, date_s))
    yield
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def stem_file(moved: Moved, name: str) -> Path:
    path = moved.root / "stems" / name
    return path / "bass.wav" if path.is_dir() else path.with_name(f"{path.name}.stem.mp4")


def test_a_corpus_that_lies_elsewhere_reruns_nothing(moved: Moved) -> None:
    assert moved.planned() == []


def test_a_relative_folder_is_the_same_corpus_too(moved: Moved) -> None:
    config = moved.config
    config["corpus"]["root"] = os.path.relpath(moved.root / "stems", moved.project.folder)
    printed = moved.project.succeed("--dry-run", *moved.targets, config=config)
    assert "Nothing to be done" in printed


@pytest.mark.parametrize(
    ("song", "slug"), [("train/A", "train/a"), ("train/B {odd} <name>", "train/b-odd-name")]
)
def test_an_older_file_in_place_of_another_reruns_its_song_alone(
    moved: Moved, song: str, slug: str
) -> None:
    with other_date(stem_file(moved, song), LONG_AGO_S):
        planned = moved.planned()
    assert planned == [f"segments/{slug}", "tables/segments.csv"]
    assert moved.planned() == []


def test_an_older_mood_song_reruns_its_shard_alone(moved: Moved) -> None:
    with other_date(moved.root / "moods/05.wav", LONG_AGO_S):
        planned = moved.planned()
    songs = pd.read_csv(moved.project.folder / moved.targets[1]).set_index("song")
    split = songs.loc["05.wav", "split"]
    assert [output.rpartition("/")[0] for output in planned] == [f"mel/mood/{split}", "tables"]


def test_jobs_read_the_corpus_where_it_lies_now(moved: Moved) -> None:
    songs = pd.read_csv(moved.project.folder / moved.targets[1])
    assert list(songs["file"]) == [f"{number:02d}.wav" for number in range(N_MOOD_SONGS)]
    with (
        other_date(stem_file(moved, "test/C"), LONG_AGO_S),
        other_date(moved.root / "moods/05.wav", LONG_AGO_S),
    ):
        moved.project.succeed(*moved.targets, config=moved.config)
        assert moved.planned() == []
    moved.project.succeed(*moved.targets, config=moved.config)
    pd.testing.assert_frame_equal(pd.read_csv(moved.project.folder / moved.targets[1]), songs)
