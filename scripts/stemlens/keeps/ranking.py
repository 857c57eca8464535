"""Scores of rankings with ties: the mean over all orders of what is tied.

A ranking that has ties stands for many, and which of them a sort returns is an accident: in a layer
that maps everything to the same, the target would always, or never, come first. Each score is
therefore its expectation over all orders of tied candidates (McSherry and Najork, Computing
information retrieval performance measures efficiently in the presence of tied scores, ECIR 2008).
Without information all candidates are tied: this is chance.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

SCORES = ("hit_rate_at_1", "hit_rate_at_10", "mean_reciprocal_rank", "mean_average_precision")
"""Of several queries; of a single one, these are whether a relevant candidate is among the first
1 or 10, the reciprocal of the rank of the first relevant one, and average precision."""
N_SCORES_OF_ONE_TARGET = 3
"""Where there is one relevant candidate, the last score repeats the one before."""
DEPTHS = (1, 10)
"""How many of the first candidates the two hit rates look at."""

_UNRANKED = -1e300
"""Below all similarities, and above minus infinity."""


def ranking_scores(
    similarities: np.ndarray,
    is_relevant: np.ndarray,
    is_candidate: np.ndarray | None = None,
    *,
    tolerance: float | np.ndarray = 0,
    depths: Sequence[int] = DEPTHS,
) -> tuple[np.ndarray, np.ndarray]:
    """Score how early the relevant candidates come, query by query.

    Parameters
    ----------
    similarities : ndarray, float64, shape (query, candidate)
        The candidate with the highest comes first. One with NaN comes last, with all others of NaN.
    is_relevant : ndarray of bool, shape (query, candidate)
        What a query is to find: at least one candidate.
    is_candidate : ndarray of bool, shape (query, candidate)
        What a query chooses from; by default everything.
    tolerance : float or ndarray, shape (query, 1)
        Similarities are tied if they differ by no more than that, or if others lie between them
        and none of the steps is larger.
    depths
        How many of the first candidates the hit rates look at.

    Returns
    -------
    scores : ndarray, float64, shape (query, score)
        Hit at each of `depths`, reciprocal rank, average precision: as in `SCORES`.
    is_tied : ndarray of bool, shape (query,)
        Whether a relevant candidate is tied with one that is not.
    """
    values = np.where(np.isnan(similarities), _UNRANKED, similarities)
    if is_candidate is not None:
        # Behind all candidates, where they change nothing.
        values = np.where(is_candidate, values, -np.inf)
    order = np.argsort(-values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    relevant = np.take_along_axis(is_relevant, order, axis=1)

    with np.errstate(invalid="ignore"):
        is_same_level = values[:, :-1] - values[:, 1:] <= tolerance
    is_first = np.pad(~is_same_level, ((0, 0), (1, 0)), constant_values=True)
    positions = np.arange(values.shape[1])
    # Of the level that a position belongs to: where it starts, where the next one does.
    start = np.maximum.accumulate(np.where(is_first, positions, 0), axis=1)
    is_last = np.pad(~is_same_level, ((0, 0), (0, 1)), constant_values=True)
    ends = np.where(is_last, positions + 1, values.shape[1])
    end = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    size = end - start
    found = np.pad(relevant.cumsum(axis=1), ((0, 0), (1, 0)))
    found_before = np.take_along_axis(found, start, axis=1)
    n_relevant = np.take_along_axis(found, end, axis=1) - found_before

    # How probable it is that none of the first candidates is relevant: of those of a level that
    # remain, so many are not relevant.
    within = positions - start
    miss = np.maximum(size - n_relevant - within, 0) / (size - within)
    still_missing = np.pad(np.cumprod(miss, axis=1), ((0, 0), (1, 0)), constant_values=1)
    hits = [1 - still_missing[:, min(depth, values.shape[1])] for depth in depths]
    reciprocal = (still_missing[:, :-1] - still_missing[:, 1:]) @ (1 / (positions + 1))

    # Precision at a position, if the candidate there is relevant, times how probable that is.
    before = found_before + within * (n_relevant - 1) / np.maximum(size - 1, 1)
    precision = n_relevant / size * (before + 1) / (positions + 1)
    average_precision = precision.sum(axis=1) / found[:, -1]

    is_tied = ((n_relevant > 0) & (n_relevant < size)).any(axis=1)
    return np.stack([*hits, reciprocal, average_precision], axis=1), is_tied


@cache
def chance_scores(n_relevant: int, n_candidates: int) -> tuple[float, ...]:
    """Score a ranking without information, in which all candidates are tied: as in `SCORES`."""
    is_relevant = np.arange(n_candidates)[None] < n_relevant
    scores, _ = ranking_scores(np.zeros(is_relevant.shape), is_relevant)
    return tuple(scores[0])
