"""Gram matrices of mixes, which probes read; their activations pass through a temporary file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from stemlens.similarity.gram_store import compute_grams, write_grams


def write_mix_grams(
    path: str | Path,
    mixes: pd.DataFrame,
    write_activations: Callable[[Path], None],
    *,
    sources: Sequence[str | Path] = (),
) -> None:
    """Compute and write the Gram matrix of every layer.

    Parameters
    ----------
    path
        The HDF5 file, see `stemlens.similarity.gram_store`.
    mixes
        From `stemlens.representations.probe_mixes.probe_mixes`.
    write_activations
        Writes the activations of the mixes to a path.
    sources
        The files of the models' weights, if there are some.
    """
    with TemporaryDirectory() as folder:
        activations = Path(folder) / "activations.h5"
        write_activations(activations)
        write_grams(path, compute_grams(activations), mixes, sources=sources)
