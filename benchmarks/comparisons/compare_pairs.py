"""All measures of all pairs of a layer, beside SciPy and rsatoolbox."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from comparison import OURS, Comparison

N_STIMULI, N_FEATURES = 188, 96_000
Measures = dict[str, np.ndarray]


def prepare(folder: Path) -> None:
    """What a leaky ReLU may leave: stimuli that share something."""
    rng = np.random.default_rng(0)
    activations = rng.normal(size=N_FEATURES) + rng.normal(size=(N_STIMULI, N_FEATURES))
    np.save(folder / "layer.npy", np.maximum(activations, 0.01 * activations).astype(np.float32))


def stemlens(folder: Path) -> Callable[[], Measures]:
    """All from one Gram matrix."""
    from stemlens.similarity.gram import gram
    from stemlens.similarity.measures import Pairs, cosine, mse, pearson

    vectors, (a, b) = np.load(folder / "layer.npy"), np.triu_indices(N_STIMULI, k=1)
    is_same_class = np.full(len(a), True)

    def work() -> Measures:
        pairs = Pairs({"layer": gram([vectors])}, a, b, is_same_class)
        measures = {"pearson": pearson, "cosine": cosine, "mse": mse}
        return {name: measure(pairs, "layer") for name, measure in measures.items()}

    return work


def scipy(folder: Path) -> Callable[[], Measures]:
    """`pdist`, once per measure."""
    from scipy.spatial.distance import pdist

    vectors = np.load(folder / "layer.npy")
    return lambda: {
        "pearson": 1 - pdist(vectors, "correlation"),
        "cosine": 1 - pdist(vectors, "cosine"),
        "mse": pdist(vectors, "sqeuclidean") / N_FEATURES,
    }


def rsatoolbox(folder: Path) -> Callable[[], Measures]:
    """`calc_rdm`, once per measure; it has no cosine."""
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm

    dataset = Dataset(np.load(folder / "layer.npy"))
    # Its Euclidean distance is the mean of squares over features.
    return lambda: {
        "pearson": 1 - calc_rdm(dataset, method="correlation").get_vectors()[0],
        "mse": calc_rdm(dataset, method="euclidean").get_vectors()[0],
    }


def check(folder: Path) -> None:
    """To ten digits; rsatoolbox computes in float32."""
    ours, theirs = stemlens(folder)(), scipy(folder)()
    for name, values in ours.items():
        np.testing.assert_allclose(values, theirs[name], rtol=1e-10, atol=1e-10)
    if find_spec("rsatoolbox"):
        for name, values in rsatoolbox(folder)().items():
            np.testing.assert_allclose(values, ours[name], rtol=1e-3, atol=1e-5)


CANDIDATES = {OURS: stemlens, "SciPy, pdist": scipy}
if find_spec("rsatoolbox"):
    CANDIDATES["rsatoolbox, without cosine"] = rsatoolbox
COMPARISON = Comparison(
    "Pearson, cosine and MSE of all pairs of 188 stimuli, 96 000 features",
    CANDIDATES,
    prepare,
    check,
    targets={"SciPy, pdist": 30},
    n_threads=2,
)
