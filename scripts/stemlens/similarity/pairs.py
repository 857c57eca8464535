"""Pairs of stimuli: their similarity in every layer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stemlens.similarity.gram import Gram
from stemlens.similarity.measures import cosine, mse, mse_peak, pearson

RANGES = {
    "pearson": (-1, 1),
    "cosine": (-1, 1),
    "mse": (0, np.inf),
    "mse_pair_max_over_layers": (0, 1),
    "mse_peak": (0, 4),
    "mse_layer_max": (0, np.inf),
}
"""Measure → its lowest and its highest possible value."""

MEASURES = tuple(RANGES)


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
        ``class_a``, ``class_b``, ``song_a``, ``song_b`` and one column per measure of `MEASURES`.
        ``mse_pair_max_over_layers`` is the MSE ÷ this pair's largest over the layers,
        ``mse_layer_max`` the MSE ÷ this layer's largest over all pairs of one class. NaN where a
        measure is not defined: where one of the errors is not, neither is the largest of them.
    """
    classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    a, b = stimulus_pairs(classes, songs)
    same_class = classes[a] == classes[b]
    errors = {layer: mse(gram, a, b) for layer, gram in grams.items()}
    largest = np.max(list(errors.values()), axis=0, initial=0)
    tables = []
    for depth, (layer, gram) in enumerate(grams.items()):
        error = errors[layer]
        columns = {
            "layer": layer,
            "depth": depth,
            "n_features": gram.n_features,
            "class_a": classes[a],
            "class_b": classes[b],
            "song_a": songs[a],
            "song_b": songs[b],
            "pearson": pearson(gram, a, b),
            "cosine": cosine(gram, a, b),
            "mse": error,
            "mse_pair_max_over_layers": _ratio(error, largest),
            "mse_peak": mse_peak(gram, a, b),
            "mse_layer_max": _ratio(error, error[same_class].max(initial=0)),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _ratio(values: np.ndarray, reference: np.ndarray | float) -> np.ndarray:
    reference = np.broadcast_to(np.asarray(reference, dtype=np.float64), values.shape)
    return np.divide(values, reference, out=np.full(values.shape, np.nan), where=reference > 0)
