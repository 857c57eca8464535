"""What a target says of an example: which classes are in it, or which one it belongs to."""

import numpy as np

from stemlens.finite import demand_finite

MULTI_LABEL = "multi_label"
"""Any number of classes: each output is a probability of its own (sigmoid)."""
SINGLE_LABEL = "single_label"
"""Exactly one class: the outputs share a probability of 1 (softmax)."""

THRESHOLD = 0.5
"""Where there may be several classes, one is named when its probability exceeds this."""


def predicted_classes(probabilities: np.ndarray, target_type: str) -> np.ndarray:
    """Decide which classes a prediction names.

    Parameters
    ----------
    probabilities : ndarray, shape (example, class); with `MULTI_LABEL` any shape
        As predicted.
    target_type
        `MULTI_LABEL`: each class above `THRESHOLD`; `SINGLE_LABEL`: the most probable one, the
        first of equals.

    Returns
    -------
    ndarray, bool, of the same shape

    Raises
    ------
    InputError
        If a probability is NaN or infinite: it would read as a class that is not named, or as the
        most probable one.
    """
    demand_finite(
        probabilities,
        "predictions",
        remedy="delete the network's folder in models and run again",
    )
    if target_type == SINGLE_LABEL:
        return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
    return probabilities > THRESHOLD


def example_weights(songs: np.ndarray, target_type: str) -> np.ndarray:
    """How much each example counts in a score.

    Parameters
    ----------
    songs : ndarray, shape (example,)
        Song of each example.
    target_type
        Of the examples. One class is said of a song as a whole (`SINGLE_LABEL`), so that each song
        counts once and its excerpts share that weight. A mix is right or wrong by itself and
        counts 1.

    Returns
    -------
    ndarray, float64, shape (example,)
    """
    if target_type != SINGLE_LABEL:
        return np.ones(len(songs))
    _, song, n_examples = np.unique(songs, return_inverse=True, return_counts=True)
    return 1 / n_examples[song]
