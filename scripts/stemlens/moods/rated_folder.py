"""Corpora with ratings in tables and all audio in one folder: DEAM and PMEmo."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.label_table import read_label_table
from stemlens.moods.labels import RatingScale, rating_label
from stemlens.moods.mood_song import UNLABELLED, Label, MoodSong, mood_song


def read_ratings(
    paths: Iterable[str | Path],
    scale: RatingScale,
    *,
    name: str,
    valence: str,
    arousal: str,
    expected: str,
) -> dict[str, Label]:
    """Read mean ratings from tables.

    Parameters
    ----------
    paths
        The tables.
    scale
        Scale of the ratings.
    name, valence, arousal
        Names of the columns.
    expected
        What ``mood.root`` should be, for messages.

    Returns
    -------
    dict
        Name of a song → label.

    Raises
    ------
    InputError
        If a table or a column is missing, a rating is invalid, or a song occurs twice.
    """
    labels: dict[str, Label] = {}
    for path in map(Path, paths):
        table = read_label_table(path, [name, valence, arousal], expected=expected)
        for song, row in table.by_id(name).items():
            where = f"{path}, {name} {song}"
            if song in labels:
                raise InputError(
                    f"{where}: is also in another table; expected one row for each: delete the"
                    " other"
                )
            labels[song] = rating_label(row[valence], row[arousal], scale, where)
    return labels


def rated_songs(
    labels: Mapping[str, Label],
    folder: Path,
    *,
    expected: str,
    artists: Mapping[str, str] | None = None,
) -> list[MoodSong]:
    """Combine labels with audio files.

    Parameters
    ----------
    labels
        Name of a song → label.
    folder
        Folder with ``<name>.mp3``.
    expected
        What ``mood.root`` should be, for messages.
    artists
        Name of a song → artist.

    Returns
    -------
    list of MoodSong
        Every song with a label or an audio file, sorted by name.

    Raises
    ------
    InputError
        As in `mp3_files`.
    """
    audio = mp3_files(folder, expected=expected)
    return [
        mood_song(
            name,
            audio.get(name, folder / f"{name}.mp3"),
            labels.get(name, UNLABELLED),
            has_audio=name in audio,
            artist=(artists or {}).get(name),
        )
        for name in sorted({*labels, *audio})
    ]
