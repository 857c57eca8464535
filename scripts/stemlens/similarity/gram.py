"""The Gram matrix of a layer: all that the pairwise measures need, in one pass over the data."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

VALUES_AT_ONCE, LEAST_FEATURES_AT_ONCE = 2**20, 1024
"""As many are made float64 at a time: few, so that they stay in the processor's cache, but not so
few features that adding to a large Gram matrix takes longer than the products."""

PRODUCT_ROUNDING = 1e-12
"""Vectors are equal up to rounding if their squared distance is no more than this share of x · x.

The square of a relative difference of 1e-6 between two vectors: some ten times the precision of
the float32 activations, and far above what float64 products lose.
"""


@dataclass(frozen=True)
class Gram:
    """Scalar products and other statistics of n flattened activation vectors x.

    Attributes
    ----------
    products : ndarray, float64, shape (stimulus, stimulus)
        x_i · x_j.
    sums : ndarray, float64, shape (stimulus,)
        Σ x_i over features.
    peaks : ndarray, float64, shape (stimulus,)
        max |x_i| over features.
    constant : ndarray, bool, shape (stimulus,)
        Whether all features of x_i are equal.
    n_features
        Length of the vectors.
    """

    products: np.ndarray
    sums: np.ndarray
    peaks: np.ndarray
    constant: np.ndarray
    n_features: int

    @property
    def squares(self) -> np.ndarray:
        """x_i · x_i; NaN where a value of x_i is NaN or infinite."""
        diagonal = self.products.diagonal()
        return np.where(np.isfinite(diagonal), diagonal, np.nan)


def gram(blocks: Iterable[np.ndarray]) -> Gram:
    """Accumulate the Gram matrix in float64.

    Takes the memory of one Gram matrix, whatever the number of features, and half the products:
    BLAS's rank-k update adds to one triangle in place.

    Parameters
    ----------
    blocks
        Arrays of shape (stimulus, feature): the vectors, split along their features.
    """
    totals = None
    for block in blocks:
        totals = totals or _Totals(len(block))
        step = max(LEAST_FEATURES_AT_ONCE, VALUES_AT_ONCE // len(block))
        for first in range(0, block.shape[1], step):
            totals.add(block[:, first : first + step])
        del block  # before the next one is read
    assert totals is not None
    products = totals.products
    for row in range(len(products)):
        products[row + 1 :, row] = products[row, row + 1 :]
    peaks = np.maximum(np.abs(totals.lowest), np.abs(totals.highest))
    constant = totals.lowest == totals.highest
    return Gram(products, totals.sums, peaks, constant, totals.n_features)


class _Totals:
    """Sums over the features so far; of the products the upper triangle alone."""

    def __init__(self, n_stimuli: int) -> None:
        self.products = np.zeros((n_stimuli, n_stimuli), order="F")
        self.sums = np.zeros(n_stimuli)
        self.lowest, self.highest = np.full(n_stimuli, np.inf), np.full(n_stimuli, -np.inf)
        self.n_features = 0

    def add(self, part: np.ndarray) -> None:
        """Add further features, (stimulus, feature)."""
        # Only here: the figures import the measures, and with them this module, without SciPy.
        from scipy.linalg.blas import dsyrk

        values = np.ascontiguousarray(part, np.float64)
        # Transposed, it is in the order of memory that BLAS takes without a copy.
        self.products = dsyrk(
            1.0, values.T, beta=1.0, c=self.products, trans=True, overwrite_c=True
        )
        self.sums += values.sum(axis=1)
        np.minimum(self.lowest, values.min(axis=1), out=self.lowest)
        np.maximum(self.highest, values.max(axis=1), out=self.highest)
        self.n_features += values.shape[1]
