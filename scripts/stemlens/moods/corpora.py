"""Corpora of songs with moods, by the layout in which they are published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlens.errors import InputError
from stemlens.moods import deam, emotify, pmemo
from stemlens.moods.manifest import read_manifest
from stemlens.moods.quadrant_folders import (
    read_4q,
    read_merge,
)
from stemlens.moods.songs import MoodSong


def read_mood_songs(
    layout: str,
    root: str | None,
    *,
    valence_range: Sequence[float],
    arousal_range: Sequence[float],
    margin: float,
    emotify_quadrants: Mapping[str, str | None],
) -> list[MoodSong]:
    """Read the labels of a corpus, and look which audio files are there.

    Parameters
    ----------
    layout
        ``manifest``, ``deam``, ``pmemo``, ``4q``, ``merge`` or ``emotify``.
    root
        The manifest, or the folder of the corpus.
    valence_range, arousal_range
        Scales of a manifest's ratings; published corpora have their own.
    margin
        Songs nearer to a midpoint are left out, see `stemlens.moods.quadrants.quadrant`.
    emotify_quadrants
        See `stemlens.moods.emotify.read_emotify`.

    Returns
    -------
    list of MoodSong
        All songs, those that are left out with the reason.

    Raises
    ------
    InputError
        If labels are missing or not as they should be.
    """
    if root is None:
        raise InputError(
            f"config key mood.root: not set; expected the folder of the {layout} corpus, or the CSV"
            " file of a manifest"
        )
    path = Path(root).expanduser()
    match layout:
        case "manifest":
            return read_manifest(
                path, valence_range=valence_range, arousal_range=arousal_range, margin=margin
            )
        case "deam":
            return deam.read_deam(path, margin=margin)
        case "pmemo":
            return pmemo.read_pmemo(path, margin=margin)
        case "4q":
            return read_4q(path)
        case "merge":
            return read_merge(path)
        case "emotify":
            return emotify.read_emotify(path, quadrants=emotify_quadrants)
    raise InputError(f"config key mood.layout: found {layout!r}, which has no reader")
