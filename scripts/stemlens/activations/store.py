"""Activations of every layer on disk, read by blocks.

The HDF5 file holds a group ``layers`` with a dataset per layer, float32 (stimulus, …), in the
layer's own shape (channel, band, frame) or (unit,), each with its attribute ``depth`` (0 for
the input) and, for a map, ``stride`` (the bands and frames of the input that one value stands
for); and a group ``stimuli`` with ``class``, ``song`` and ``start_s`` per stimulus.
"""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd


def layer_depths(path: str | Path) -> dict[str, int]:
    """Layers of a file and their depth (0 for the input), by depth."""
    with h5py.File(path) as file:
        depths = {name: int(layer.attrs["depth"]) for name, layer in file["layers"].items()}
    return dict(sorted(depths.items(), key=lambda item: item[1]))


def read_stimuli(path: str | Path) -> pd.DataFrame:
    """Read the stimulus table: ``class``, ``song``, ``start_s``; a row per stimulus."""
    with h5py.File(path) as file:
        table = file["stimuli"]
        return pd.DataFrame(
            {
                "class": table["class"].asstr()[:],
                "song": table["song"].asstr()[:],
                "start_s": table["start_s"][:],
            }
        )


def read_activation(path: str | Path, layer: str, stimulus: int) -> np.ndarray:
    """Read one stimulus's activation of a layer, float32, in the layer's own shape."""
    with h5py.File(path) as file:
        return file["layers"][layer][stimulus]


def read_layer(path: str | Path, layer: str) -> np.ndarray:
    """Read every stimulus's activation of a layer, float32 (stimulus, …)."""
    with h5py.File(path) as file:
        return file["layers"][layer][:]


def read_stride(path: str | Path, layer: str) -> tuple[int, int]:
    """Read how many bands and frames of the input one value of a layer's map stands for."""
    with h5py.File(path) as file:
        bands, frames = file["layers"][layer].attrs["stride"]
    return int(bands), int(frames)


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
