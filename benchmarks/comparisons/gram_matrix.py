"""The Gram matrix of many stimuli, read by blocks, beside BLAS on a matrix in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
from comparison import OURS, Comparison

N_STIMULI, N_FEATURES = 5_000, 15_000
BLOCK_VALUES = 2**23
BLOCK_FEATURES = BLOCK_VALUES // N_STIMULI


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


def check(folder: Path) -> None:
    """A part of it: the first stimuli, against numpy."""
    from stemlens.similarity.gram import gram

    with h5py.File(folder / "activations.h5") as file:
        rows = file["layers/conv"][:200]
    np.testing.assert_allclose(
        gram(split(rows)).products, rows.astype(float) @ rows.T.astype(float), rtol=1e-12
    )


LIMIT = "limit: BLAS, dsyrk"
COMPARISON = Comparison(
    "Gram matrix of 5000 stimuli, 15 000 features, from HDF5",
    {OURS: stemlens, LIMIT: product},
    prepare,
    check,
    targets={LIMIT: 0.67},
    note="the limit has all features in memory, in float64. The Gram matrix takes"
    f" {8 * N_STIMULI**2 / 2**20:.0f} MB, a block of features {8 * BLOCK_VALUES / 2**20:.0f} MB.",
    n_threads=2,
    n_warm_ups=0,
)
