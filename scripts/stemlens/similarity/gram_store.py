"""Gram matrices of a model's layers on disk.

The HDF5 file holds a group ``layers`` with a group per layer, which holds the arrays of
`stemlens.similarity.gram.Gram` and its attributes ``n_features`` and ``depth`` (0 for the
input); and a group ``stimuli`` with ``class``, ``song`` and, of a corpus in folds, ``fold`` per
stimulus. Products of stimuli of two folds are of two networks: they say nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import pandas as pd

from stemlens.activations.store import feature_blocks, layer_depths
from stemlens.finite import demand_finite
from stemlens.hdf5_file import new_hdf5
from stemlens.hdf5_table import write_text
from stemlens.similarity.gram import Gram, gram
from stemlens.sources import demand_sources

MAX_BLOCK_VALUES = 2**23
"""Values per block of features that is read at once: 64 MiB."""

ARRAYS = ("products", "sums", "peaks", "constant")


def compute_grams(activations: str | Path) -> dict[str, Gram]:
    """Compute the Gram matrix of every layer in a file of activations, read by blocks.

    Raises
    ------
    InputError
        As of `stemlens.sources.demand_sources`.
    """
    demand_sources(activations)
    return {
        layer: gram(feature_blocks(activations, layer, max_values=MAX_BLOCK_VALUES))
        for layer in layer_depths(activations)
    }


def write_grams(
    path: str | Path,
    grams: Mapping[str, Gram],
    stimuli: pd.DataFrame,
    *,
    sources: Sequence[str | Path] = (),
) -> None:
    """Write layer → Gram matrix, in order of depth, and the stimuli that they are about.

    Parameters
    ----------
    sources
        The files that they come from: the activations, or the checkpoint.

    Raises
    ------
    InputError
        If a product is NaN or infinite.
    """
    for layer, of_layer in grams.items():
        what = f"{path}: scalar products of {layer}"
        demand_finite(of_layer.products, what, remedy="delete the activations and run again")
    with new_hdf5(path, sources=sources) as file:
        for column in ("class", "song"):
            write_text(file, f"stimuli/{column}", stimuli[column])
        if "fold" in stimuli:
            file["stimuli/fold"] = stimuli["fold"].to_numpy()
        for depth, (layer, of_layer) in enumerate(grams.items()):
            group = file.create_group(f"layers/{layer}")
            for name in ARRAYS:
                group[name] = getattr(of_layer, name)
            group.attrs["n_features"] = of_layer.n_features
            group.attrs["depth"] = depth


def read_grams(path: str | Path) -> tuple[dict[str, Gram], pd.DataFrame]:
    """Read what `write_grams` wrote.

    Returns
    -------
    grams : dict
        Layer → its Gram matrix, by depth.
    stimuli : DataFrame
        ``class``, ``song`` and, if it is there, ``fold``; a row per stimulus.

    Raises
    ------
    InputError
        As of `stemlens.sources.demand_sources`.
    """
    demand_sources(path)
    with h5py.File(path) as file:
        layers = sorted(file["layers"].items(), key=lambda item: item[1].attrs["depth"])
        grams = {
            layer: Gram(
                **{name: group[name][:] for name in ARRAYS},
                n_features=int(group.attrs["n_features"]),
            )
            for layer, group in layers
        }
        columns = {name: file["stimuli"][name].asstr()[:] for name in ("class", "song")}
        if "fold" in file["stimuli"]:
            columns["fold"] = file["stimuli/fold"][:]
    return grams, pd.DataFrame(columns)
