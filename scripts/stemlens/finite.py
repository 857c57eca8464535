"""Checking for values that are NaN or infinite."""

import numpy as np

from stemlens.errors import InputError

RETRAIN = "train the network again with a smaller training.learning_rate"
"""The remedy if a network has or returns such values."""


def demand_finite(values: np.ndarray, what: str, *, remedy: str) -> None:
    """Check that no value is NaN or infinite before it becomes a result.

    Raises
    ------
    InputError
        With the number of such values, `what` they are and the `remedy`.
    """
    n_bad = values.size - np.count_nonzero(np.isfinite(values))
    if n_bad:
        raise InputError(
            f"{what}: {n_bad} of {values.size} values are NaN or infinite, expected finite numbers:"
            f" {remedy}"
        )
