"""Pairs of stimuli: their similarity in every layer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stemlens.activations.stimuli import folds_of
from stemlens.similarity.gram import Gram
from stemlens.similarity.measures import MEASURES, Pairs


def stimulus_pairs(
    classes: np.ndarray, songs: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of stimuli of different songs of a fold, each once.

    Stimuli of one song are no pair, be they of one class or of two: what they share may be the
    song. Stimuli of two folds are none: two networks got them.

    Parameters
    ----------
    classes, songs, folds : ndarray, shape (stimulus,)
        Class, song and fold of each stimulus.

    Returns
    -------
    a, b : ndarray of int, shape (pair,)
        Numbers of the stimuli; the class of `a` is never one that first occurs after that of `b`.
    """
    a, b = np.triu_indices(len(classes), k=1)
    comparable = (songs[a] != songs[b]) & (folds[a] == folds[b])
    a, b = a[comparable], b[comparable]
    first_occurrence = {name: number for number, name in reversed(list(enumerate(classes)))}
    rank = np.array([first_occurrence[name] for name in classes], dtype=int)
    swapped = rank[a] > rank[b]
    return np.where(swapped, b, a), np.where(swapped, a, b)


def compare_pairs(grams: Mapping[str, Gram], stimuli: pd.DataFrame) -> pd.DataFrame:
    """Compare every two stimuli of different songs of a fold, in every layer.

    Parameters
    ----------
    grams
        Layer → its Gram matrix, in order of depth from the input.
    stimuli
        Columns ``class``, ``song`` and, of a corpus in folds, ``fold``, in the order of the Gram
        matrices.

    Returns
    -------
    DataFrame
        A row per layer and pair: ``layer``, ``depth``, ``n_features`` (of the layer),
        ``class_a``, ``class_b``, ``song_a``, ``song_b`` and one column per measure of `MEASURES`,
        NaN where it is undefined.
    """
    classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    a, b = stimulus_pairs(classes, songs, folds_of(stimuli))
    pairs = Pairs(grams, a, b, is_same_class=classes[a] == classes[b])
    tables = []
    for depth, (layer, gram) in enumerate(grams.items()):
        columns = {
            "layer": layer,
            "depth": depth,
            "n_features": gram.n_features,
            "class_a": classes[a],
            "class_b": classes[b],
            "song_a": songs[a],
            "song_b": songs[b],
            **{name: measure.compare(pairs, layer) for name, measure in MEASURES.items()},
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
