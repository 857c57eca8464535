"""Numbers that can be used: neither NaN nor infinite."""

import numpy as np

from stemlens.errors import InputError

RETRAIN = "train the network anew with a smaller training.learning_rate"
"""The remedy where a network holds or returns such values."""


def demand_finite(values: np.ndarray, what: str, *, remedy: str) -> None:
    """Refuse values that are NaN or infinite, so that no file holds them as if they were a result.

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
        With how many of them are no finite numbers.
    """
    n_bad = values.size - np.count_nonzero(np.isfinite(values))
    if n_bad:
        raise InputError(
            f"{what}: {n_bad} of {values.size} values are NaN or infinite, expected finite numbers:"
            f" {remedy}"
        )
