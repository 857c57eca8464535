"""PMEmo2019, choruses of pop songs (Zhang et al. 2018)."""

from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.label_table import read_label_table
from stemlens.moods.labels import RatingScale
from stemlens.moods.mood_song import MoodSong
from stemlens.moods.rated_folder import read_rated_folder

EXPECTED = "the folder of PMEmo2019, with chorus and annotations/static_annotations.csv"
RATING_RANGE = (0, 1)


def label_files(root: str | Path) -> list[str]:
    """List the files with labels and artists that `read_songs` reads."""
    folder = expanded(root)
    metadata = _metadata(folder)
    return [str(path) for path in (_annotations(folder), metadata) if path]


def read_songs(root: str | Path, *, margin: float) -> list[MoodSong]:
    """Read the mean ratings per chorus, and artists from ``metadata.csv`` if it exists.

    Parameters
    ----------
    root
        Folder with ``chorus``, ``static_annotations.csv`` (there or in ``annotations``) and
        optionally ``metadata.csv`` (there or in ``metadata``).
    margin
        As in `quadrant`.

    Returns
    -------
    list of MoodSong
        Sorted by name, the published ``musicId``.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, a rating is invalid, or an id occurs twice.
    """
    folder = expanded(root)
    return read_rated_folder(
        folder / "chorus",
        [_annotations(folder)],
        columns=("musicId", "Valence(mean)", "Arousal(mean)"),
        scale=RatingScale(RATING_RANGE, RATING_RANGE, margin),
        expected=EXPECTED,
        artists=_artists(folder),
    )


def _annotations(folder: Path) -> Path:
    for path in (
        folder / "annotations" / "static_annotations.csv",
        folder / "static_annotations.csv",
    ):
        if path.is_file():
            return path
    raise InputError(
        f"mood.root: neither {folder} nor its folder annotations has a static_annotations.csv;"
        f" expected {EXPECTED}"
    )


def _metadata(folder: Path) -> Path | None:
    for path in (folder / "metadata.csv", folder / "metadata" / "metadata.csv"):
        if path.is_file():
            return path
    return None


def _artists(folder: Path) -> dict[str, str]:
    path = _metadata(folder)
    if path is None:
        return {}
    table = read_label_table(path, ["musicId", "artist"], expected=EXPECTED)
    return {name: row["artist"] for name, row in table.by_id("musicId").items()}
