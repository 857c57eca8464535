"""The signals of a song's classes, or the reason why it is left out."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError, reason_without_path

logger = logging.getLogger(__name__)


def named_stems(classes: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Class → its stems, of classes that are given as ``{name, stems}`` or ``{name, stem}``."""
    return {
        item["name"]: [item["stem"]] if "stem" in item else [*item["stems"]] for item in classes
    }


def stems_or_reason(
    path: str,
    classes: Mapping[str, Sequence[str]],
    *,
    sample_rate_hz: int,
    unequal_stems: str,
    broken_songs: str,
) -> tuple[np.ndarray | None, str]:
    """Read the classes of a song.

    Parameters
    ----------
    path, classes, sample_rate_hz, unequal_stems
        As in `stemlens.corpora.stems.read_classes` (`unequal_stems`: its `unequal_lengths`).
    broken_songs
        What to do if the song cannot be read: ``stop`` raises, ``skip`` returns the reason.

    Returns
    -------
    stems : ndarray, float32, shape (class, sample), or None
        None if the song cannot be read.
    reason : str
        Why it cannot be read, without the path; empty otherwise.

    Raises
    ------
    InputError
        If the song cannot be read and `broken_songs` is ``stop``.
    """
    try:
        read = read_classes(
            path, classes, sample_rate_hz=sample_rate_hz, unequal_lengths=unequal_stems
        )
    except InputError as error:
        if broken_songs == "stop":
            raise
        logger.warning("left out: %s", error)
        return None, reason_without_path(error, path)
    return read, ""
