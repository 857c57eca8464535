"""Moods that stimuli are assigned to, and their entropy."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import entr

from stemlens.evaluation.predicted_classes import predicted_classes
from stemlens.hypotheses.catalogue import MOOD_ENTROPY
from stemlens.target_type import SINGLE_LABEL


def assign(outputs: np.ndarray, stimuli: pd.DataFrame, moods: Sequence[str]) -> pd.DataFrame:
    """Assign each stimulus to the mood of its largest output.

    Parameters
    ----------
    outputs : ndarray, shape (stimulus, output)
        Probabilities or logits.
    stimuli
        ``class`` and ``song``; a row per stimulus.
    moods
        Mood of each output.

    Returns
    -------
    DataFrame
        ``class``, ``song`` and ``mood``; a row per stimulus.

    Raises
    ------
    InputError
        If an output is NaN or infinite.
    """
    predicted = predicted_classes(outputs, SINGLE_LABEL).argmax(axis=1)
    return stimuli[["class", "song"]].assign(mood=np.array(moods)[predicted])


def entropies(
    assigned: pd.DataFrame,
    moods: Sequence[str],
    classes: Sequence[str],
    songs: np.ndarray,
    weights: np.ndarray,
    *,
    layer: str = "output",
) -> tuple[pd.DataFrame, np.ndarray]:
    """Compute the entropy of the moods that stimuli of each class are assigned to.

    Parameters
    ----------
    assigned, moods
        From and as in `assign`.
    songs : ndarray, shape (song,)
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`.
    layer
        Name of the output layer.

    Returns
    -------
    table : DataFrame
        A row per class: ``layer``, ``class_a`` and ``class_b`` (both the class), ``measure``
        (`MOOD_ENTROPY`), ``mean`` (the entropy in bits: 0 if all have the same mood, log2 of the
        number of moods if those are equally frequent), ``n_songs`` and ``note`` (empty).
    replicates : ndarray, float64, shape (replicate, class)
    """
    replicates = np.empty((len(weights), len(classes)))
    records = []
    for column, class_name in enumerate(classes):
        of_class = assigned[assigned["class"] == class_name]
        counts = pd.crosstab(of_class["song"], of_class["mood"]).reindex(
            index=songs, columns=list(moods), fill_value=0
        )
        replicates[:, column] = _entropy_bits(weights @ counts.to_numpy(np.float64))
        records.append(
            {
                "layer": layer,
                "class_a": class_name,
                "class_b": class_name,
                "measure": MOOD_ENTROPY,
                "mean": float(_entropy_bits(counts.to_numpy().sum(axis=0))),
                "n_songs": of_class["song"].nunique(),
                "note": "",
            }
        )
    return pd.DataFrame(records), replicates


def _entropy_bits(counts: np.ndarray) -> np.ndarray:
    """Entropy along the last axis; NaN where all counts are 0."""
    with np.errstate(invalid="ignore"):  # 0 / 0
        shares = counts / counts.sum(axis=-1, keepdims=True)
    return entr(shares).sum(axis=-1) / np.log(2)
