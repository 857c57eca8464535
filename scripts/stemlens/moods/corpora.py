"""The supported mood corpora, each read by its own module."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods import deam, emotify, four_q, manifest, merge, pmemo
from stemlens.moods.labels import RatingScale
from stemlens.moods.mood_song import MoodSong

_LABEL_FILES = {
    "manifest": manifest.label_files,
    "deam": deam.label_files,
    "pmemo": pmemo.label_files,
    "4q": four_q.label_files,
    "merge": merge.label_files,
    "emotify": emotify.label_files,
}
LAYOUTS = tuple(_LABEL_FILES)


def read_mood_songs(
    layout: str,
    root: str | Path,
    *,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
    emotify_quadrants: Mapping[str, str],
) -> list[MoodSong]:
    """Read the songs of a corpus and their labels.

    Parameters
    ----------
    root
        The manifest, or the folder of the published corpus.
    valence_range, arousal_range
        Lowest and highest rating in a manifest; those of published corpora are known.
    margin
        As in `quadrant`, for corpora with valence and arousal.
    emotify_quadrants
        Emotion → quadrant, for Emotify.

    Returns
    -------
    list of MoodSong
        Including songs that are not used, with the reason.

    Raises
    ------
    InputError
        If the layout is unknown, the corpus differs from its published form, or has no songs.
    """
    match layout:
        case "manifest":
            songs = manifest.read_songs(root, RatingScale(valence_range, arousal_range, margin))
        case "deam":
            songs = deam.read_songs(root, margin=margin)
        case "pmemo":
            songs = pmemo.read_songs(root, margin=margin)
        case "4q":
            songs = four_q.read_songs(root)
        case "merge":
            songs = merge.read_songs(root)
        case "emotify":
            songs = emotify.read_songs(root, emotify_quadrants)
        case _:
            raise _unknown(layout)
    if not songs:
        raise InputError(f"mood.root: {root} holds no songs; expected at least one")
    return songs


def label_files(layout: str, root: str | Path) -> list[str]:
    """List the annotation files that `read_mood_songs` reads.

    Raises
    ------
    InputError
        If the layout is unknown, or a file is in none of its possible places.
    """
    if layout not in _LABEL_FILES:
        raise _unknown(layout)
    return _LABEL_FILES[layout](root)


def _unknown(layout: str) -> InputError:
    return InputError(f"mood.layout: found {layout!r}; expected one of {', '.join(LAYOUTS)}")
