"""Balanced accuracy of a linear probe, in the sample and in bootstrap replicates."""

import numpy as np


def balanced_accuracy(
    predictions: np.ndarray, targets: np.ndarray, songs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Mean of sensitivity and specificity, each mix weighted by its song.

    Parameters
    ----------
    predictions : ndarray, float64, shape (mix, class)
        From `stemlens.representations.probe.probe_layer`. Mixes without a prediction are left out.
    targets : ndarray, uint8, shape (mix, class)
        1 where the class plays.
    songs : ndarray, shape (mix,)
        Song of each mix.
    weights : ndarray, float64, shape (replicate, song)
        From `draw_weights`, songs in the order of ``np.unique(songs)``; ones for the plain value.

    Returns
    -------
    ndarray, float64, shape (replicate, class)
        0 to 1, 0.5 by chance; NaN where a class plays in all or none of the predicted mixes.
    """
    song_of = (np.unique(songs)[:, None] == songs).astype(np.float64)
    rates = []
    for value in (1, 0):
        asked = (targets == value) & ~np.isnan(predictions)
        right = weights @ (song_of @ (asked & (predictions == value)))
        total = weights @ (song_of @ asked)
        rates.append(right / np.where(total > 0, total, np.nan))
    sensitivity, specificity = rates
    return (sensitivity + specificity) / 2
