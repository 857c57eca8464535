"""Bootstrap over songs: a replicate draws as many songs as there are, with replacement.

Pairs of stimuli share songs, so they are not independent and are never drawn themselves.
A replicate is a weight per song: how often it was drawn (Efron and Tibshirani, An Introduction
to the Bootstrap, 1993). The same seed gives the same draws, so that differences between layers,
classes and networks are differences on the same songs.
"""

import numpy as np

MIN_SONGS = 5
"""Fewer songs have fewer than 126 distinct draws and get no interval."""


def song_weights(n_songs: int, *, n_replicates: int, seed: int) -> np.ndarray:
    """Draw songs with replacement.

    Parameters
    ----------
    n_songs
        How many there are, and how many each replicate draws.
    n_replicates
        Number of replicates.
    seed
        Of the draws.

    Returns
    -------
    ndarray, float64, shape (replicate, song)
        How often each song was drawn; each row sums to `n_songs`.
    """
    rng = np.random.default_rng(seed)
    shares = np.full(n_songs, 1 / n_songs)
    return rng.multinomial(n_songs, shares, size=n_replicates).astype(np.float64)


def percentile_interval(
    replicates: np.ndarray, *, confidence: float, n_songs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval along the first axis.

    Parameters
    ----------
    replicates : ndarray, shape (replicate, ...)
        The statistic in each replicate; NaN where a replicate leaves it undefined, which is left
        out.
    confidence
        Probability that the interval shall cover, as 0.95.
    n_songs
        How many songs were drawn from.

    Returns
    -------
    low, high : ndarray, float64, shape (...)
        NaN where `n_songs` is below `MIN_SONGS`, or where more than half of the replicates are
        undefined.
    """
    shape = replicates.shape[1:]
    if n_songs < MIN_SONGS:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    levels = [(1 - confidence) / 2, (1 + confidence) / 2]
    columns = replicates.reshape(len(replicates), -1)
    interval = np.full((2, columns.shape[1]), np.nan)
    undefined = np.isnan(columns)
    whole = ~undefined.any(axis=0)
    interval[:, whole] = np.quantile(columns[:, whole], levels, axis=0)
    for column in np.flatnonzero(~whole):
        defined = columns[~undefined[:, column], column]
        if len(defined) > len(columns) / 2:
            interval[:, column] = np.quantile(defined, levels)
    low, high = interval.reshape(2, *shape)
    return low, high
