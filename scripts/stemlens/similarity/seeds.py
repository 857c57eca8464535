"""What stays when the network is trained again from another seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.notes import joined_notes


def average_seeds(
    tables: Sequence[pd.DataFrame], replicates: Sequence[np.ndarray], *, statistics: Sequence[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Average models that differ by nothing but their seed.

    All saw the same songs and were drawn alike, so that the mean of their replicates is a
    replicate of their mean.

    Parameters
    ----------
    tables
        One per seed, with the same rows in the same order; columns ``n_songs`` and ``note``.
    replicates
        Those of the last of `statistics`, one per seed, shape (replicate, row).
    statistics
        Columns to average; the last is the one that `replicates` are of.

    Returns
    -------
    table : DataFrame
        The first table with means over seeds in `statistics`, the least ``n_songs``, the
        ``note`` of every seed, and two more columns: ``seed_std`` (sample standard deviation of
        the last statistic over seeds, NaN for one seed) and ``n_seeds``.
    replicates : ndarray, shape (replicate, row)
    """
    values = np.stack([table[list(statistics)].to_numpy(np.float64) for table in tables])
    averaged = tables[0].copy()
    averaged[list(statistics)] = values.mean(axis=0)
    averaged["note"] = [
        joined_notes(of_row) for of_row in zip(*(t["note"] for t in tables), strict=True)
    ]
    averaged["n_songs"] = np.min([table["n_songs"] for table in tables], axis=0)
    one_seed = len(tables) == 1
    averaged["seed_std"] = np.nan if one_seed else values[..., -1].std(axis=0, ddof=1)
    averaged["n_seeds"] = len(tables)
    return averaged, np.mean(replicates, axis=0)
