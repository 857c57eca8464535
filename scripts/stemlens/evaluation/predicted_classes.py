"""From probabilities to the classes that are predicted."""

import numpy as np

from stemlens.finite import demand_finite
from stemlens.target_type import SINGLE_LABEL

THRESHOLD = 0.5
"""Where there may be several classes, one is predicted when its probability exceeds this."""


def predicted_classes(probabilities: np.ndarray, target_type: str) -> np.ndarray:
    """Decide which classes are predicted.

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
        If a probability is NaN or infinite: it would pass for a class that is not predicted, or for
        the most probable one.
    """
    demand_finite(
        probabilities,
        "predictions",
        remedy="delete the network's folder in models and run again",
    )
    if target_type == SINGLE_LABEL:
        return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]
    return probabilities > THRESHOLD
