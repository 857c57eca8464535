"""Mean similarity over all pairs in one pass over the stimuli, without the pairs.

A sum over pairs of scalar products is the scalar product of two sums. So the sums of a song's
stimuli, as they are, brought to length 1, and freed from their mean and brought to length 1, hold
all that mean squared error, cosine and Pearson correlation between songs need. Time and memory grow
with the stimuli and with the songs, not with the pairs.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from stemlens.similarity.gram import ROUNDING
from stemlens.similarity.mean_similarity import average_song_tables

MEASURES = ("pearson", "cosine", "mse")
"""What has such sums."""


class SongSums:
    """Sums over the stimuli of one layer, for each group: the stimuli of a class in a song.

    Parameters
    ----------
    n_groups
        Number of groups.
    n_features
        Length of a flattened activation.
    """

    def __init__(self, n_groups: int, n_features: int) -> None:
        self._n_features = n_features
        self._sums = {measure: np.zeros((n_groups, n_features)) for measure in MEASURES}
        self._counts = {measure: np.zeros(n_groups) for measure in MEASURES}
        self._squares = np.zeros(n_groups)

    def add(self, groups: np.ndarray, activations: np.ndarray) -> None:
        """Take some stimuli.

        Parameters
        ----------
        groups : ndarray of int, shape (stimulus,)
            Number of the group of each.
        activations : ndarray, shape (stimulus, feature)
        """
        vectors = activations.astype(np.float64)
        squares = np.einsum("sf,sf->s", vectors, vectors)
        deviations = vectors - vectors.mean(axis=1, keepdims=True)
        squared_deviations = np.einsum("sf,sf->s", deviations, deviations)
        defined = {
            "mse": np.ones(len(vectors), bool),
            "cosine": squares > 0,
            "pearson": squared_deviations > ROUNDING * squares,
        }
        np.add.at(self._squares, groups, squares)
        scaled = {"mse": vectors, "cosine": vectors, "pearson": deviations}
        lengths = {
            "mse": np.ones(len(vectors)),
            "cosine": np.sqrt(squares),
            "pearson": np.sqrt(squared_deviations),
        }
        for measure in MEASURES:
            rows = np.flatnonzero(defined[measure])
            present, group = np.unique(groups[rows], return_inverse=True)
            # One product adds up the stimuli of each group, divided by their lengths.
            weights = np.zeros((len(present), len(rows)))
            weights[group, np.arange(len(rows))] = 1 / lengths[measure][rows]
            self._sums[measure][present] += weights @ scaled[measure][rows]
            np.add.at(self._counts[measure], groups[rows], 1)

    def totals(self, measure: str) -> tuple[np.ndarray, np.ndarray]:
        """Sum of the similarities between the stimuli of every two groups, and their number.

        Returns
        -------
        totals, counts : ndarray, float64, shape (group, group)
        """
        counts = np.multiply.outer(self._counts[measure], self._counts[measure])
        products = self._sums[measure] @ self._sums[measure].T
        if measure == "mse":
            of_both = np.multiply.outer(self._counts["mse"], self._squares)
            products = (of_both + of_both.T - 2 * products) / self._n_features
        return products, counts


def summarise_sums(
    sums: Mapping[str, SongSums], classes: Sequence[str], songs: np.ndarray, weights: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Do as `stemlens.similarity.mean_similarity.summarise` from sums.

    Parameters
    ----------
    sums
        Layer → its sums, in order of depth; the group of class c and song s is
        c · len(songs) + s.
    classes, songs, weights
        As there.

    Returns
    -------
    table : DataFrame
        As there, with the measures `MEASURES`; without ``std``, which needs the pairs.
    replicates : ndarray, float64, shape (replicate, row)
    """
    n_songs = len(songs)
    records, totals, counts = [], [], []
    for depth, (layer, of_layer) in enumerate(sums.items()):
        between = {
            measure: [table.reshape(len(classes), n_songs, len(classes), n_songs) for table in both]
            for measure in MEASURES
            for both in [of_layer.totals(measure)]
        }
        for (i, class_a), (j, class_b) in combinations_with_replacement(enumerate(classes), 2):
            for measure in MEASURES:
                total, count = (table[i, :, j] for table in between[measure])
                if i != j:
                    # Both ways between two songs, as both are pairs.
                    total, count = total + total.T, count + count.T
                upper = np.triu(count, k=1)
                n_pairs = upper.sum()
                mean = np.triu(total, k=1).sum() / n_pairs if n_pairs else np.nan
                records.append(
                    {
                        "layer": layer,
                        "depth": depth,
                        "class_a": class_a,
                        "class_b": class_b,
                        "measure": measure,
                        "mean": mean,
                        "n_pairs": int(n_pairs),
                        "n_songs": int(((upper + upper.T).sum(axis=0) > 0).sum()),
                        "note": "" if n_pairs else "no two songs to compare",
                    }
                )
                totals.append(total)
                counts.append(count)
    return pd.DataFrame(records), average_song_tables(totals, counts, weights)
