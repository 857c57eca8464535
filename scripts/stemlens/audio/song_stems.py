"""The stems of a song, or the reason why it is left out."""

import logging
from collections.abc import Sequence

import numpy as np

from stemlens.corpora.stems import read_stems
from stemlens.errors import InputError, reason_without_path

logger = logging.getLogger(__name__)


def stems_or_reason(
    path: str, stems: Sequence[str], *, sample_rate_hz: int, unequal_stems: str, broken_songs: str
) -> tuple[np.ndarray | None, str]:
    """Read the stems of a song.

    Parameters
    ----------
    path, stems, sample_rate_hz, unequal_stems
        As in `stemlens.corpora.stems.read_stems` (`unequal_stems`: its `unequal_lengths`).
    broken_songs
        What to do if the song cannot be read: ``stop`` raises, ``skip`` returns the reason.

    Returns
    -------
    stems : ndarray, float32, shape (stem, sample), or None
        None if the song cannot be read.
    reason : str
        Why it cannot be read, without the path; empty otherwise.

    Raises
    ------
    InputError
        If the song cannot be read and `broken_songs` is ``stop``.
    """
    try:
        read = read_stems(path, stems, sample_rate_hz=sample_rate_hz, unequal_lengths=unequal_stems)
    except InputError as error:
        if broken_songs == "stop":
            raise
        logger.warning("left out: %s", error)
        return None, reason_without_path(error, path)
    return read, ""
