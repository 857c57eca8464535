"""Pairs of stimuli: their similarity in every layer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stemlens.similarity.gram import Gram
from stemlens.similarity.measures import MEASURES, Pairs


def stimulus_pairs(classes: np.ndarray, songs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of stimuli of different songs, each once.

    Stimuli of one song are no pair, be they of one class or of two: what they share may be the
    song.

    Parameters
    ----------
    classes, songs : ndarray, shape (stimulus,)
        Class and song of each stimulus.

    Returns
    -------
    a, b : ndarray of int, shape (pair,)
        Numbers of the stimuli; the class of `a` is never one that first occurs after that of `b`.
    """
    a, b = np.triu_indices(len(classes), k=1)
    different = songs[a] != songs[b]
    a, b = a[different], b[different]
    first_occurrence = {name: number for number, name in reversed(list(enumerate(classes)))}
    rank = np.array([first_occurrence[name] for name in classes], dtype=int)
    swapped = rank[a] > rank[b]
    return np.where(swapped, b, a), np.where(swapped, a, b)


def compare_pairs(grams: Mapping[str, Gram], stimuli: pd.DataFrame) -> pd.DataFrame:
    """Compare every two stimuli of different songs, in every layer.

    Parameters
    ----------
    grams
        Layer → its Gram matrix, in order of depth from the input.
    stimuli
        Columns ``class`` and ``song``, in the order of the Gram matrices.

    Returns
    -------
    DataFrame
        A row per layer and pair: ``layer``, ``depth``, ``n_features`` (of the layer),
        ``class_a``, ``class_b``, ``song_a``, ``song_b`` and one column per measure of `MEASURES`,
        NaN where it is undefined.
    """
    classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    a, b = stimulus_pairs(classes, songs)
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
