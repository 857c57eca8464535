"""Which class is taken for which, where an example has one."""

import numpy as np
import pandas as pd

from stemlens.target_type import SINGLE_LABEL, predicted_classes


def confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    """Count the examples of each class by the class that is predicted for them.

    Parameters
    ----------
    predictions
        A row per example and class, example by example, as from
        `stemlens.evaluation.performance.prediction_table`.

    Returns
    -------
    DataFrame
        A row per pair of classes: ``class`` (the true one), ``predicted``, ``n`` and ``share``
        (of the examples of the true class; NaN where there is none).
    """
    classes = list(predictions["class"].unique())
    targets = predictions["target"].to_numpy().reshape(-1, len(classes))
    probabilities = predictions["probability"].to_numpy().reshape(-1, len(classes))
    named = predicted_classes(probabilities, SINGLE_LABEL)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (targets.argmax(axis=1), named.argmax(axis=1)), 1)
    totals = counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        {
            "class": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "n": counts.ravel(),
            "share": np.where(totals > 0, counts / np.maximum(totals, 1), np.nan).ravel(),
        }
    )
