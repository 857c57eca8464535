"""Emotify: 400 excerpts with the emotions that listeners felt.

Aljanaki, Wiering, Veltkamp: Studying emotion induced by music through a crowdsourcing game,
Information Processing & Management 2016. Its labels are the nine emotions of the Geneva Emotional
Music Scale, which have no quadrant of their own: the mapping is a choice.
"""

from collections.abc import Mapping
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods.labels import audio_files, first_file, match_audio, read_rows
from stemlens.moods.songs import NO_LABEL, MoodSong

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
GENRES = ("classical", "rock", "electronic", "pop")
SONGS_PER_GENRE = 100
TRACK = "track id"
TIE = "emotions of different quadrants tie"


def label_files(root: Path) -> list[Path]:
    """The table of ratings."""
    return [first_file(root, "data.csv", "emotifymusic/data.csv")]


def read_emotify(root: Path, *, quadrants: Mapping[str, str | None]) -> list[MoodSong]:
    """Read ``emotifymusic/<genre>/<n>.mp3`` and what each listener felt.

    Parameters
    ----------
    root
        Folder of the corpus.
    quadrants
        Emotion → the quadrant that it stands for, or None for no quadrant. The emotion that most
        listeners felt decides, among those that stand for one.
    """
    _check_quadrants(quadrants)
    (path,) = label_files(root)
    felt: dict[int, dict[str, float]] = {}
    for number, row in enumerate(read_rows(path, [TRACK, *EMOTIONS]), 2):
        try:
            track = int(row[TRACK])
            ratings = {name: float(row[name]) for name in EMOTIONS}
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: {error}; expected a whole {TRACK} and numbers for the"
                " emotions: correct it"
            ) from error
        if not 1 <= track <= SONGS_PER_GENRE * len(GENRES):
            raise InputError(
                f"{path}, line {number}: {TRACK} is {track}; expected 1 to"
                f" {SONGS_PER_GENRE * len(GENRES)}: correct it"
            )
        sums = felt.setdefault(track, dict.fromkeys(EMOTIONS, 0.0))
        for name, rating in ratings.items():
            sums[name] += rating
    labelled = [_labelled(track, sums, quadrants) for track, sums in sorted(felt.items())]
    folder = root / "emotifymusic"
    audio = {
        f"{genre}/{number}": file
        for genre in GENRES
        for number, file in audio_files(folder / genre).items()
    }
    return match_audio(labelled, audio, folder)


def _labelled(
    track: int, sums: Mapping[str, float], quadrants: Mapping[str, str | None]
) -> MoodSong:
    genre, number = divmod(track - 1, SONGS_PER_GENRE)
    name = f"{GENRES[genre]}/{number + 1}"
    mapped = {emotion: sums[emotion] for emotion, quadrant in quadrants.items() if quadrant}
    strongest = max(mapped.values())
    found = {quadrants[emotion] for emotion, total in mapped.items() if total == strongest}
    if strongest == 0:
        return MoodSong(name, "", name, left_out=NO_LABEL)
    if len(found) > 1:
        return MoodSong(name, "", name, left_out=TIE)
    return MoodSong(name, "", name, quadrant=found.pop())


def _check_quadrants(quadrants: Mapping[str, str | None]) -> None:
    unknown = [emotion for emotion in quadrants if emotion not in EMOTIONS]
    if unknown:
        raise InputError(
            f"config key mood.emotify_quadrants.{unknown[0]}: unknown; expected some of"
            f" {', '.join(EMOTIONS)}: correct or remove it"
        )
    if not any(quadrants.values()):
        raise InputError(
            "config key mood.emotify_quadrants: no emotion stands for a quadrant; expected Q1 to"
            " Q4 for some of them"
        )
