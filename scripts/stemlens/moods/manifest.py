"""A manifest: a CSV file of one's own that lists audio files and their moods."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.labels import demand_unique, read_rows, with_quadrant, with_ratings
from stemlens.moods.songs import NO_AUDIO_FILE, MoodSong

SPLITS = ("train", "test")


def read_manifest(
    path: str | Path,
    *,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
) -> list[MoodSong]:
    """Read a manifest.

    Parameters
    ----------
    path
        The CSV file. Columns: ``file`` (absolute, or relative to the manifest's folder);
        ``quadrant`` (Q1 to Q4), or ``valence`` and ``arousal``; optional ``song`` (the piece that
        several files are excerpts of), ``artist`` and ``split`` (train or test). Others are
        ignored.
    valence_range, arousal_range, margin
        See `stemlens.moods.quadrants.quadrant`.

    Raises
    ------
    InputError
        If a column is missing, a value is not as it should be, a file stands there twice, a song
        has two artists, or songs of one artist (or excerpts of one song) stand in both splits.
    """
    path = Path(path)
    rows = read_rows(path, ["file"])
    has_quadrants = bool(rows) and "quadrant" in rows[0]
    if rows and not has_quadrants and not {"valence", "arousal"} <= rows[0].keys():
        raise InputError(
            f"{path}: has the columns {', '.join(rows[0])}; expected quadrant, or valence and"
            " arousal, beside file: add them"
        )
    demand_unique([row["file"] for row in rows], path, "file")
    songs = []
    for number, row in enumerate(rows, 2):
        where = f"{path}, line {number}"
        if not row["file"]:
            raise InputError(f"{where}: names no file; expected the path of an audio file")
        song = MoodSong(
            row["file"],
            str(path.parent / row["file"]),
            row.get("song") or row["file"],
            artist=row.get("artist") or None,
            split=_split(row.get("split"), where),
        )
        if has_quadrants:
            song = with_quadrant(song, row["quadrant"], where=where)
        else:
            song = with_ratings(
                song,
                (row["valence"], row["arousal"]),
                where=where,
                valence_range=valence_range,
                arousal_range=arousal_range,
                margin=margin,
            )
        songs.append(song)
    _check_groups(songs, path)
    return _without_missing(songs)


def _split(text: str | None, where: str) -> str | None:
    if text and text not in SPLITS:
        raise InputError(f"{where}: split is {text!r}; expected train or test: correct it")
    return text or None


def _check_groups(songs: list[MoodSong], path: Path) -> None:
    artist_of: dict[str, str | None] = {}
    for song in songs:
        artist = artist_of.setdefault(song.song, song.artist)
        if artist != song.artist:
            raise InputError(
                f"{path}: song {song.song} has the artists {artist!r} and {song.artist!r};"
                " expected one: correct a row"
            )
    split_of: dict[str, str | None] = {}
    for song in songs:
        group = f"artist {song.artist}" if song.artist else f"song {song.song}"
        if split_of.setdefault(group, song.split) != song.split:
            raise InputError(
                f"{path}: {group} stands in the splits {split_of[group]} and {song.split}; expected"
                " one, or the network is tested on what it was trained on: move the rows together"
            )


def _without_missing(songs: list[MoodSong]) -> list[MoodSong]:
    # One listing per folder: on a shared file system, asking for each file takes minutes.
    folders = {Path(song.file).parent for song in songs}
    present = {path for folder in folders if folder.is_dir() for path in folder.iterdir()}
    return [
        song if Path(song.file) in present else replace(song, left_out=NO_AUDIO_FILE)
        for song in songs
    ]
