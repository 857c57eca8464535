"""PMEmo2019, choruses of pop songs (Zhang et al. 2018)."""

from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.label_table import read_label_table
from stemlens.moods.labels import RatingScale, rating_label
from stemlens.moods.mood_song import UNLABELLED, MoodSong, mood_song

EXPECTED = "PMEmo2019's folder, with chorus and annotations/static_annotations.csv in it"
RATING_RANGE = (0, 1)


def label_files(root: str | Path) -> list[str]:
    """Name the files that `read_songs` takes labels and artists from."""
    folder = Path(root).expanduser()
    metadata = _metadata(folder)
    return [str(path) for path in (_annotations(folder), metadata) if path]


def read_songs(root: str | Path, *, margin: float) -> list[MoodSong]:
    """Read the mean ratings per chorus, and the artists where ``metadata.csv`` names them.

    Parameters
    ----------
    root
        Folder that holds ``chorus``, ``static_annotations.csv`` (there or in ``annotations``) and
        perhaps ``metadata.csv`` (there or in ``metadata``).
    margin
        As in `quadrant`.

    Returns
    -------
    list of MoodSong
        Sorted by name, the published ``musicId``.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, a rating is wrong or an id stands there twice.
    """
    folder = Path(root).expanduser()
    scale = RatingScale(RATING_RANGE, RATING_RANGE, margin)
    path = _annotations(folder)
    columns = ["musicId", "Arousal(mean)", "Valence(mean)"]
    labels = {
        name: rating_label(
            row["Valence(mean)"], row["Arousal(mean)"], scale, f"{path}, musicId {name}"
        )
        for name, row in read_label_table(path, columns, expected=EXPECTED).by_id("musicId").items()
    }
    audio = mp3_files(folder / "chorus", expected=EXPECTED)
    artists = _artists(folder)
    return [
        mood_song(
            name,
            audio.get(name, folder / "chorus" / f"{name}.mp3"),
            labels.get(name, UNLABELLED),
            has_audio=name in audio,
            artist=artists.get(name),
        )
        for name in sorted({*labels, *audio})
    ]


def _annotations(folder: Path) -> Path:
    for path in (
        folder / "annotations" / "static_annotations.csv",
        folder / "static_annotations.csv",
    ):
        if path.is_file():
            return path
    raise InputError(
        f"mood.root: {folder} holds no static_annotations.csv, nor does its folder annotations;"
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
