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
    totals: _Totals | None = None
    for block in blocks:
        totals = totals or _Totals(len(block), n_references)
        step = max(LEAST_FEATURES_AT_ONCE, VALUES_AT_ONCE // len(block))
        for first in range(0, block.shape[1], step):
            totals.add(np.asarray(block[:, first : first + step], np.float64))
    assert totals is not None
    peaks = np.maximum(np.abs(totals.lowest), np.abs(totals.highest))
    constant = totals.lowest == totals.highest
    return CrossGram(totals.products, totals.sums, peaks, constant, totals.n_features, totals.norms)


class _Totals:
    """Sums over the features so far."""

    def __init__(self, n_vectors: int, n_references: int) -> None:
        self.products = np.zeros((n_vectors, n_references))
        self.norms, self.sums = np.zeros(n_vectors), np.zeros(n_vectors)
        self.lowest, self.highest = np.full(n_vectors, np.inf), np.full(n_vectors, -np.inf)
        self.n_features = 0

    def add(self, part: np.ndarray) -> None:
        """Add further features, float64 (vector, feature)."""
        self.products += part @ part[: self.products.shape[1]].T
        self.norms += np.einsum("if,if->i", part, part)
        self.sums += part.sum(axis=1)
        np.minimum(self.lowest, part.min(axis=1), out=self.lowest)
        np.maximum(self.highest, part.max(axis=1), out=self.highest)
        self.n_features += part.shape[1]
