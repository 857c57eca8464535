"""Measures of the similarity of two activation vectors (paper, section Ähnlichkeitsmaße).

`MEASURES` is the one table of them: a further measure is a function and an entry there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stemlens.similarity.gram import PRODUCT_ROUNDING, Gram

MIN_FEATURES = 3
"""Layers of fewer values have no Pearson correlation: of two, each is 1 or −1."""

PAIR = ("class_a", "class_b", "song_a", "song_b")
"""Columns that name a pair in the table of pairs."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of stimuli, and the layers in which they are compared.

    Attributes
    ----------
    grams
        Layer → its Gram matrix.
    a, b : ndarray of int, shape (pair,)
        Number of the first and the second stimulus.
    is_same_class : ndarray of bool, shape (pair,)
        Whether both are of one class.
    """

    grams: Mapping[str, Gram]
    a: np.ndarray
    b: np.ndarray
    is_same_class: np.ndarray

    @cached_property
    def errors(self) -> dict[str, np.ndarray]:
        """Layer → mean squared error of each pair; 0 where they are equal up to rounding."""
        errors = {}
        for layer, gram in self.grams.items():
            both = gram.squares[self.a] + gram.squares[self.b]
            squared_error = both - 2 * gram.products[self.a, self.b]
            # A comparison with NaN is false: asked this way, NaN stays NaN.
            is_zero = squared_error <= PRODUCT_ROUNDING * both
            errors[layer] = np.where(is_zero, 0, squared_error) / gram.n_features
        return errors

    @cached_property
    def largest_errors(self) -> np.ndarray:
        """Largest error of each pair over the layers."""
        return np.max(list(self.errors.values()), axis=0, initial=0)


@dataclass(frozen=True)
class Measure:
    """A measure of similarity, or of error.

    Attributes
    ----------
    name
        Its column in tables.
    compare
        Pairs and the name of a layer → float64 array of one value per pair: NaN where it is
        undefined, and always where one of the two activations is NaN or infinite.
    label
        As axes of figures are labelled.
    lowest, highest
        The range of its values.
    undefined
        Why a pair of finite activations may have no value.
    min_features
        Layers of fewer values have none.
    normalised_within
        Columns of the table of pairs. Rows that agree in them are divided by their largest error,
        so that none has a value where an activation of one is NaN or infinite. Empty for a measure
        that depends on the two activations alone.
    """

    name: str
    compare: Callable[[Pairs, str], np.ndarray]
    label: str
    lowest: float
    highest: float
    undefined: str = ""
    min_features: int = 1
    normalised_within: tuple[str, ...] = ()


def pearson(pairs: Pairs, layer: str) -> np.ndarray:
    """Pearson correlation; undefined where a vector is constant up to rounding."""
    gram, a, b = pairs.grams[layer], pairs.a, pairs.b
    if gram.n_features < MIN_FEATURES:
        return np.full(len(a), np.nan)
    squares = gram.squares
    means = np.where(np.isnan(squares), np.nan, gram.sums) / gram.n_features
    covariance = gram.products[a, b] - gram.n_features * (means[a] * means[b])
    variance = squares - gram.n_features * means**2
    is_constant = gram.constant | (variance <= PRODUCT_ROUNDING * squares)
    variance = np.where(is_constant, np.nan, variance)
    return np.clip(covariance / (np.sqrt(variance[a]) * np.sqrt(variance[b])), -1, 1)


def cosine(pairs: Pairs, layer: str) -> np.ndarray:
    """Cosine of the angle; undefined where a vector is zero."""
    gram, a, b = pairs.grams[layer], pairs.a, pairs.b
    squares = np.where(gram.peaks == 0, np.nan, gram.squares)
    return np.clip(gram.products[a, b] / (np.sqrt(squares[a]) * np.sqrt(squares[b])), -1, 1)


def mse(pairs: Pairs, layer: str) -> np.ndarray:
    """Mean squared error."""
    return pairs.errors[layer]


def mse_pair_max_over_layers(pairs: Pairs, layer: str) -> np.ndarray:
    """MSE ÷ this pair's largest over the layers; undefined where all are 0."""
    return pairs.errors[layer] / _nonzero(pairs.largest_errors)


def mse_peak(pairs: Pairs, layer: str) -> np.ndarray:
    """MSE ÷ the square of the pair's largest absolute activation; undefined where both are zero."""
    peaks = pairs.grams[layer].peaks
    peak = _nonzero(np.maximum(peaks[pairs.a], peaks[pairs.b]))
    return pairs.errors[layer] / peak / peak


def mse_layer_max(pairs: Pairs, layer: str) -> np.ndarray:
    """MSE ÷ this layer's largest over all pairs of one class; undefined where all are 0."""
    errors = pairs.errors[layer]
    return errors / _nonzero(errors[pairs.is_same_class].max(initial=0))


def _nonzero(divisor: np.ndarray) -> np.ndarray:
    """NaN instead of 0, so that dividing by it gives NaN."""
    return np.where(divisor == 0, np.nan, divisor)


MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            name="pearson",
            compare=pearson,
            label="Pearson correlation r",
            lowest=-1,
            highest=1,
            undefined="an activation is constant",
            min_features=MIN_FEATURES,
        ),
        Measure(
            name="cosine",
            compare=cosine,
            label="Cosine similarity",
            lowest=-1,
            highest=1,
            undefined="an activation is zero",
        ),
        Measure(
            name="mse",
            compare=mse,
            label="Mean squared error",
            lowest=0,
            highest=np.inf,
        ),
        Measure(
            name="mse_pair_max_over_layers",
            compare=mse_pair_max_over_layers,
            label="MSE\n÷ pair's maximum over layers",
            lowest=0,
            highest=1,
            undefined="the stimuli are equal in every layer",
            normalised_within=PAIR,
        ),
        Measure(
            name="mse_peak",
            compare=mse_peak,
            label="MSE\n÷ pair's peak activation²",
            lowest=0,
            highest=4,
            undefined="both activations are zero",
        ),
        Measure(
            name="mse_layer_max",
            compare=mse_layer_max,
            label="MSE\n÷ layer's maximum over pairs",
            lowest=0,
            highest=np.inf,
            undefined="all stimuli of each class are equal",
            normalised_within=("layer",),
        ),
    )
}
"""Name → measure, in the order of the tables."""
