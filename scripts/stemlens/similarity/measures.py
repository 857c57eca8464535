"""Similarity of two activation vectors (paper, section Ähnlichkeitsmaße), for all pairs at once.

Each measure takes a `Gram` and the pairs' first and second stimulus, and returns a float64
array of one value per pair: NaN where it is not defined, and always where an activation is NaN or
infinite.
"""

import numpy as np

from stemlens.similarity.gram import ROUNDING, Gram

MIN_FEATURES = 3
"""Vectors of fewer have no Pearson correlation."""


def pearson(gram: Gram, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson correlation; NaN where one of the vectors is constant up to rounding.

    NaN also below `MIN_FEATURES`: of two features, every correlation is 1 or −1.
    """
    if gram.n_features < MIN_FEATURES:
        return np.full(len(a), np.nan)
    squares = gram.squares
    means = np.where(np.isnan(squares), np.nan, gram.sums) / gram.n_features
    covariance = gram.products[a, b] - gram.n_features * means[a] * means[b]
    variance = squares - gram.n_features * means**2
    is_constant = gram.constant | (variance <= ROUNDING * squares)
    variance = np.where(is_constant, np.nan, variance)
    return np.clip(covariance / np.sqrt(variance[a] * variance[b]), -1, 1)


def cosine(gram: Gram, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosine of the angle; NaN where one of the vectors is zero."""
    squares = np.where(gram.peaks == 0, np.nan, gram.squares)
    return np.clip(gram.products[a, b] / np.sqrt(squares[a] * squares[b]), -1, 1)


def mse(gram: Gram, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean squared error; exactly 0 where the vectors are alike up to rounding."""
    both = gram.squares[a] + gram.squares[b]
    squared_error = both - 2 * gram.products[a, b]
    # A comparison with NaN is false: asked this way, NaN stays NaN.
    return np.where(squared_error <= ROUNDING * both, 0, squared_error) / gram.n_features


def mse_peak(gram: Gram, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """MSE ÷ the square of the pair's largest absolute activation; NaN where both are zero."""
    peak = np.maximum(gram.peaks[a], gram.peaks[b])
    return mse(gram, a, b) / np.where(peak == 0, np.nan, peak**2)
