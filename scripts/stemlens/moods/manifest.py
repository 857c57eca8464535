"""A custom corpus: a CSV file that lists songs and their labels."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.label_table import read_label_table
from stemlens.moods.audio_files import list_files
from stemlens.moods.labels import RatingScale, number, quadrant_label, rating_label
from stemlens.moods.mood_song import Label, MoodSong, mood_song
from stemlens.names import nfc
from stemlens.splits import SPLITS

EXPECTED = (
    "a CSV file with the column file and either quadrant or valence and arousal"
    " (docs/mood_corpora.md)"
)


def label_files(root: str | Path) -> list[str]:
    """List the files with labels that `read_songs` reads."""
    return [str(expanded(root))]


def read_songs(root: str | Path, scale: RatingScale) -> list[MoodSong]:
    """Read a manifest.

    Parameters
    ----------
    root
        The CSV file: ``file`` (relative to its folder, or absolute), ``quadrant`` or ``valence``
        and ``arousal``, and optionally ``split``, ``song`` and ``artist``. A quadrant takes
        precedence over valence and arousal.

    Returns
    -------
    list of MoodSong
        In the order of the file. A song's name is the path of its file relative to the manifest's
        folder. Where that path is absolute or leads out of the folder, it is relative to the
        common parent of all such files.

    Raises
    ------
    InputError
        If a column is missing, a cell is invalid, a file is listed twice, a song has an artist
        in only some of its rows, or an artist or a song is in both splits.
    """
    path = expanded(root)
    table = read_label_table(path, ["file"], expected=EXPECTED)
    if "quadrant" not in table.columns and not {"valence", "arousal"} <= {*table.columns}:
        raise InputError(
            f"{path}: the columns {', '.join(table.columns)} contain no labels; mood.root should be"
            f" {EXPECTED}"
        )
    songs = []
    files_of: dict[Path, dict[str, Path]] = {}
    cell_of_file: dict[str, str] = {}
    cell_of_name: dict[str, str] = {}
    rows = table.by_id("file")
    name_of = _names(rows, path.parent)
    for cell, row in rows.items():
        where = f"{path}, {cell}"
        spelled = path.parent / cell
        if spelled.parent not in files_of:
            files_of[spelled.parent] = _files_if_any(spelled.parent)
        found = files_of[spelled.parent].get(spelled.name)
        file = found or spelled
        # a.wav, ./a.wav, a link to it and its absolute path are one file.
        other = cell_of_file.setdefault(os.path.realpath(file), cell)
        if other != cell:
            raise InputError(f"{where}: is the same file as {other}; expected one row per file")
        name = name_of[cell]
        other = cell_of_name.setdefault(name, cell)
        if other != cell:
            raise InputError(
                f"{where}: would be called {name} within the corpus, like {other}; expected"
                " distinct names: rename one of the files"
            )
        split = row.get("split", "")
        if split and split not in SPLITS:
            raise InputError(f"{where}: found split {split!r}; expected {' or '.join(SPLITS)}")
        songs.append(
            mood_song(
                name,
                file,
                _label(row, scale, where),
                has_audio=found is not None,
                song=row.get("song"),
                artist=row.get("artist"),
                split=split,
            )
        )
    _check_songs_and_artists(songs, path)
    return songs


def _names(cells: Iterable[str], folder: Path) -> dict[str, str]:
    """Name each file within the corpus, so that names do not change when the corpus is moved.

    Files below the manifest's folder are named relative to it, others relative to their common
    parent.
    """
    here = Path(os.path.normpath(nfc(str(folder.absolute()))))
    files = {cell: Path(os.path.normpath(here / cell)) for cell in cells}
    inside = {
        cell
        for cell, file in files.items()
        if not Path(cell).is_absolute() and file.is_relative_to(here)
    }
    others = [file.parent for cell, file in files.items() if cell not in inside]
    there = os.path.commonpath(others) if others else here
    return {
        cell: str(file.relative_to(here if cell in inside else there))
        for cell, file in files.items()
    }


def _files_if_any(folder: Path) -> dict[str, Path]:
    try:
        return list_files(folder)
    except OSError:
        return {}


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
    artist_of = {song.song: song.artist for song in songs if song.artist}
    split_of: dict[tuple[str, str], str] = {}
    for song in songs:
        if not song.artist and song.song in artist_of:
            raise InputError(
                f"{path}: song {song.song} has the artist {artist_of[song.song]} in one row and"
                " none in another; expected one in all of its rows: fill it in, or give the songs"
                " different names"
            )
        if song.split and split_of.setdefault(song.group, song.split) != song.split:
            what, name = ("artist", song.artist) if song.artist else ("song", song.song)
            raise InputError(
                f"{path}: {what} {name} is in both train and test; expected one split for"
                " all rows of a song and of an artist"
            )
