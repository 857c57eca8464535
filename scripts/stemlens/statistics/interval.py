"""The interval for other songs, from the replicates of a bootstrap over songs."""

import numpy as np
from scipy.special import ndtr, stdtrit

from stemlens.statistics.bootstrap import MIN_SONGS

REPLICATE_ROUNDING = 1e-9
"""Replicates that differ by no more than this share of them are the same up to rounding."""


def song_interval(
    value: np.ndarray, replicates: np.ndarray, *, confidence: float, n_songs: int | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Interval for other songs: at each end the farther one of a percentile and Student's t.

    From few songs, plain percentiles are too narrow, and far out there are too few distinct draws
    for percentiles to tell; where the replicates are skewed, Student's t is too narrow at one end.
    Both use the standard error that the jackknife would give for a mean over pairs of songs
    (Arvesen, Jackknifing U-statistics, Ann. Math. Stat. 1969), which is √(n (n − 1)) / (n − 2)
    times the standard deviation of the replicates. Percentiles are taken at the levels where the
    interval from Student's t would end if the replicates were normal, as Hesterberg advises (What
    teachers should know about the bootstrap, The American Statistician 2015).

    Parameters
    ----------
    value : ndarray, shape (...)
        The statistic in the sample.
    replicates : ndarray, shape (replicate, ...)
        The same in each replicate; NaN where a replicate leaves it undefined, which is left out.
    confidence
        Probability that the interval shall cover, as 0.95.
    n_songs : int or ndarray of int, shape (...)
        How many songs the statistic rests on.

    Returns
    -------
    low, high : ndarray, float64, shape (...)
        NaN where `n_songs` is below `MIN_SONGS`, where at least half of the replicates are
        undefined, and where all are the same: a sample without variation does not tell how much
        songs vary.
    """
    shape = replicates.shape[1:]
    columns = replicates.reshape(len(replicates), -1).astype(np.float64)
    values = np.broadcast_to(value, shape).ravel()
    songs = np.broadcast_to(n_songs, shape).ravel()
    n_defined = np.isfinite(columns).sum(axis=0)
    low, high = np.full((2, columns.shape[1]), np.nan)
    for n in np.unique(songs[songs >= MIN_SONGS]):
        of_n = (songs == n) & np.isfinite(values)
        whole = of_n & (n_defined == len(columns))
        low[whole], high[whole] = _farther(values[whole], columns[:, whole], confidence, n)
        for column in np.flatnonzero(of_n & ~whole & (n_defined > len(columns) / 2)):
            defined = columns[np.isfinite(columns[:, column]), column]
            low[column], high[column] = _farther(values[column], defined, confidence, n)
    # Of a single value, a number and no array of no dimension.
    return low.reshape(shape)[()], high.reshape(shape)[()]


def censored_interval(
    replicates: np.ndarray, *, confidence: float, n_songs: int
) -> tuple[float, float]:
    """Interval of a value that may lie beyond what was measured, from percentiles alone.

    They are taken at the levels of `song_interval`.

    Parameters
    ----------
    replicates : ndarray, shape (replicate,)
        −∞ and ∞ where the value lies below or above all that was measured; NaN is left out.
    confidence, n_songs
        As of `song_interval`.

    Returns
    -------
    low, high : float
        −∞ or ∞ where that end is open. NaN where `n_songs` is below `MIN_SONGS`, where at least
        half of the replicates are undefined, and where all are the same.
    """
    defined = replicates[~np.isnan(replicates)]
    is_too_few = n_songs < MIN_SONGS or len(defined) <= len(replicates) / 2
    if is_too_few or (defined == defined[0]).all():
        return float("nan"), float("nan")
    n_errors = _n_errors(confidence, n_songs)
    levels = [ndtr(-n_errors), ndtr(n_errors)]
    # Without interpolation, which between −∞ and ∞ is undefined.
    low, high = np.quantile(defined, levels, method="inverted_cdf")
    return float(low), float(high)


def _n_errors(confidence: float, n_songs: int) -> np.ndarray:
    """Half the width of an interval, in standard deviations of the replicates."""
    tail = (1 - confidence) / 2
    return np.sqrt(n_songs * (n_songs - 1)) / (n_songs - 2) * -stdtrit(n_songs - 1, tail)


def _farther(
    value: np.ndarray, replicates: np.ndarray, confidence: float, n_songs: int
) -> tuple[np.ndarray, np.ndarray]:
    n_errors = _n_errors(confidence, n_songs)
    low, high = np.quantile(replicates, [ndtr(-n_errors), ndtr(n_errors)], axis=0)
    varies = np.ptp(replicates, axis=0) > REPLICATE_ROUNDING * np.abs(replicates).max(axis=0)
    width = n_errors * np.where(varies, replicates.std(axis=0), np.nan)
    return np.minimum(low, value - width), np.maximum(high, value + width)
