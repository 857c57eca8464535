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
from stemlens.similarity.measures import MIN_FEATURES
from stemlens.similarity.undefined import note_on_mean

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
        self.n_features = n_features
        self._n_stimuli = np.zeros(n_groups)
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
        with np.errstate(invalid="ignore"):  # ∞ − ∞
            deviations = vectors - vectors.mean(axis=1, keepdims=True)
        squared_deviations = np.einsum("sf,sf->s", deviations, deviations)
        finite = np.isfinite(squares)
        is_large = self.n_features >= MIN_FEATURES
        defined = {
            "mse": finite,
            "cosine": finite & (squares > 0),
            "pearson": finite & (squared_deviations > ROUNDING * squares) & is_large,
        }
        np.add.at(self._n_stimuli, groups, 1)
        np.add.at(self._squares, groups[finite], squares[finite])
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

    def n_pairs(self) -> np.ndarray:
        """Number of pairs between the stimuli of every two groups, (group, group)."""
        return np.multiply.outer(self._n_stimuli, self._n_stimuli)

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
            products = (of_both + of_both.T - 2 * products) / self.n_features
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
        shape = (len(classes), n_songs, len(classes), n_songs)
        between = {
            measure: [table.reshape(shape) for table in of_layer.totals(measure)]
            for measure in MEASURES
        }
        all_pairs = of_layer.n_pairs().reshape(shape)
        for (i, class_a), (j, class_b) in combinations_with_replacement(enumerate(classes), 2):
            n_pairs = _upper(all_pairs, i, j).sum()
            n_finite = _upper(between["mse"][1], i, j).sum()
            for measure in MEASURES:
                total, count = (_upper(table, i, j) for table in between[measure])
                n_defined = count.sum()
                of_songs = int(((count + count.T).sum(axis=0) > 0).sum())
                records.append(
                    {
                        "layer": layer,
                        "depth": depth,
                        "class_a": class_a,
                        "class_b": class_b,
                        "measure": measure,
                        "mean": total.sum() / n_defined if n_defined else np.nan,
                        "n_pairs": int(n_defined),
                        "n_songs": of_songs,
                        "note": note_on_mean(
                            measure,
                            n_pairs=int(n_pairs),
                            n_defined=int(n_defined),
                            n_not_finite=int(n_pairs - n_finite),
                            n_songs=of_songs,
                            n_features=of_layer.n_features,
                        ),
                    }
                )
                totals.append(total)
                counts.append(count)
    return pd.DataFrame(records), average_song_tables(totals, counts, weights)


def _upper(table: np.ndarray, i: int, j: int) -> np.ndarray:
    """Of a table (class, song, class, song), what stands between any two songs of two classes."""
    between = table[i, :, j]
    # Both ways between two songs, as both are pairs.
    return np.triu(between if i == j else between + between.T, k=1)
