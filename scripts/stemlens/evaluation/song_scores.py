"""The scores of `stemlens.evaluation.performance` when each song counts as often as it was drawn.

Examples are added up by song once; a replicate of the bootstrap then weighs songs, not examples.
"""

from collections.abc import Callable

import numpy as np

from stemlens.target_type import example_weights, predicted_classes

REPLICATES_AT_ONCE = 50
"""Few, so that what average precision multiplies stays in the processor's cache."""

Score = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Targets, predictions, weight and song of each example, draws → the score in each draw."""


def song_scores(
    targets: np.ndarray,
    probabilities: np.ndarray,
    songs: np.ndarray,
    drawn: np.ndarray,
    *,
    target_type: str,
) -> np.ndarray:
    """Score predictions in each draw of songs.

    Parameters
    ----------
    targets : ndarray, uint8, shape (example, class)
        1 for a class of the example.
    probabilities : ndarray, shape (example, class)
        Predicted.
    songs : ndarray, shape (example,)
        Song of each example.
    drawn : ndarray, float64, shape (replicate, song)
        How often each song was drawn, songs in the order of ``np.unique(songs)``.
    target_type
        See `stemlens.target_type`.

    Returns
    -------
    ndarray, float64, shape (replicate, score)
        In the order of `stemlens.evaluation.performance.scores`. NaN where a draw leaves a score
        undefined.
    """
    n_classes = targets.shape[1]
    named = predicted_classes(probabilities, target_type)
    weights = example_weights(songs, target_type)
    song = np.unique(songs, return_inverse=True)[1]
    score_of: list[tuple[Score, np.ndarray]] = [
        (_f1, named),
        (_average_precision, probabilities),
        (_roc_auc, probabilities),
    ]
    columns = []
    for score, predicted in score_of:
        by_class = [
            score(targets[:, c], predicted[:, c], weights, song, drawn) for c in range(n_classes)
        ]
        all_classes = (
            targets.ravel(),
            predicted.ravel(),
            weights.repeat(n_classes),
            song.repeat(n_classes),
        )
        columns += [*by_class, np.mean(by_class, axis=0), score(*all_classes, drawn)]
    right = (named == targets).all(axis=1)
    columns.append(_ratio(drawn @ _by_song(weights * right, song), drawn @ _by_song(weights, song)))
    return np.stack(columns, axis=1)


def _f1(
    targets: np.ndarray, named: np.ndarray, weights: np.ndarray, song: np.ndarray, drawn: np.ndarray
) -> np.ndarray:
    both = drawn @ _by_song(weights * targets * named, song)
    either = drawn @ _by_song(weights * (targets + named.astype(np.float64)), song)
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
    named = np.zeros((n_songs, len(levels)))
    np.add.at(found, (song, level), weights * targets)
    np.add.at(named, (song, level), weights)
    is_step = found.any(axis=0)
    found_until, named_until = (
        np.ascontiguousarray(counts.cumsum(axis=1)[:, is_step]) for counts in (found, named)
    )
    totals = drawn @ found.sum(axis=1)
    precise = np.empty(len(drawn))
    for first in range(0, len(drawn), REPLICATES_AT_ONCE):
        part = slice(first, first + REPLICATES_AT_ONCE)
        true = drawn[part] @ found_until
        precision = _ratio(true, drawn[part] @ named_until, undefined=0)
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
