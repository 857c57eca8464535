"""Activations of every layer on disk, read by blocks.

The HDF5 file holds a group ``layers`` with a dataset per layer, float32 (stimulus, …), in the
layer's own shape, such as (channel, band, frame) or (unit,), after pooling, each with its
attributes ``depth`` (0 for the input), ``kind``, where they are known ``axes`` (their names) and,
for a map of the paper's network, ``stride`` (the bands and frames of the input that one value
stands for); and a group ``stimuli`` with ``class``, ``song``, ``start_s`` and, of a corpus in
folds, ``fold`` per stimulus.
"""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from stemlens.hdf5_table import write_text


def layer_depths(path: str | Path) -> dict[str, int]:
    """Layers of a file and their depth (0 for the input), by depth."""
    with h5py.File(path) as file:
        depths = {name: int(layer.attrs["depth"]) for name, layer in file["layers"].items()}
    return dict(sorted(depths.items(), key=lambda item: item[1]))


def layer_table(path: str | Path) -> pd.DataFrame:
    """List the layers of a file by depth.

    Returns
    -------
    DataFrame
        ``layer``, ``depth``, ``kind``, ``axes`` (empty where unknown), ``shape`` (of one stimulus)
        and ``n_features``.
    """
    with h5py.File(path) as file:
        rows = [
            {
                "layer": name,
                "depth": depth,
                "kind": file["layers"][name].attrs.get("kind", ""),
                "axes": file["layers"][name].attrs.get("axes", ""),
                "shape": file["layers"][name].shape[1:],
                "n_features": int(np.prod(file["layers"][name].shape[1:])),
            }
            for name, depth in layer_depths(path).items()
        ]
    return pd.DataFrame(rows)


def write_stimuli(file: h5py.File, stimuli: pd.DataFrame) -> None:
    """Write the stimulus table that `read_stimuli` reads."""
    table = file.create_group("stimuli")
    for column in ("class", "song"):
        write_text(table, column, stimuli[column])
    table["start_s"] = stimuli["start_s"].to_numpy(np.float64)
    if "fold" in stimuli:
        table["fold"] = stimuli["fold"].to_numpy()


def read_stimuli(path: str | Path) -> pd.DataFrame:
    """Read the stimulus table: ``class``, ``song``, ``start_s`` and, if it is there, ``fold``."""
    with h5py.File(path) as file:
        table = file["stimuli"]
        texts = {name: table[name].asstr()[:] for name in ("class", "song")}
        numbers = {name: table[name][:] for name in ("start_s", "fold") if name in table}
    return pd.DataFrame(texts | numbers)


def read_activation(path: str | Path, layer: str, stimulus: int) -> np.ndarray:
    """Read one stimulus's activation of a layer, float32, in the layer's own shape."""
    with h5py.File(path) as file:
        return file["layers"][layer][stimulus]


def read_layer(path: str | Path, layer: str) -> np.ndarray:
    """Read every stimulus's activation of a layer, float32 (stimulus, …)."""
    with h5py.File(path) as file:
        return file["layers"][layer][:]


def feature_map_strides(path: str | Path) -> dict[str, tuple[int, int]]:
    """Layers that are maps of bands and frames, by depth.

    Returns
    -------
    dict
        Layer → how many bands and frames of the input one value of its map stands for.
    """
    with h5py.File(path) as file:
        strides = {name: file["layers"][name].attrs.get("stride") for name in layer_depths(path)}
    return {
        name: (int(stride[0]), int(stride[1]))
        for name, stride in strides.items()
        if stride is not None
    }


def feature_blocks(path: str | Path, layer: str, *, max_values: int) -> Iterator[np.ndarray]:
    """Read a layer, flattened, by blocks of features.

    Parameters
    ----------
    max_values
        A block holds at most so many values, but at least one slice along the first axis of
        the layer (a channel or a unit).

    Yields
    ------
    ndarray, float64, shape (stimulus, feature)
        What is computed with them is to be exact; HDF5 converts as it reads.
    """
    with h5py.File(path) as file:
        dataset = file["layers"][layer].astype(np.float64)
        n_stimuli, n_slices, *rest = dataset.shape
        per_slice = n_stimuli * int(np.prod(rest, dtype=np.int64))
        step = max(1, max_values // per_slice)
        for first in range(0, n_slices, step):
            yield dataset[:, first : first + step].reshape(n_stimuli, -1)
