"""The Gram matrix of a layer: all that the pairwise measures need, in one pass over the data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dsyrk

VALUES_AT_ONCE, LEAST_FEATURES_AT_ONCE = 2**20, 1024
"""As many are made float64 at a time: few, so that they stay in the processor's cache, but not so
few features that adding to a large Gram matrix takes longer than the products."""

ROUNDING = 1e-12
"""What differs by no more than this share of the products is alike up to rounding.

The square of a relative difference of 1e-6 between two vectors: some ten times the precision of
the float32 activations, and far above what float64 products lose.
"""


@dataclass(frozen=True)
class Gram:
    """What is known of n flattened activation vectors x.

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


def gram(blocks: Iterable[np.ndarray]) -> Gram:
    """Accumulate the Gram matrix in float64.

    Takes the memory of one Gram matrix, whatever the number of features, and half the products:
    BLAS's rank-k update adds to one triangle in place.

    Parameters
    ----------
    blocks
        Arrays of shape (stimulus, feature): the vectors, split along their features.
    """
    n_features = 0
    for part in _parts(blocks):
        values = part.astype(np.float64, order="C")
        low, high = values.min(axis=1), values.max(axis=1)
        if n_features == 0:
            products = np.zeros((len(values), len(values)), order="F")
            sums, lowest, highest = np.zeros(len(values)), low, high
        # Transposed, it is in the order of memory that BLAS takes without a copy.
        products = dsyrk(1.0, values.T, beta=1.0, c=products, trans=True, overwrite_c=True)
        sums += values.sum(axis=1)
        lowest, highest = np.minimum(lowest, low), np.maximum(highest, high)
        n_features += values.shape[1]
    for row in range(len(products)):
        products[row + 1 :, row] = products[row, row + 1 :]
    peaks = np.maximum(np.abs(lowest), np.abs(highest))
    return Gram(products, sums, peaks, lowest == highest, n_features)


def _parts(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    for block in blocks:
        step = max(LEAST_FEATURES_AT_ONCE, VALUES_AT_ONCE // len(block))
        for first in range(0, block.shape[1], step):
            yield block[:, first : first + step]
