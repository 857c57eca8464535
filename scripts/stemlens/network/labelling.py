"""What a target says of an example: which classes are in it, or which one it belongs to."""

import numpy as np

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
    probabilities : ndarray, shape (example, class)
        As predicted.
    labelling
        `MULTI_LABEL`: each class above `THRESHOLD`; `SINGLE_LABEL`: the most probable one, the
        first of equals.

    Returns
    -------
    ndarray, bool, shape (example, class)
    """
    if labelling == SINGLE_LABEL:
        return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
    return probabilities > THRESHOLD
