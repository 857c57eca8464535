"""Which class is taken for which, where an example has one."""

import numpy as np
import pandas as pd

from stemlens.network.labelling import note_on_predictions


def confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    """Count the examples of each class by the class that is predicted for them.

    Parameters
    ----------
    predictions
        A row per example and class, example by example, as from
        `stemlens.network.performance.prediction_table`.

    Returns
    -------
    DataFrame
        A row per pair of classes: ``class`` (the true one), ``predicted``, ``n``, ``share``
        (of the examples of the true class for which a class is predicted; NaN where there is
        none) and ``note`` (for how many none is, because a probability is NaN).
    """
    classes = list(predictions["class"].unique())
    targets = predictions["target"].to_numpy().reshape(-1, len(classes))
    probabilities = predictions["probability"].to_numpy().reshape(-1, len(classes))
    true, finite = targets.argmax(axis=1), np.isfinite(probabilities).all(axis=1)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (true[finite], probabilities[finite].argmax(axis=1)), 1)
    totals = counts.sum(axis=1, keepdims=True)
    notes = [note_on_predictions(finite[true == number]) for number in range(len(classes))]
    return pd.DataFrame(
        {
            "class": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "n": counts.ravel(),
            "share": np.where(totals > 0, counts / np.maximum(totals, 1), np.nan).ravel(),
            "note": np.repeat(notes, len(classes)),
        }
    )
