"""MERGE's audio datasets, complete and balanced (Louro et al. 2024)."""

from dataclasses import replace
from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.label_table import read_label_table
from stemlens.moods.mood_song import MoodSong
from stemlens.moods.quadrant_folders import read_quadrant_folders

EXPECTED = (
    "the folder MERGE_Audio_Complete or MERGE_Audio_Balanced, with Q1 to Q4, or the parent folder"
    " of one of them"
)
EDITIONS = ("complete", "balanced")
SPLIT_OF_PART = {"train": "train", "validate": "train", "test": "test"}


def label_files(root: str | Path) -> list[str]:
    """List the files with labels and splits that `read_songs` reads."""
    folder = _folder(root)
    edition = _edition(folder)
    parts = _parts(folder, edition)
    return [str(path) for path in (_metadata(folder, edition), *parts.values())]


def read_songs(root: str | Path) -> list[MoodSong]:
    """Read the songs and their official split (70 % training, 15 % validation, 15 % test).

    Parameters
    ----------
    root
        Folder with ``Q1`` to ``Q4``, ``merge_audio_<edition>_metadata.csv`` and optionally
        ``tvt_dataframes/tvt_70_15_15``, or its parent folder. Validation songs count as training
        songs. Without the split's tables, songs have no split.

    Returns
    -------
    list of MoodSong
        As from `read_quadrant_folders`.

    Raises
    ------
    InputError
        As in `read_quadrant_folders`, and if `root` has both editions, or a table of the split is
        missing or two list the same song.
    """
    folder = _folder(root)
    edition = _edition(folder)
    songs = read_quadrant_folders(folder, _metadata(folder, edition), expected=EXPECTED)
    parts = _parts(folder, edition)
    if not parts:
        return songs
    split_of = _splits(parts)
    return [
        replace(song, split=split_of[song.name])
        if song.name in split_of
        else replace(song, left_out=song.left_out or "in no official split")
        for song in songs
    ]


def _folder(root: str | Path) -> Path:
    folder = expanded(root)
    inner = [folder / f"MERGE_Audio_{edition.capitalize()}" for edition in EDITIONS]
    found = [path for path in inner if path.is_dir()]
    if len(found) > 1:
        raise InputError(
            f"mood.root: {folder} holds {' and '.join(path.name for path in found)}; expected one"
            " edition: set mood.root to one of these folders"
        )
    return found[0] if found else folder


def _edition(folder: Path) -> str:
    found = [edition for edition in EDITIONS if _metadata(folder, edition).is_file()]
    if len(found) != 1:
        names = " and ".join(_metadata(folder, edition).name for edition in found) or "neither"
        raise InputError(
            f"mood.root: {folder} holds {names} of merge_audio_complete_metadata.csv and"
            f" merge_audio_balanced_metadata.csv, expected one; mood.root should be {EXPECTED}"
        )
    return found[0]


def _metadata(folder: Path, edition: str) -> Path:
    return folder / f"merge_audio_{edition}_metadata.csv"


def _parts(folder: Path, edition: str) -> dict[str, Path]:
    """Part of the split → its table; empty if there are no tables."""
    tables = folder / "tvt_dataframes" / "tvt_70_15_15"
    paths = {part: tables / f"tvt_70_15_15_{part}_audio_{edition}.csv" for part in SPLIT_OF_PART}
    missing = [path.name for path in paths.values() if not path.is_file()]
    if len(missing) == len(paths):
        return {}
    if missing:
        raise InputError(
            f"mood.root: {tables} lacks {' and '.join(missing)}; expected the tables of all three"
            " parts of the split, or none"
        )
    return paths


def _splits(parts: dict[str, Path]) -> dict[str, str]:
    split_of: dict[str, str] = {}
    for part, path in parts.items():
        for name in read_label_table(path, ["Song"], expected=EXPECTED).by_id("Song"):
            if name in split_of:
                raise InputError(
                    f"{path}: Song {name} is also in another part of the split; expected it in one:"
                    " delete the other row"
                )
            split_of[name] = SPLIT_OF_PART[part]
    return split_of
