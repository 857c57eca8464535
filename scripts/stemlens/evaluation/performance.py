"""How well a network names the classes of a mix, or the mood of a song."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from stemlens.target_type import SINGLE_LABEL, example_weights, predicted_classes

PERFORMANCE_COLUMNS = [
    "task",
    "network",
    "training",
    "seed",
    "split",
    "class",
    "metric",
    "value",
    "note",
]
NEVER_CHANGES = "a class is in all examples or in none"


def f1(targets: np.ndarray, named: np.ndarray, weights: np.ndarray) -> float:
    """Harmonic mean of precision and recall: 0 where nothing is right, NaN where nothing could be.

    The latter where the class is in no example and named for none.
    """
    return float(f1_score(targets, named, sample_weight=weights, zero_division=np.nan))


def average_precision(targets: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> float:
    """Mean precision over recall levels; NaN where all targets are alike."""
    if targets.min() == targets.max():
        return np.nan
    return float(average_precision_score(targets, probabilities, sample_weight=weights))


def roc_auc(targets: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> float:
    """Area under the ROC curve; NaN where all targets are alike."""
    if targets.min() == targets.max():
        return np.nan
    return float(roc_auc_score(targets, probabilities, sample_weight=weights))


def scores(
    targets: np.ndarray,
    probabilities: np.ndarray,
    songs: np.ndarray,
    classes: Sequence[str],
    target_type: str,
) -> pd.DataFrame:
    """Score predictions.

    Parameters
    ----------
    targets : ndarray, uint8, shape (example, class)
        1 for a class of the example.
    probabilities : ndarray, shape (example, class)
        Predicted.
    songs : ndarray, shape (example,)
        Song of each example; see `example_weights`.
    classes
        Their names.
    target_type
        Which classes count as named, see `stemlens.target_type.predicted_classes`.

    Returns
    -------
    DataFrame
        Columns ``class`` (a class, ``macro``, ``micro`` or ``samples``), ``metric`` (``f1``,
        ``average_precision``, ``roc_auc``; for ``samples`` the share of examples of which every
        class is right: ``accuracy`` where they have one class, else ``subset_accuracy``), ``value``
        (0 to 1; NaN where undefined) and ``note`` (why it is).
    """
    sample_metric = "accuracy" if target_type == SINGLE_LABEL else "subset_accuracy"
    rows: list[tuple[str, str, float]] = []
    named = predicted_classes(probabilities, target_type)
    weights = example_weights(songs, target_type)
    metrics = {
        "f1": (f1, named),
        "average_precision": (average_precision, probabilities),
        "roc_auc": (roc_auc, probabilities),
    }
    for metric, (score, predicted) in metrics.items():
        values = [score(targets[:, c], predicted[:, c], weights) for c in range(len(classes))]
        micro = score(targets.ravel(), predicted.ravel(), weights.repeat(len(classes)))
        rows += [(name, metric, value) for name, value in zip(classes, values, strict=True)]
        rows.append(("macro", metric, float(np.mean(values))))
        rows.append(("micro", metric, micro))
    right = np.average((named == targets).all(axis=1), weights=weights)
    rows.append(("samples", sample_metric, float(right)))
    table = pd.DataFrame(rows, columns=["class", "metric", "value"])
    return table.assign(note=np.where(table["value"].isna(), NEVER_CHANGES, ""))


def prediction_table(
    segments: pd.DataFrame, targets: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """List what was predicted for each example and class.

    Parameters
    ----------
    segments
        ``song`` and ``start_s`` of each segment.
    targets, probabilities : ndarray, shape (segment * mix, class)
        What is true, and what was predicted.
    classes
        Their names.

    Returns
    -------
    DataFrame
        A row per example and class: ``song``, ``start_s``, ``mix`` (number in the segment, see
        `stemlens.audio.mixes`; 0 for a recording), ``class``, ``target``, ``probability``.
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


def class_prior_probabilities(train_targets: np.ndarray, n_examples: int) -> np.ndarray:
    """Predict for every example how frequent each class is in training: the class prior.

    Parameters
    ----------
    train_targets : ndarray, uint8, shape (training example, class)
        What the baseline knows.
    n_examples
        How many predictions to make.

    Returns
    -------
    ndarray, float64, shape (example, class)
    """
    return np.tile(train_targets.mean(axis=0), (n_examples, 1))
