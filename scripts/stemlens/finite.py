"""Checking for values that are NaN or infinite."""

import numpy as np

from stemlens.errors import InputError

RETRAIN = "train the network again with a smaller training.learning_rate"
"""The remedy if a network has or returns such values."""


def demand_finite(values: np.ndarray, what: str, *, remedy: str) -> None:
    """Check that no value is NaN or infinite before it becomes a result.

    Parameters
    ----------
    values
        Any numbers.
    what
        What they are, for the message.
    remedy
        What to do about it, for the message.

    Raises
    ------
    InputError
        The message gives the number of such values.
    """
    n_bad = values.size - np.count_nonzero(np.isfinite(values))
    if n_bad:
        raise InputError(
            f"{what}: {n_bad} of {values.size} values are NaN or infinite, expected finite numbers:"
            f" {remedy}"
        )
