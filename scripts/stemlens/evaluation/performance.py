"""Scores of predictions: how well a network recognises the classes of a mix, or of a song."""

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from stemlens.evaluation.outcomes import Outcomes
from stemlens.target_type import SINGLE_LABEL

RANKINGS = {"average_precision": average_precision_score, "roc_auc": roc_auc_score}
"""Scores of the order in which probabilities rank examples."""
NEVER_CHANGES = "a class is in all examples or in none"


def scores(outcomes: Outcomes) -> pd.DataFrame:
    """Score predictions.

    Returns
    -------
    DataFrame
        Columns ``class`` (a class, ``macro``, ``micro`` or ``samples``), ``metric`` (``f1``,
        ``average_precision``, ``roc_auc``; for ``samples`` the share of examples of which every
        class is right: ``accuracy`` where they have one class, else ``subset_accuracy``), ``value``
        (0 to 1; NaN where undefined) and ``note`` (why it is).

    Raises
    ------
    InputError
        If a probability is NaN or infinite.
    """
    rows: list[tuple[str, str, float]] = []
    for metric in ("f1", *RANKINGS):
        predicted = outcomes.predicted if metric == "f1" else outcomes.probabilities
        *values, micro = (score(metric, *columns) for columns in outcomes.by_class(predicted))
        rows += [(name, metric, v) for name, v in zip(outcomes.classes, values, strict=True)]
        rows += [("macro", metric, float(np.mean(values))), ("micro", metric, micro)]
    of_samples = "accuracy" if outcomes.target_type == SINGLE_LABEL else "subset_accuracy"
    is_right = (outcomes.predicted == outcomes.targets).all(axis=1)
    rows.append(("samples", of_samples, float(np.average(is_right, weights=outcomes.weights))))
    table = pd.DataFrame(rows, columns=["class", "metric", "value"])
    return table.assign(note=np.where(table["value"].isna(), NEVER_CHANGES, ""))


def score(
    metric: str, targets: np.ndarray, predicted: np.ndarray, weights: np.ndarray, _song: np.ndarray
) -> float:
    """Score one class.

    Parameters
    ----------
    metric
        ``f1`` or one of `RANKINGS`.
    targets : ndarray, shape (example,)
        1 for an example of the class, else 0.
    predicted : ndarray, shape (example,)
        Whether the class is predicted; for a ranking its probability.
    weights : ndarray, shape (example,)
        How much each example counts.

    Returns
    -------
    float
        F1 is NaN where the class is in no example and predicted for none, a ranking where it is in
        all examples or in none.
    """
    if metric == "f1":
        return float(f1_score(targets, predicted, sample_weight=weights, zero_division=np.nan))
    if targets.min() == targets.max():
        return np.nan
    return float(RANKINGS[metric](targets, predicted, sample_weight=weights))


def class_prior_probabilities(train_targets: np.ndarray, n_examples: int) -> np.ndarray:
    """Predict for every example how frequent each class is in training, float64 (example, class).

    Parameters
    ----------
    train_targets : ndarray, uint8, shape (training example, class)
        1 for a class of the example.
    """
    return np.tile(train_targets.mean(axis=0), (n_examples, 1))
