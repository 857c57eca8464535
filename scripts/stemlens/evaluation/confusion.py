"""Which class is taken for which, where an example has one."""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from stemlens.evaluation.outcomes import Outcomes


def confusion(outcomes: Outcomes) -> pd.DataFrame:
    """Count the examples of each class by the class that is predicted for them.

    Returns
    -------
    DataFrame
        A row per pair of classes: ``class`` (the true one), ``predicted``, ``n`` and ``share``
        (of the examples of the true class; NaN where there is none).
    """
    classes = outcomes.classes
    true, predicted = outcomes.targets.argmax(axis=1), outcomes.predicted.argmax(axis=1)
    counts = confusion_matrix(true, predicted, labels=range(len(classes)))
    with np.errstate(invalid="ignore"):
        shares = counts / counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        {
            "class": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "n": counts.ravel(),
            "share": shares.ravel(),
        }
    )
