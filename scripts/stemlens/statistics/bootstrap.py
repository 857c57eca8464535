"""Bootstrap over songs: a replicate draws as many songs as there are, with replacement.

Pairs of stimuli share songs, so they are not independent and are never drawn themselves.
A replicate is a weight per song: how often it was drawn (Efron and Tibshirani, An Introduction
to the Bootstrap, 1993). The same seed gives the same draws, so that differences between layers,
classes and networks are differences on the same songs.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtrit

MIN_SONGS = 5
"""Fewer songs have fewer than 126 distinct draws and get no interval."""


def draw_weights(n: int, *, n_replicates: int, seed: int | Sequence[int]) -> np.ndarray:
    """Draw as many songs as there are, with replacement, in each replicate.

    Parameters
    ----------
    n
        How many there are.
    n_replicates
        Number of replicates.
    seed
        Of the draws.

    Returns
    -------
    ndarray, float64, shape (replicate, song)
        How often each song was drawn; each row sums to `n`.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.full(n, 1 / n), size=n_replicates).astype(np.float64)


def normal_limit(
    effect: float, replicates: np.ndarray, *, confidence: float, n_songs: int
) -> float:
    """Upper end of an interval from Student's t and the bootstrap standard error.

    Far out in the tails there are too few distinct draws of few songs for percentiles to tell.

    Parameters
    ----------
    effect
        The statistic.
    replicates : ndarray, shape (replicate,)
        The same in each replicate; NaN is left out.
    confidence
        Probability that the interval from end to end shall cover.
    n_songs
        How many songs it rests on.

    Returns
    -------
    float
        NaN where `n_songs` is below `MIN_SONGS`, or no replicate is defined.
    """
    if n_songs < MIN_SONGS:
        return np.nan
    defined = replicates[np.isfinite(replicates)]
    if len(defined) == 0:
        return np.nan
    standard_error = np.sqrt(n_songs / (n_songs - 1)) * defined.std()
    return float(effect - stdtrit(n_songs - 1, (1 - confidence) / 2) * standard_error)


def percentile_interval(
    replicates: np.ndarray, *, confidence: float, n_songs: int | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval along the first axis.

    Plain percentiles are too narrow where there are few songs. As Hesterberg (What teachers should
    know about the bootstrap, The American Statistician 2015) advises, they are taken further out:
    at the levels where an interval from Student's t and the unbiased standard error would end, if
    the replicates were normal. With many songs this changes nothing.

    Parameters
    ----------
    replicates : ndarray, shape (replicate, ...)
        The statistic in each replicate; NaN where a replicate leaves it undefined, which is left
        out.
    confidence
        Probability that the interval shall cover, as 0.95.
    n_songs : int or ndarray of int, shape (...)
        How many songs the statistic rests on.

    Returns
    -------
    low, high : ndarray, float64, shape (...)
        NaN where `n_songs` is below `MIN_SONGS`, or where at least half of the replicates are
        undefined.
    """
    shape = replicates.shape[1:]
    columns = replicates.reshape(len(replicates), -1)
    songs = np.broadcast_to(n_songs, shape).ravel()
    n_defined = np.isfinite(columns).sum(axis=0)
    interval = np.full((2, columns.shape[1]), np.nan)
    for n in np.unique(songs[songs >= MIN_SONGS]):
        tail = ndtr(np.sqrt(n / (n - 1)) * stdtrit(n - 1, (1 - confidence) / 2))
        levels = [tail, 1 - tail]
        whole = (songs == n) & (n_defined == len(columns))
        interval[:, whole] = np.quantile(columns[:, whole], levels, axis=0)
        for column in np.flatnonzero((songs == n) & ~whole & (n_defined > len(columns) / 2)):
            defined = columns[np.isfinite(columns[:, column]), column]
            interval[:, column] = np.quantile(defined, levels)
    low, high = interval.reshape(2, *shape)
    return low, high
