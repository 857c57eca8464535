"""Pairs of stimuli: their similarity in every layer, and its mean per layer and class."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stemlens.similarity.gram import Gram
from stemlens.similarity.measures import cosine, mse, mse_peak, pearson

MEASURES = (
    "pearson",
    "cosine",
    "mse",
    "mse_pair_max_over_layers",
    "mse_peak",
    "mse_layer_max",
)


def same_class_pairs(classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs a < b of stimuli of one class.

    Parameters
    ----------
    classes : ndarray, shape (stimulus,)
        Class of each stimulus.

    Returns
    -------
    a, b : ndarray of int, shape (pair,)
    """
    a, b = np.triu_indices(len(classes), k=1)
    same = classes[a] == classes[b]
    return a[same], b[same]


def compare_pairs(grams: Mapping[str, Gram], stimuli: pd.DataFrame) -> pd.DataFrame:
    """Compare the stimuli of each class with each other, in every layer.

    Parameters
    ----------
    grams
        Layer → its Gram matrix, in order of depth from the input.
    stimuli
        Columns ``class`` and ``song``, in the order of the Gram matrices.

    Returns
    -------
    DataFrame
        A row per layer and pair: ``layer``, ``depth``, ``class_a``, ``class_b``, ``song_a``,
        ``song_b`` and one column per measure of `MEASURES`. ``mse_pair_max_over_layers`` is the
        MSE ÷ this pair's largest over the layers, ``mse_layer_max`` the MSE ÷ this layer's
        largest over all pairs. NaN where a measure is not defined.
    """
    classes, songs = stimuli["class"].to_numpy(), stimuli["song"].to_numpy()
    a, b = same_class_pairs(classes)
    tables = []
    for depth, (layer, gram) in enumerate(grams.items()):
        error = mse(gram, a, b)
        tables.append(
            pd.DataFrame(
                {
                    "layer": layer,
                    "depth": depth,
                    "class_a": classes[a],
                    "class_b": classes[b],
                    "song_a": songs[a],
                    "song_b": songs[b],
                    "pearson": pearson(gram, a, b),
                    "cosine": cosine(gram, a, b),
                    "mse": error,
                    "mse_peak": mse_peak(gram, a, b),
                    "mse_layer_max": _ratio(error, error.max(initial=0)),
                    "pair": np.arange(len(a)),
                }
            )
        )
    pairs = pd.concat(tables, ignore_index=True)
    largest = pairs.groupby("pair")["mse"].transform("max")
    pairs["mse_pair_max_over_layers"] = _ratio(pairs["mse"].to_numpy(), largest.to_numpy())
    return pairs[["layer", "depth", "class_a", "class_b", "song_a", "song_b", *MEASURES]]


def summarise(pairs: pd.DataFrame) -> pd.DataFrame:
    """Average the pairs of each layer and class pair.

    Parameters
    ----------
    pairs
        From `compare_pairs`.

    Returns
    -------
    DataFrame
        A row per layer, class pair and measure: ``layer``, ``depth``, ``class_a``, ``class_b``,
        ``measure``, ``mean``, ``std`` (sample standard deviation over pairs), ``n_pairs`` and
        ``n_songs`` (pairs on which the measure is defined, and their songs).
    """
    keys = ["layer", "depth", "class_a", "class_b"]
    values = pairs.melt(
        [*keys, "song_a", "song_b"], list(MEASURES), var_name="measure", value_name="value"
    )
    defined = values.dropna(subset="value")
    groups = defined.groupby([*keys, "measure"], sort=False)
    table = groups["value"].agg(mean="mean", std="std", n_pairs="size")
    songs = defined.melt([*keys, "measure"], ["song_a", "song_b"], value_name="song")
    table["n_songs"] = songs.groupby([*keys, "measure"], sort=False)["song"].nunique()
    # Groups without a single defined pair stay in the table, as NaN over no pairs.
    every = pd.MultiIndex.from_frame(values[[*keys, "measure"]].drop_duplicates())
    table = table.reindex(every)
    counts = ["n_pairs", "n_songs"]
    table[counts] = table[counts].fillna(0).astype(int)
    order = {measure: position for position, measure in enumerate(MEASURES)}
    return table.reset_index().sort_values(
        ["depth", "class_a", "class_b", "measure"],
        key=lambda column: column.map(order) if column.name == "measure" else column,
        kind="stable",
        ignore_index=True,
    )


def _ratio(values: np.ndarray, reference: np.ndarray | float) -> np.ndarray:
    reference = np.broadcast_to(np.asarray(reference, dtype=np.float64), values.shape)
    return np.divide(values, reference, out=np.full(values.shape, np.nan), where=reference > 0)
