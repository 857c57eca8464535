"""Number of kept segments as a function of the activity threshold."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.audio.segment_table import demand_read_songs
from stemlens.audio.segments import SegmentSettings, candidate_segments


def sweep_song(
    stems: np.ndarray, thresholds_db: Sequence[float], settings: SegmentSettings
) -> pd.DataFrame:
    """Count the segments of a song that are kept at each threshold.

    Parameters
    ----------
    stems, thresholds_db, settings
        As in `candidate_segments`.

    Returns
    -------
    DataFrame
        A row per threshold: ``threshold_db``, ``n_candidates`` and ``n_segments``, the numbers of
        all and of kept rows of `candidate_segments`.
    """
    classes = [str(number) for number in range(len(stems))]
    candidates = candidate_segments(stems, classes, thresholds_db, settings)
    return pd.DataFrame(
        {
            "threshold_db": thresholds_db,
            "n_candidates": [len(rows) for rows in candidates],
            "n_segments": [sum(row["kept"] for row in rows) for rows in candidates],
        }
    )


def unread_sweep(thresholds_db: Sequence[float]) -> pd.DataFrame:
    """Rows for a song that cannot be read, as from `sweep_song`."""
    return pd.DataFrame({"threshold_db": thresholds_db, "n_candidates": 0, "n_segments": 0})


def summarise_sweep(songs: pd.DataFrame, *, n_mixes: int) -> pd.DataFrame:
    """Add up the counts of all songs of a split.

    Parameters
    ----------
    songs
        A row per song and threshold: ``split``, the columns of `sweep_song`, and ``reason``,
        missing if the song could be read.
    n_mixes
        Number of mixes of a segment.

    Returns
    -------
    DataFrame
        A row per split and threshold, ordered as in `songs`: ``split``, ``threshold_db``,
        ``n_candidates``, ``n_segments``, ``n_songs`` (songs with a kept segment), ``n_mixes`` (of
        all kept segments) and ``n_unread`` (songs that cannot be read).

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
    sums.insert(sums.columns.get_loc("n_unread"), "n_mixes", sums["n_segments"] * n_mixes)
    return sums
