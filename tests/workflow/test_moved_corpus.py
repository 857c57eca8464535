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


def write_stems(root: Path, layout: str) -> None:
    for number, name in enumerate(("train/A", "train/B {odd} <name>", "test/C", "test/D")):
        if layout == "musdb18hq":
            write_wav_folder(root / name, noise_stems(number, 2.5))
        else:
            write_stem_file(root / f"{name}.stem.mp4", noise_stems(number, 2.5))


def write_moods(root: Path) -> None:
    root.mkdir()
    noise = np.random.default_rng(0)
    for number in range(N_MOOD_SONGS):
        soundfile.write(root / f"{number:02d}.wav", noise.normal(0, 0.1, 3 * RATE_HZ), RATE_HZ)


class Moved:
    """A project that knows a corpus, of stems or of moods, and where it lies."""

    def __init__(self, folder: Path, layout: str) -> None:
        self.project: Project = copy_project(folder / "project")
        self.project.configfiles.append(TINY)
        self.layout = layout
        self.root = folder / "first mount"
        if layout == "manifest":
            write_moods(self.root)
        else:
            write_stems(self.root, layout)
        self.project.succeed(self.table, config=self.config)

    @property
    def table(self) -> str:
        name = "mood_songs" if self.layout == "manifest" else "segments"
        return f"results/moved/tables/{name}.csv"

    @property
    def config(self) -> dict[str, Any]:
        if self.layout != "manifest":
            corpus = {"name": "moved", "layout": self.layout, "root": str(self.root)}
            return {"corpus": corpus}
        manifest = self.project.folder / "songs.csv"
        files = sorted(self.root.iterdir())
        rows = [f"{file},Q{number % 4 + 1}" for number, file in enumerate(files)]
        manifest.write_text("\n".join(["file,quadrant", *rows]), "utf-8")
        mood = {
            "layout": "manifest",
            "root": str(manifest),
            "songs_per_shard": 4,
            "outside_files": "read",
        }
        return {"corpus": {"name": "moved"}, "mood": mood}

    def move(self, root: Path) -> None:
        # As cp -a does: dates stay to the nanosecond.
        shutil.copytree(self.root, root)
        shutil.rmtree(self.root)
        self.root = root

    def planned(self) -> list[str]:
        """Outputs of the songs' and shards' jobs that a dry run would make again."""
        in_full = ("--dry-run", "--printshellcmds")
        printed = self.project.succeed(*in_full, self.table, config=self.config)
        lines = [line.split() for line in printed.splitlines()]
        outputs = [words[1] for words in lines if words and words[0] == "output:"]
        return [output.rstrip(",").removeprefix("results/moved/") for output in outputs]

    def file(self, song: str) -> Path:
        path = self.root / song
        return path / "bass.wav" if path.is_dir() else path.with_name(f"{path.name}.stem.mp4")


@pytest.fixture(scope="module", params=["musdb18", "musdb18hq", "manifest"])
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    folder = tmp_path_factory.mktemp("moved")
    moved = Moved(folder, request.param)
    moved.move(folder / "another" / "mount")
    return moved


of_stems = pytest.mark.parametrize("moved", ["musdb18", "musdb18hq"], indirect=True)
of_moods = pytest.mark.parametrize("moved", ["manifest"], indirect=True)


@contextmanager
def other_date(path: Path, date_s: float) -> Iterator[None]:
    stat = path.stat()
    os.utime(path, (date_s, date_s))
    yield
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_corpus_that_lies_elsewhere_reruns_nothing(moved: Moved) -> None:
    assert moved.planned() == []


@of_stems
def test_a_relative_folder_is_the_same_corpus_too(moved: Moved) -> None:
    config = moved.config
    config["corpus"]["root"] = os.path.relpath(moved.root, moved.project.folder)
    printed = moved.project.succeed("--dry-run", moved.table, config=config)
    assert "Nothing to be done" in printed


@pytest.mark.parametrize(
    ("song", "slug"), [("train/A", "train/a"), ("train/B {odd} <name>", "train/b-odd-name")]
)
@of_stems
def test_an_older_file_in_place_of_another_reruns_its_song_alone(
    moved: Moved, song: str, slug: str
) -> None:
    with other_date(moved.file(song), LONG_AGO_S):
        planned = moved.planned()
    assert planned == [f"segments/{slug}", "tables/segments.csv"]
    assert moved.planned() == []


@of_moods
def test_an_older_mood_song_reruns_its_shard_alone(moved: Moved) -> None:
    with other_date(moved.root / "05.wav", LONG_AGO_S):
        planned = moved.planned()
    songs = pd.read_csv(moved.project.folder / moved.table).set_index("song")
    split = songs.loc["05.wav", "split"]
    assert [output.rpartition("/")[0] for output in planned] == [f"mel/mood/{split}", "tables"]


def test_jobs_read_the_corpus_where_it_lies_now(moved: Moved) -> None:
    table = pd.read_csv(moved.project.folder / moved.table)
    older = moved.root / "05.wav" if moved.layout == "manifest" else moved.file("test/C")
    with other_date(older, LONG_AGO_S):
        moved.project.succeed(moved.table, config=moved.config)
        assert moved.planned() == []
    moved.project.succeed(moved.table, config=moved.config)
    pd.testing.assert_frame_equal(pd.read_csv(moved.project.folder / moved.table), table)


@of_moods
def test_mood_songs_are_known_by_their_names_alone(moved: Moved) -> None:
    songs = pd.read_csv(moved.project.folder / moved.table)
    assert list(songs["file"]) == [f"{number:02d}.wav" for number in range(N_MOOD_SONGS)]
