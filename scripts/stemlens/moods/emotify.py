"""Emotify, music rated on the Geneva Emotional Music Scale (Aljanaki et al. 2016)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from stemlens.errors import InputError
from stemlens.given_paths import expanded
from stemlens.label_table import LabelTable, read_label_table
from stemlens.moods.audio_files import mp3_files
from stemlens.moods.mood_song import UNLABELLED, Label, MoodSong, mood_song
from stemlens.moods.quadrants import QUADRANTS

EXPECTED = "the folder of Emotify, with emotifymusic and data.csv"
GENRES = ("classical", "rock", "electronic", "pop")
TRACKS_PER_GENRE = 100
EMOTIONS = (
    "amazement",
    "solemnity",
    "tenderness",
    "nostalgia",
    "calmness",
    "power",
    "joyful_activation",
    "tension",
    "sadness",
)


def label_files(root: str | Path) -> list[str]:
    """List the files with labels that `read_songs` reads."""
    return [str(expanded(root) / "data.csv")]


def read_songs(root: str | Path, emotify_quadrants: Mapping[str, str]) -> list[MoodSong]:
    """Read the ratings; a song's quadrant is that of the emotion that most raters felt.

    Parameters
    ----------
    root
        Folder with ``emotifymusic/<genre>/<number>.mp3`` and ``data.csv``.
    emotify_quadrants
        Emotion → quadrant; other emotions are ignored.

    Returns
    -------
    list of MoodSong
        In the order of their published track ids, 1 to 400.

    Raises
    ------
    InputError
        If a folder, a file or a column is missing, an emotion, a quadrant, a track, a genre or a
        rating is unknown.
    """
    _check_mapping(emotify_quadrants)
    folder = expanded(root)
    columns = ["track id", "genre", *emotify_quadrants]
    table = read_label_table(folder / "data.csv", columns, expected=EXPECTED)
    labels = _labels(table, emotify_quadrants)
    songs = []
    for genre, first in _first_tracks():
        audio = mp3_files(folder / "emotifymusic" / genre, expected=EXPECTED)
        for number in range(1, TRACKS_PER_GENRE + 1):
            name, stem = str(first + number), str(number)
            if name not in labels and stem not in audio:
                continue
            file = audio.get(stem, folder / "emotifymusic" / genre / f"{stem}.mp3")
            label = labels.get(name, UNLABELLED)
            songs.append(mood_song(name, file, label, has_audio=stem in audio))
    return songs


def _first_tracks() -> Iterator[tuple[str, int]]:
    """Each genre and the number of tracks before it."""
    for position, genre in enumerate(GENRES):
        yield genre, position * TRACKS_PER_GENRE


def _check_mapping(emotify_quadrants: Mapping[str, str]) -> None:
    if not emotify_quadrants:
        raise InputError(
            "mood.emotify_quadrants: is empty; expected a quadrant for at least one emotion"
        )
    for emotion, quadrant in emotify_quadrants.items():
        for found, known in ((emotion, EMOTIONS), (quadrant, QUADRANTS)):
            if found not in known:
                raise InputError(
                    f"mood.emotify_quadrants: found {found!r} in {emotion}: {quadrant}; expected"
                    f" one of {', '.join(known)}"
                )


def _labels(table: LabelTable, quadrant_of: Mapping[str, str]) -> dict[str, Label]:
    genre_of = {
        str(first + number): genre
        for genre, first in _first_tracks()
        for number in range(1, TRACKS_PER_GENRE + 1)
    }
    # All emotions of a track have the same raters, so sums rank them as means do.
    sums: dict[str, Counter[str]] = {}
    for row in table.rows:
        name, genre = row["track id"], row["genre"]
        if genre_of.get(name) != genre:
            raise InputError(
                f"{table.path}: found track id {name!r} of genre {genre!r}; expected 1 to"
                f" {len(genre_of)}, {TRACKS_PER_GENRE} each of {', '.join(GENRES)}"
            )
        for emotion in quadrant_of:
            if row[emotion] not in ("0", "1"):
                raise InputError(
                    f"{table.path}, track id {name}: found {emotion} {row[emotion]!r};"
                    " expected 0 or 1"
                )
            sums.setdefault(name, Counter())[emotion] += int(row[emotion])
    return {name: _label(felt, quadrant_of) for name, felt in sums.items()}


def _label(felt: Counter[str], quadrant_of: Mapping[str, str]) -> Label:
    largest = max(felt.values())
    if largest == 0:
        return Label(left_out="nobody felt an emotion that has a quadrant")
    quadrants = {quadrant_of[emotion] for emotion, n in felt.items() if n == largest}
    if len(quadrants) > 1:
        return Label(left_out="emotions of different quadrants tie")
    return Label(quadrants.pop())
