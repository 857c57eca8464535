"""The Gram matrix of many stimuli, read by blocks, beside BLAS on a matrix in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
from contest import OURS, Target

N_STIMULI, N_FEATURES = 10_000, 15_000
BLOCK_VALUES = 2**23
BLOCK_FEATURES = BLOCK_VALUES // N_STIMULI
TITLE = "Gram matrix of 10 000 stimuli with 15 000 features"
THREADS, ROUNDS, WARM_UPS, CALLS = 2, 1, 0, 1
LIMIT = "dsyrk, nothing else"
GRAM_MB = 8 * N_STIMULI**2 / 2**20
BLOCK_MB = 8 * BLOCK_VALUES / 2**20
SMALL_MB = 2
"""Sums and extremes of the stimuli, and the buffer in which HDF5 converts."""
NOTE = (
    "Ours reads float32 from HDF5; dsyrk gets blocks of the same size that lie in memory in float64"
    f" already. The Gram matrix takes {GRAM_MB:.0f} MB, a block in float64 {BLOCK_MB:.0f} MB."
)


def prepare(folder: Path) -> None:
    """A layer on disk, as activations are stored."""
    rng = np.random.default_rng(0)
    with h5py.File(folder / "activations.h5", "w") as file:
        layer = file.create_dataset("layers/conv", (N_STIMULI, N_FEATURES), np.float32)
        for first in range(0, N_STIMULI, 1000):
            layer[first : first + 1000] = rng.random((1000, N_FEATURES), np.float32)


def stemlens(folder: Path) -> Callable[[], np.ndarray]:
    """From the file, by blocks of features."""
    from stemlens.activations.store import feature_blocks
    from stemlens.similarity.gram import gram

    path = folder / "activations.h5"
    return lambda: gram(feature_blocks(path, "conv", max_values=BLOCK_VALUES)).products


def product(folder: Path) -> Callable[[], np.ndarray]:
    """The limit: BLAS's rank-k update."""
    from scipy.linalg.blas import dsyrk

    with h5py.File(folder / "activations.h5") as file:
        rows = file["layers/conv"][:]
    blocks = [block.astype(np.float64, order="C") for block in split(rows)]
    del rows

    def work() -> np.ndarray:
        products = np.zeros((N_STIMULI, N_STIMULI), order="F")
        for block in blocks:
            dsyrk(1.0, block.T, beta=1.0, c=products, trans=True, overwrite_c=True)
        return products

    return work


def split(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Blocks of features."""
    for first in range(0, N_FEATURES, BLOCK_FEATURES):
        yield rows[:, first : first + BLOCK_FEATURES]


CONTESTANTS = {OURS: stemlens, LIMIT: product}
TARGETS = [
    Target(LIMIT, at_least=1 / 1.5),
    Target(LIMIT, "added_mb", at_most_more=BLOCK_MB + SMALL_MB),
]


def check(folder: Path) -> None:
    """A part of it: the first stimuli, against numpy."""
    from stemlens.similarity.gram import gram

    with h5py.File(folder / "activations.h5") as file:
        rows = file["layers/conv"][:200]
    np.testing.assert_allclose(
        gram(split(rows)).products, rows.astype(float) @ rows.T.astype(float), rtol=1e-12
    )
