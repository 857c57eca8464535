"""4Q and MERGE: clips in folders named by their quadrant.

4Q: 900 clips (Panda, Malheiro, Paiva: Novel audio features for music emotion recognition, IEEE
Transactions on Affective Computing 2020). MERGE: its successor, with official splits (Louro and
others: MERGE – a bimodal dataset for static music emotion recognition, 2024).
"""

from dataclasses import replace
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.labels import (
    audio_files,
    demand_unique,
    first_file,
    match_audio,
    read_rows,
    with_quadrant,
)
from stemlens.moods.songs import QUADRANTS, MoodSong

NO_SPLIT = "in no official split"
COLUMNS = ["Song", "Quadrant"]
METADATA_4Q = "panda_dataset_taffc_metadata.csv"
EDITIONS = ("complete", "balanced")
SPLIT_FOLDER = "tvt_dataframes/tvt_70_15_15"
SPLIT_OF_PART = {"train": "train", "validate": "train", "test": "test"}
"""No song is needed for validation, as no choice is made by it."""


def label_files_4q(root: Path) -> list[Path]:
    """The table of quadrants."""
    return [first_file(root, METADATA_4Q, f"MER_audio_taffc_dataset/{METADATA_4Q}")]


def read_4q(root: Path) -> list[MoodSong]:
    """Read ``Q1`` … ``Q4/<Song>.mp3``; `root` may also be the folder around them."""
    (metadata,) = label_files_4q(root)
    return _read(metadata, {})


def label_files_merge(root: Path) -> list[Path]:
    """The table of quadrants, and the official splits where they are there."""
    names = [f"merge_audio_{edition}_metadata.csv" for edition in EDITIONS]
    metadata = first_file(root, *names)
    edition = EDITIONS[names.index(metadata.name)]
    splits = [
        root / SPLIT_FOLDER / f"tvt_70_15_15_{part}_audio_{edition}.csv" for part in SPLIT_OF_PART
    ]
    present = [path for path in splits if path.is_file()]
    if present and len(present) < len(splits):
        missing = next(path for path in splits if path not in present)
        raise InputError(
            f"mood.root: there is no {missing} beside {present[0].name}; expected all three parts"
            " of the official split, or none: copy it"
        )
    return [metadata, *present]


def read_merge(root: Path) -> list[MoodSong]:
    """Read ``Q1`` … ``Q4/<Song>.mp3`` of the complete or the balanced edition."""
    metadata, *parts = label_files_merge(root)
    split_of = {
        row["Song"]: split
        for path, split in zip(parts, SPLIT_OF_PART.values(), strict=False)
        for row in read_rows(path, COLUMNS)
    }
    return _read(metadata, split_of)


def _read(metadata: Path, split_of: dict[str, str]) -> list[MoodSong]:
    root = metadata.parent
    rows = read_rows(metadata, COLUMNS)
    demand_unique([row["Song"] for row in rows], metadata, "Song")
    labelled = []
    for row in rows:
        name = row["Song"]
        song = MoodSong(name, "", name, artist=row.get("Artist") or None, split=split_of.get(name))
        song = with_quadrant(song, row["Quadrant"], where=f"{metadata}, Song {name}")
        if split_of and not song.split and not song.left_out:
            song = replace(song, left_out=NO_SPLIT)
        labelled.append(song)
    audio = {name: path for q in QUADRANTS for name, path in audio_files(root / q).items()}
    return match_audio(labelled, audio, root)
