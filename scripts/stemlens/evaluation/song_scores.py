"""Scores of predictions when each song counts as often as it was drawn.

Examples are added up by song once; a replicate of the bootstrap then weights songs, not examples.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stemlens.evaluation.outcomes import Outcomes

RANKINGS = ("average_precision", "roc_auc")
"""Scores of the order in which probabilities rank examples."""
METRICS = ("f1", *RANKINGS)
"""Scores of a class."""
REPLICATES_AT_ONCE = 50
"""Few, so that what average precision multiplies stays in the processor's cache."""

Array = NDArray[Any]
Score = Callable[[Array, Array, Array, Array, Array], Array]
"""Targets, predictions, weight and song of each example, draws → the score in each draw."""


def song_scores(outcomes: Outcomes, drawn: Array) -> Array:
    """Score predictions in each draw of songs.

    Parameters
    ----------
    drawn : ndarray, float64, shape (replicate, song)
        How often each song was drawn, songs in sorted order.

    Returns
    -------
    ndarray, float64, shape (replicate, score)
        For each of `METRICS` the score of each class, their mean, and that of all classes taken
        as one; last the share of examples of which every class is right. NaN where a draw leaves a
        score undefined: F1 where a class is in no example and predicted for none, the others where
        it is in all examples or in none.
    """
    score_of: list[tuple[Score, Array]] = [
        (_f1, outcomes.predicted),
        (_average_precision, outcomes.probabilities),
        (_roc_auc, outcomes.probabilities),
    ]
    scores = []
    for score, predicted in score_of:
        *values, micro = (score(*columns, drawn) for columns in outcomes.by_class(predicted))
        scores += [*values, np.mean(values, axis=0), micro]
    weights, song = outcomes.weights, outcomes.song_number
    is_right = (outcomes.predicted == outcomes.targets).all(axis=1)
    right = drawn @ np.bincount(song, weights * is_right)
    scores.append(_ratio(right, drawn @ np.bincount(song, weights)))
    return np.stack(scores, axis=1)


def macro_f1(outcomes: Outcomes, drawn: Array) -> Array:
    """Mean F1 over classes in each draw of songs, shape (replicate,); see `song_scores`."""
    *classes, _ = outcomes.by_class(outcomes.predicted)
    return np.mean([_f1(*columns, drawn) for columns in classes], axis=0)


def _f1(targets: Array, predicted: Array, weights: Array, song: Array, drawn: Array) -> Array:
    both = drawn @ np.bincount(song, weights * targets * predicted)
    either = drawn @ np.bincount(song, weights * (targets + predicted.astype(np.float64)))
    return _ratio(2 * both, either)


def _average_precision(
    targets: Array, probabilities: Array, weights: Array, song: Array, drawn: Array
) -> Array:
    """Σ precision at a threshold · rise of recall there, over the thresholds of true examples."""
    levels, level = np.unique(-probabilities, return_inverse=True)
    n_songs = drawn.shape[1]
    found = np.zeros((n_songs, len(levels)))
    ranked = np.zeros((n_songs, len(levels)))
    np.add.at(found, (song, level), weights * targets)
    np.add.at(ranked, (song, level), weights)
    is_step = found.any(axis=0)
    found_until, ranked_until = (
        np.ascontiguousarray(counts.cumsum(axis=1)[:, is_step]) for counts in (found, ranked)
    )
    totals = drawn @ found.sum(axis=1)
    precise = np.empty(len(drawn))
    for first in range(0, len(drawn), REPLICATES_AT_ONCE):
        part = slice(first, first + REPLICATES_AT_ONCE)
        true = drawn[part] @ found_until
        precision = _ratio(true, drawn[part] @ ranked_until, undefined=0)
        precise[part] = (precision * np.diff(true, axis=1, prepend=0)).sum(axis=1)
    varies = drawn @ np.bincount(song, weights * (1 - targets.astype(np.float64))) > 0
    return np.where(varies, _ratio(precise, totals), np.nan)


def _roc_auc(
    targets: Array, probabilities: Array, weights: Array, song: Array, drawn: Array
) -> Array:
    """Share of pairs of a true and a false example in which the true one is held more probable."""
    is_true = targets == 1
    n_songs = drawn.shape[1]
    won = np.zeros((n_songs, n_songs))
    for other in range(n_songs):
        is_rival = ~is_true & (song == other)
        order = np.argsort(probabilities[is_rival])
        rivals = probabilities[is_rival][order]
        weight_until = np.append(0, weights[is_rival][order].cumsum())
        below, up_to = (
            weight_until[np.searchsorted(rivals, probabilities[is_true], side)]
            for side in ("left", "right")
        )
        beaten = weights[is_true] * (below + up_to) / 2
        won[:, other] = np.bincount(song[is_true], beaten, minlength=n_songs)
    true, false = (drawn @ np.bincount(song, weights * part) for part in (is_true, ~is_true))
    return _ratio(np.sum((drawn @ won) * drawn, axis=1), true * false)


def _ratio(values: Array, reference: Array, undefined: float = np.nan) -> Array:
    """A share, which rounding makes no larger than 1."""
    out = np.full(values.shape, undefined, np.float64)
    return np.minimum(np.divide(values, reference, out=out, where=reference > 0), 1)
