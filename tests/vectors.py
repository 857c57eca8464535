"""Vectors for tests of properties: of any size, near to each other, and of odd values."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

SEEDS = st.integers(0, 2**32 - 1)
SCALES = st.sampled_from([1e-30, 1e-6, 1.0, 1e6, 1e30])
"""Of which the squares of the small and the large are no float32."""
ODD = [0.0, 1.0, -1.0, 1e-45, 1e-30, -1e-30, 1e30, -3e38, 1 + 2**-23, 1 + 1e-7, 16_777_217.0]
"""Finite float32, among them the smallest, nearly the largest, and neighbours of 1."""


@st.composite
def sound_vectors(draw, n=(2, 7), n_features=(3, 60)):
    """Normal values about an offset: float32 (vector, feature)."""
    rng = np.random.default_rng(draw(SEEDS))
    offset = draw(st.sampled_from([0.0, 1.0, -30.0]))
    return (
        offset + rng.normal(size=(draw(st.integers(*n)), draw(st.integers(*n_features))))
    ).astype(np.float32)


def odd_vectors(n=6, n_features=5):
    """Any finite values at all: float32 (vector, feature)."""
    elements = st.sampled_from([float(np.float32(value)) for value in ODD])
    return arrays(np.float32, (n, n_features), elements=elements)


def rotation(n, seed):
    """A random rotation of n dimensions."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]
