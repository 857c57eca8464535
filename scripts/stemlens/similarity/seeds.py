"""Means over networks that differ only in their training seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes
from stemlens.statistics.estimate import Estimate

Summary = tuple[pd.DataFrame, np.ndarray]
"""A table, and the replicates of one of its columns, shape (replicate, row)."""


def estimate_over_seeds(summaries: Sequence[Summary], statistic: str) -> Estimate:
    """Average networks that differ only in their seed, row by row.

    All got the same songs and the same bootstrap draws, so that the mean of their replicates is a
    replicate of their mean.

    Parameters
    ----------
    summaries
        One per seed, with the same rows in the same order; a column ``n_songs``.
    statistic
        The column that the replicates are of.

    Returns
    -------
    Estimate
        An entry per row; it rests on the least number of songs.
    """
    by_seed = np.stack([table[statistic].to_numpy(np.float64) for table, _ in summaries])
    replicates = np.stack([replicates for _, replicates in summaries]).mean(
        axis=0, dtype=np.float64
    )
    n_songs = np.min([table["n_songs"] for table, _ in summaries], axis=0)
    return Estimate(by_seed, replicates, n_songs)


def average_tables(tables: Sequence[pd.DataFrame], *, statistics: Sequence[str]) -> pd.DataFrame:
    """Average columns over seeds, and join the notes of all seeds.

    Tables have the same rows in the same order; other columns are those of the first.
    """
    if len(tables) == 1:
        return tables[0]
    average = tables[0].copy()
    for column in statistics:
        average[column] = np.mean([table[column] for table in tables], axis=0)
    notes = zip(*(table["note"] for table in tables), strict=True)
    average["note"] = [joined_notes(of_row) for of_row in notes]
    return average
