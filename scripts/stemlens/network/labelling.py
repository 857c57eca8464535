"""What a target says of an example: which classes are in it, or which one it belongs to."""

import numpy as np

from stemlens.errors import InputError

MULTI_LABEL = "multi_label"
"""Any number of classes: each output is a probability of its own (sigmoid)."""
SINGLE_LABEL = "single_label"
"""Exactly one class: the outputs share a probability of 1 (softmax)."""

THRESHOLD = 0.5
"""Where there may be several classes, one is named when its probability exceeds this."""


def named_classes(probabilities: np.ndarray, labelling: str) -> np.ndarray:
    """Decide which classes a prediction names.

    Parameters
    ----------
    probabilities : ndarray, shape (example, class); with `MULTI_LABEL` any shape
        As predicted.
    labelling
        `MULTI_LABEL`: each class above `THRESHOLD`; `SINGLE_LABEL`: the most probable one, the
        first of equals.

    Returns
    -------
    ndarray, bool, of the same shape

    Raises
    ------
    InputError
        If a probability is NaN: it would read as a class that is not named, or as the first one.
    """
    n_undefined = np.count_nonzero(np.isnan(probabilities))
    if n_undefined:
        raise InputError(
            f"predictions: {n_undefined} of {probabilities.size} probabilities are NaN, expected 0"
            " to 1: delete the network's folder in models and run again"
        )
    if labelling == SINGLE_LABEL:
        return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
    return probabilities > THRESHOLD
