"""Scores of `stemlens.evaluation.performance` when each song counts as often as it was drawn.

Examples are added up by song once; a replicate of the bootstrap then weights songs, not examples.
"""

from collections.abc import Callable

import numpy as np

from stemlens.evaluation.outcomes import Outcomes

REPLICATES_AT_ONCE = 50
"""Few, so that what average precision multiplies stays in the processor's cache."""

Score = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Targets, predictions, weight and song of each example, draws → the score in each draw."""


def song_scores(outcomes: Outcomes, drawn: np.ndarray) -> np.ndarray:
    """Score predictions in each draw of songs.

    Parameters
    ----------
    outcomes
        What is scored.
    drawn : ndarray, float64, shape (replicate, song)
        How often each song was drawn, songs in sorted order.

    Returns
    -------
    ndarray, float64, shape (replicate, score)
        In the order of `stemlens.evaluation.performance.scores`. NaN where a draw leaves a score
        undefined.
    """
    n_classes, weights, song = len(outcomes.classes), outcomes.weights, outcomes.song_number
    score_of: list[tuple[Score, np.ndarray]] = [
        (_f1, outcomes.predicted),
        (_average_precision, outcomes.probabilities),
        (_roc_auc, outcomes.probabilities),
    ]
    columns = []
    for score, predicted in score_of:
        by_class = _by_class(score, outcomes, predicted, drawn)
        all_classes = (
            outcomes.targets.ravel(),
            predicted.ravel(),
            weights.repeat(n_classes),
            song.repeat(n_classes),
        )
        columns += [*by_class, np.mean(by_class, axis=0), score(*all_classes, drawn)]
    is_right = (outcomes.predicted == outcomes.targets).all(axis=1)
    right, all_ = (drawn @ _by_song(values, song) for values in (weights * is_right, weights))
    columns.append(_ratio(right, all_))
    return np.stack(columns, axis=1)


def macro_f1(outcomes: Outcomes, drawn: np.ndarray) -> np.ndarray:
    """Mean F1 over classes in each draw of songs, shape (replicate,); see `song_scores`."""
    return np.mean(_by_class(_f1, outcomes, outcomes.predicted, drawn), axis=0)


def _by_class(
    score: Score, outcomes: Outcomes, predicted: np.ndarray, drawn: np.ndarray
) -> list[np.ndarray]:
    weights, song = outcomes.weights, outcomes.song_number
    return [
        score(outcomes.targets[:, c], predicted[:, c], weights, song, drawn)
        for c in range(len(outcomes.classes))
    ]


def _f1(
    targets: np.ndarray,
    predicted: np.ndarray,
    weights: np.ndarray,
    song: np.ndarray,
    drawn: np.ndarray,
) -> np.ndarray:
    both = drawn @ _by_song(weights * targets * predicted, song)
    either = drawn @ _by_song(weights * (targets + predicted.astype(np.float64)), song)
    return _ratio(2 * both, either)


def _average_precision(
    targets: np.ndarray,
    probabilities: np.ndarray,
    weights: np.ndarray,
    song: np.ndarray,
    drawn: np.ndarray,
) -> np.ndarray:
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
    varies = drawn @ _by_song(weights * (1 - targets.astype(np.float64)), song) > 0
    return np.where(varies, _ratio(precise, totals), np.nan)


def _roc_auc(
    targets: np.ndarray,
    probabilities: np.ndarray,
    weights: np.ndarray,
    song: np.ndarray,
    drawn: np.ndarray,
) -> np.ndarray:
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
        won[:, other] = _by_song(weights[is_true] * (below + up_to) / 2, song[is_true], n_songs)
    true, false = (drawn @ _by_song(weights * part, song) for part in (is_true, ~is_true))
    return _ratio(np.sum((drawn @ won) * drawn, axis=1), true * false)


def _by_song(values: np.ndarray, song: np.ndarray, n_songs: int = 0) -> np.ndarray:
    return np.bincount(song, values, minlength=n_songs)


def _ratio(values: np.ndarray, reference: np.ndarray, undefined: float = np.nan) -> np.ndarray:
    out = np.full(values.shape, undefined, np.float64)
    return np.divide(values, reference, out=out, where=reference > 0)
