"""The corpora that can be read, each by its own module."""

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
    layout
        One of `LAYOUTS`.
    root
        The manifest, or the folder of the published corpus.
    valence_range, arousal_range
        Ends of the scales in a manifest. Those of the published corpora are known.
    margin
        As in `quadrant`, for corpora with valence and arousal.
    emotify_quadrants
        Emotion → quadrant, for Emotify.

    Returns
    -------
    list of MoodSong
        Songs that are not used are among them, and say why.

    Raises
    ------
    InputError
        If the layout is unknown, the corpus is not as it is published, or it holds no song.
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
        raise InputError(f"mood.root: {root} holds no song; expected at least one")
    return songs


def label_files(layout: str, root: str | Path) -> list[str]:
    """Name the annotation files that `read_mood_songs` reads.

    Raises
    ------
    InputError
        If the layout is unknown, or none of several places for a file holds it.
    """
    if layout not in _LABEL_FILES:
        raise _unknown(layout)
    return _LABEL_FILES[layout](root)


def _unknown(layout: str) -> InputError:
    return InputError(f"mood.layout: found {layout!r}; expected one of {', '.join(LAYOUTS)}")
