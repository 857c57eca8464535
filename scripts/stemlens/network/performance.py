"""How well a network names the classes of a mix."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

THRESHOLD = 0.5
"""A class is said to play when its probability exceeds this."""


def f1(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Harmonic mean of precision and recall at `THRESHOLD`; 0 where nothing is right."""
    return float(f1_score(targets, probabilities > THRESHOLD, zero_division=0))


def average_precision(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean precision over recall levels; NaN where all targets are alike."""
    if targets.min() == targets.max():
        return np.nan
    return float(average_precision_score(targets, probabilities))


def roc_auc(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve; NaN where all targets are alike."""
    if targets.min() == targets.max():
        return np.nan
    return float(roc_auc_score(targets, probabilities))


METRICS = {"f1": f1, "average_precision": average_precision, "roc_auc": roc_auc}


def multi_label_scores(
    targets: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """Score multi-label predictions.

    Parameters
    ----------
    targets : ndarray, uint8, shape (mix, class)
        1 where the class plays.
    probabilities : ndarray, shape (mix, class)
        Predicted; a class counts as named above `THRESHOLD`.
    classes
        Their names.

    Returns
    -------
    DataFrame
        Columns ``class`` (a class, ``macro``, ``micro`` or ``samples``), ``metric`` (``f1``,
        ``average_precision``, ``roc_auc``; ``exact_match`` for ``samples``: the share of mixes
        with every class right) and ``value`` (0 to 1; NaN where a class always or never plays,
        so that average precision or ROC AUC is undefined).
    """
    named = probabilities > THRESHOLD
    columns = [(targets[:, c], probabilities[:, c]) for c in range(len(classes))]
    rows = []
    for metric, score in METRICS.items():
        values = [score(*column) for column in columns]
        rows += [(name, metric, value) for name, value in zip(classes, values, strict=True)]
        rows.append(("macro", metric, float(np.mean(values))))
        rows.append(("micro", metric, score(targets.ravel(), probabilities.ravel())))
    exact = float((named == targets).all(axis=1).mean())
    rows.append(("samples", "exact_match", exact))
    return pd.DataFrame(rows, columns=["class", "metric", "value"])


def prediction_table(
    segments: pd.DataFrame, targets: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """List what was predicted for each mix and class.

    Parameters
    ----------
    segments
        ``song`` and ``start_s`` of each segment.
    targets, probabilities : ndarray, shape (segment * mix, class)
        What plays, and what was predicted.
    classes
        Their names.

    Returns
    -------
    DataFrame
        A row per mix and class: ``song``, ``start_s``, ``mix`` (number in the segment, see
        `stemlens.audio.mixes`), ``class``, ``target``, ``probability``.
    """
    n_mixes, n_classes = len(targets) // len(segments), len(classes)
    repeats = n_mixes * n_classes
    return pd.DataFrame(
        {
            "song": segments["song"].repeat(repeats).to_numpy(),
            "start_s": segments["start_s"].repeat(repeats).to_numpy(),
            "mix": np.tile(np.arange(n_mixes).repeat(n_classes), len(segments)),
            "class": np.tile(list(classes), len(targets)),
            "target": targets.ravel(),
            "probability": probabilities.ravel(),
        }
    )


def majority_probabilities(train_targets: np.ndarray, n_mixes: int) -> np.ndarray:
    """Predict for every mix how often each class plays in training: the majority baseline.

    Parameters
    ----------
    train_targets : ndarray, uint8, shape (training mix, class)
        What the baseline knows.
    n_mixes
        How many predictions to make.

    Returns
    -------
    ndarray, float64, shape (mix, class)
    """
    return np.tile(train_targets.mean(axis=0), (n_mixes, 1))
