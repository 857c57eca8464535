"""Corpora with ratings in tables and all audio in one folder: DEAM and PMEmo."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from stemlens.errors import InputError
from stemlens.label_table import read_label_table
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.labels import RatingScale, rating_label
from stemlens.moods.mood_song import UNLABELLED, Label, MoodSong, mood_song


def read_rated_folder(
    folder: Path,
    tables: Iterable[str | Path],
    *,
    columns: tuple[str, str, str],
    scale: RatingScale,
    expected: str,
    artists: Mapping[str, str] | None = None,
) -> list[MoodSong]:
    """Read ``<name>.mp3`` and mean ratings.

    Parameters
    ----------
    columns
        Those of the tables with name, valence and arousal.
    expected
        What ``mood.root`` should be, for messages.
    artists
        Name → artist.

    Returns
    -------
    list of MoodSong
        Every song with a rating or an audio file, sorted by name.

    Raises
    ------
    InputError
        If the folder, a table or a column is missing, a rating is invalid, or a song occurs twice.
    """
    key, valence, arousal = columns
    labels: dict[str, Label] = {}
    for path in map(Path, tables):
        for name, row in read_label_table(path, columns, expected=expected).by_id(key).items():
            where = f"{path}, {key} {name}"
            if name in labels:
                raise InputError(
                    f"{where}: is also in another table; expected one row for each: delete the"
                    " other"
                )
            labels[name] = rating_label(row[valence], row[arousal], scale, where)
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
