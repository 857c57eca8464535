"""Scores of predictions: how well a network recognises the classes of a mix, or of a song."""

import numpy as np
import pandas as pd

from stemlens.evaluation.outcomes import Outcomes
from stemlens.evaluation.song_scores import METRICS, song_scores
from stemlens.target_type import SINGLE_LABEL

NEVER_CHANGES = "a class is in all examples or in none"


def scores(outcomes: Outcomes) -> pd.DataFrame:
    """Score predictions.

    Returns
    -------
    DataFrame
        Columns ``class`` (a class, ``macro``, ``micro`` or ``samples``), ``metric`` (one of
        `METRICS`; for ``samples`` the share of examples of which every class is right:
        ``accuracy`` where they have one class, else ``subset_accuracy``), ``value`` (0 to 1; NaN
        where undefined) and ``note`` (why it is).

    Raises
    ------
    InputError
        If a probability is NaN or infinite.
    """
    (values,) = song_scores(outcomes, np.ones((1, outcomes.n_songs)))
    of_samples = "accuracy" if outcomes.target_type == SINGLE_LABEL else "subset_accuracy"
    names = [*outcomes.classes, "macro", "micro"]
    rows = [*((name, metric) for metric in METRICS for name in names), ("samples", of_samples)]
    table = pd.DataFrame(rows, columns=["class", "metric"]).assign(value=values)
    return table.assign(note=np.where(table["value"].isna(), NEVER_CHANGES, ""))


def class_prior_probabilities(train_targets: np.ndarray, n_examples: int) -> np.ndarray:
    """Predict for every example how frequent each class is in training, float64 (example, class).

    Parameters
    ----------
    train_targets : ndarray, uint8, shape (training example, class)
        1 for a class of the example.
    """
    return np.tile(train_targets.mean(axis=0), (n_examples, 1))
