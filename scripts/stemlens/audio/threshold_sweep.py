"""How many segments are kept, as a function of the activity threshold."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.audio.mixes import mix_targets
from stemlens.audio.segments import candidates_by_threshold
from stemlens.audio.unread_splits import demand_read_songs


def sweep_song(
    stems: np.ndarray,
    thresholds_db: Sequence[float],
    *,
    sample_rate_hz: int,
    duration_s: float,
    min_active_s: float,
    frame_length: int,
    hop_length: int,
) -> pd.DataFrame:
    """Count the segments of a song that each threshold keeps.

    Parameters
    ----------
    stems : ndarray, shape (class, sample)
        One signal per class.
    thresholds_db
        In dBFS.
    sample_rate_hz, duration_s, min_active_s
        As in `candidate_segments`.
    frame_length, hop_length
        In samples; see `active_s`.

    Returns
    -------
    DataFrame
        A row per threshold: ``threshold_db``, ``n_candidates`` and ``n_segments``, the rows and
        the kept rows of `candidate_segments`.
    """
    candidates = candidates_by_threshold(
        stems,
        [str(number) for number in range(len(stems))],
        thresholds_db,
        sample_rate_hz=sample_rate_hz,
        duration_s=duration_s,
        min_active_s=min_active_s,
        frame_length=frame_length,
        hop_length=hop_length,
    )
    return pd.DataFrame(
        {
            "threshold_db": thresholds_db,
            "n_candidates": [len(rows) for rows in candidates],
            "n_segments": [sum(row["kept"] for row in rows) for rows in candidates],
        }
    )


def unread_sweep(thresholds_db: Sequence[float]) -> pd.DataFrame:
    """Rows as from `sweep_song` for a song that cannot be read: there is nothing to count."""
    return pd.DataFrame({"threshold_db": thresholds_db, "n_candidates": 0, "n_segments": 0})


def summarise_sweep(songs: pd.DataFrame, *, n_classes: int) -> pd.DataFrame:
    """Add up the songs of each split.

    Parameters
    ----------
    songs
        A row per song and threshold: ``split``, the columns of `sweep_song`, and ``reason``,
        missing where the song could be read.
    n_classes
        Number of classes.

    Returns
    -------
    DataFrame
        A row per split and threshold, in their order in `songs`: ``split``, ``threshold_db``,
        ``n_candidates``, ``n_segments``, ``n_songs`` (songs with a segment that is kept),
        ``n_mixes`` (of all segments that are kept) and ``n_unread`` (songs).

    Raises
    ------
    InputError
        If no song of a split could be read.
    """
    is_read = songs["reason"].isna()
    demand_read_songs(songs, is_read)
    counted = ["n_candidates", "n_segments", "n_songs", "n_unread"]
    sums = (
        songs.assign(n_songs=songs["n_segments"] > 0, n_unread=~is_read)
        .groupby(["split", "threshold_db"], sort=False)[counted]
        .sum()
        .reset_index()
    )
    n_mixes = sums["n_segments"] * len(mix_targets(n_classes))
    sums.insert(sums.columns.get_loc("n_unread"), "n_mixes", n_mixes)
    return sums
