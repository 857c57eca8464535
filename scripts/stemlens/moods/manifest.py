"""A corpus of one's own: a CSV file that lists the songs and their labels."""

import os
from collections.abc import Sequence
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.audio_files import file_names
from stemlens.moods.labels import RatingScale, number, quadrant_label, rating_label
from stemlens.moods.songs import SPLITS, Label, MoodSong, mood_song
from stemlens.moods.tables import Table, read_table

COLUMNS = ("file", "quadrant", "valence", "arousal", "split", "song", "artist")
EXPECTED = (
    "a CSV file with the column file and either quadrant or valence and arousal"
    " (docs/mood_corpora.md)"
)


def label_files(root: str | Path) -> list[str]:
    """Name the files that `read_songs` takes labels from."""
    return [str(Path(root).expanduser())]


def read_songs(root: str | Path, scale: RatingScale) -> list[MoodSong]:
    """Read a manifest.

    Parameters
    ----------
    root
        The CSV file: ``file`` (relative to its folder, or absolute), ``quadrant`` or ``valence``
        and ``arousal``, and perhaps ``split``, ``song``, ``artist``. Where a row has a quadrant,
        its valence and arousal decide nothing.
    scale
        The scale of valence and arousal.

    Returns
    -------
    list of MoodSong
        In the order of the file.

    Raises
    ------
    InputError
        If a column is missing, a cell is wrong, a file stands there twice, a song has two
        artists, or an artist or a song stands in both splits.
    """
    path = Path(root).expanduser()
    table = read_table(path, ["file"], expected=EXPECTED)
    _check_columns(table)
    songs = []
    files_of: dict[Path, set[str]] = {}
    name_of: dict[str, str] = {}
    for name, row in table.by_id("file").items():
        where = f"{path}, {name}"
        file = path.parent / name
        # a.wav and ./a.wav are one file.
        other = name_of.setdefault(os.path.normpath(file), name)
        if other != name:
            raise InputError(f"{where}: is the same file as {other}; expected one row for each")
        if file.parent not in files_of:
            files_of[file.parent] = _file_names_if_any(file.parent)
        split = row.get("split", "")
        if split and split not in SPLITS:
            raise InputError(f"{where}: found split {split!r}; expected {' or '.join(SPLITS)}")
        songs.append(
            mood_song(
                name,
                file,
                _label(row, scale, where),
                has_audio=file.name in files_of[file.parent],
                song=row.get("song"),
                artist=row.get("artist"),
                split=split,
            )
        )
    _check_songs_and_artists(songs, path)
    return songs


def _check_columns(table: Table) -> None:
    for column in COLUMNS:
        if table.columns.count(column) > 1:
            raise InputError(f"{table.path}: the column {column} stands there twice; delete one")
    if "quadrant" not in table.columns and not {"valence", "arousal"} <= {*table.columns}:
        raise InputError(
            f"{table.path}: the columns {', '.join(table.columns)} hold no label; mood.root should"
            f" be {EXPECTED}"
        )


def _file_names_if_any(folder: Path) -> set[str]:
    try:
        return file_names(folder)
    except OSError:
        return set()


def _label(row: dict[str, str], scale: RatingScale, where: str) -> Label:
    valence, arousal = row.get("valence", ""), row.get("arousal", "")
    if not row.get("quadrant"):
        return rating_label(valence, arousal, scale, where)
    return Label(
        quadrant_label(row["quadrant"], where).quadrant,
        number(valence, f"{where}: valence") if valence else None,
        number(arousal, f"{where}: arousal") if arousal else None,
    )


def _check_songs_and_artists(songs: Sequence[MoodSong], path: Path) -> None:
    artist_of: dict[str, str] = {}
    split_of: dict[tuple[str, str], str] = {}
    for song in songs:
        if song.artist:
            artist = artist_of.setdefault(song.song, song.artist)
            if artist != song.artist:
                raise InputError(
                    f"{path}: song {song.song} has the artists {artist} and {song.artist};"
                    " expected one: correct it, or give the songs different names"
                )
        for what, name in (("song", song.song), ("artist", song.artist)):
            if not name or not song.split:
                continue
            if split_of.setdefault((what, name), song.split) != song.split:
                raise InputError(
                    f"{path}: {what} {name} stands in train and in test; expected one split for"
                    " all rows of a song and of an artist"
                )
