"""4Q, the audio dataset of 900 clips in four quadrants (Panda et al. 2018)."""

from pathlib import Path

from stemlens.given_paths import expanded
from stemlens.moods.mood_song import MoodSong
from stemlens.moods.quadrant_folders import read_quadrant_folders

EXPECTED = "the folder MER_audio_taffc_dataset, with Q1 to Q4, or its parent folder"


def label_files(root: str | Path) -> list[str]:
    """List the files with labels that `read_songs` reads."""
    return [str(_folder(root) / "panda_dataset_taffc_metadata.csv")]


def read_songs(root: str | Path) -> list[MoodSong]:
    """Read the songs; see `read_quadrant_folders`."""
    (metadata,) = label_files(root)
    return read_quadrant_folders(_folder(root), Path(metadata), expected=EXPECTED)


def _folder(root: str | Path) -> Path:
    folder = expanded(root)
    inner = folder / "MER_audio_taffc_dataset"
    return inner if inner.is_dir() else folder
