"""Which output class each stimulus is assigned to, and how much the stimuli of a class agree."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stemlens.target_type import SINGLE_LABEL, predicted_classes

ENTROPY = "mood_entropy"
"""As hypotheses call it."""
LAYER = "output"


def assign(outputs: np.ndarray, stimuli: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Name the largest output of each stimulus.

    Parameters
    ----------
    outputs : ndarray, shape (stimulus, output)
        Probabilities or logits.
    stimuli
        ``class`` and ``song``; a row per stimulus.
    names
        What the outputs stand for.

    Returns
    -------
    DataFrame
        ``class``, ``song`` and ``mood``; a row per stimulus.

    Raises
    ------
    InputError
        If an output is NaN or infinite.
    """
    named = predicted_classes(outputs, SINGLE_LABEL).argmax(axis=1)
    return stimuli[["class", "song"]].assign(mood=np.array(names)[named])


def entropies(
    assigned: pd.DataFrame,
    names: Sequence[str],
    classes: Sequence[str],
    songs: np.ndarray,
    weights: np.ndarray,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Entropy of the moods that the stimuli of each class are assigned to.

    Parameters
    ----------
    assigned
        From `assign`.
    names
        What the outputs stand for.
    classes
        Classes of the stimuli.
    songs : ndarray, shape (song,)
        Names of the songs.
    weights : ndarray, float64, shape (replicate, song)
        As from `stemlens.statistics.bootstrap.draw_weights`.

    Returns
    -------
    table : DataFrame
        A row per class: ``layer``, ``class_a`` and ``class_b`` (both the class), ``measure``
        (`ENTROPY`), ``mean`` (the entropy in bits: 0 where all are assigned to one, log2 of the
        number of outputs where all are equally frequent), ``n_songs`` and ``note`` (empty).
    replicates : ndarray, float64, shape (replicate, class)
    """
    position = {song: number for number, song in enumerate(songs)}
    replicates = np.empty((len(weights), len(classes)))
    records = []
    for column, class_name in enumerate(classes):
        of_class = assigned[assigned["class"] == class_name]
        belongs = np.zeros((len(songs), len(names)))
        for song, mood in zip(of_class["song"], of_class["mood"], strict=True):
            belongs[position[song], list(names).index(mood)] += 1
        replicates[:, column] = _entropy_bits(weights @ belongs)
        records.append(
            {
                "layer": LAYER,
                "class_a": class_name,
                "class_b": class_name,
                "measure": ENTROPY,
                "mean": float(_entropy_bits(belongs.sum(axis=0))),
                "n_songs": of_class["song"].nunique(),
                "note": "",
            }
        )
    return pd.DataFrame(records), replicates


def _entropy_bits(counts: np.ndarray) -> np.ndarray:
    """Entropy along the last axis; NaN where nothing is counted."""
    totals = counts.sum(axis=-1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    logarithms = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    # Adding 0 makes a plain zero of -0.
    return -(shares * logarithms).sum(axis=-1) + 0.0
