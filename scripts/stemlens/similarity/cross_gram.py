"""Scalar products of many vectors with a few references: a part of a large Gram matrix."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stemlens.similarity.gram import LEAST_FEATURES_AT_ONCE, VALUES_AT_ONCE, Gram
from stemlens.similarity.measures import MEASURES, Pairs


@dataclass(frozen=True)
class CrossGram(Gram):
    """The columns of a Gram matrix that belong to references, its first vectors.

    Measures take it as they take a `Gram`, of pairs (vector, reference).

    Attributes
    ----------
    products : ndarray, float64, shape (vector, reference)
        x_i · x_j.
    sums, peaks, constant
        As of `Gram`, shape (vector,).
    norms : ndarray, float64, shape (vector,)
        x_i · x_i.
    """

    norms: np.ndarray

    @property
    def squares(self) -> np.ndarray:
        """x_i · x_i; NaN where a value of x_i is NaN or infinite."""
        return np.where(np.isfinite(self.norms), self.norms, np.nan)

    @property
    def references(self) -> Gram:
        """The Gram matrix of the references."""
        n = self.products.shape[1]
        return Gram(
            self.products[:n], self.sums[:n], self.peaks[:n], self.constant[:n], self.n_features
        )

    def compared(self, measure: str) -> np.ndarray:
        """Compare every vector with every reference.

        Parameters
        ----------
        measure
            Name in `stemlens.similarity.measures.MEASURES`, of a measure that depends on the two
            vectors alone.

        Returns
        -------
        ndarray, float64, shape (vector, reference)
            NaN where the measure is undefined.
        """
        a, b = np.indices(self.products.shape).reshape(2, -1)
        pairs = Pairs({"": self}, a, b, np.zeros(len(a), bool))
        return MEASURES[measure].compare(pairs, "").reshape(self.products.shape)


def cross_gram(blocks: Iterable[np.ndarray], n_references: int) -> CrossGram:
    """Accumulate the products in float64.

    Parameters
    ----------
    blocks
        Arrays of shape (vector, feature), the vectors split along their features; as from
        `stemlens.activations.store.feature_blocks`.
    n_references
        So many of the first vectors are references.
    """
    n_features, products, norms, sums, lowest, highest = 0, 0.0, 0.0, 0.0, np.inf, -np.inf
    for block in blocks:
        step = max(LEAST_FEATURES_AT_ONCE, VALUES_AT_ONCE // len(block))
        for first in range(0, block.shape[1], step):
            part = np.asarray(block[:, first : first + step], np.float64)
            products = products + part @ part[:n_references].T
            norms = norms + np.einsum("if,if->i", part, part)
            sums = sums + part.sum(axis=1)
            lowest = np.minimum(lowest, part.min(axis=1))
            highest = np.maximum(highest, part.max(axis=1))
            n_features += part.shape[1]
    peaks = np.maximum(np.abs(lowest), np.abs(highest))
    return CrossGram(products, sums, peaks, lowest == highest, n_features, norms)
