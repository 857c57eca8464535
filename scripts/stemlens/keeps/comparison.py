"""Items compared with references in every layer, as they are and averaged over time.

The HDF5 file holds a group per set of items, ``0``, ``1``, …: in it ``items``, the table of the
set, references first; its attribute ``n_references``; and, below ``kept`` and ``averaged``, a group
per layer with the arrays of `stemlens.similarity.cross_gram.CrossGram` and the attributes
``n_features`` and ``depth``. Sets are apart that are never compared: classes, or folds, which have
networks of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pandas as pd
import torch

from stemlens.activations.extraction import write_activations
from stemlens.activations.store import feature_blocks, layer_depths
from stemlens.hdf5_file import new_hdf5
from stemlens.hdf5_table import read_columns, write_columns
from stemlens.keeps.item_inputs import input_batches
from stemlens.layers.reader import LayerReader
from stemlens.similarity.cross_gram import CrossGram, cross_gram
from stemlens.similarity.gram_store import MAX_BLOCK_VALUES
from stemlens.sources import demand_sources

KEPT, AVERAGED = TIMES = ("kept", "averaged")
"""What becomes of a layer's time axis: flattened with the others, or averaged away."""
TIME_AXES = ("window", "time")
ARRAYS = ("products", "sums", "peaks", "constant", "norms")


@dataclass(frozen=True)
class ItemSet:
    """Items of which each may be compared with each reference.

    Attributes
    ----------
    items
        A row per vector: references first.
    n_references
        How many they are.
    """

    items: pd.DataFrame
    n_references: int


@dataclass(frozen=True)
class ComparedSet(ItemSet):
    """The same with what a model made of them.

    Attributes
    ----------
    grams
        `KEPT` and `AVERAGED` → layer, by depth → products with the references. A layer without an
        axis of time is the same in both; one whose axes are unknown is missing from `AVERAGED`.
    """

    grams: Mapping[str, Mapping[str, CrossGram]]

    def layers(self) -> list[tuple[int, str, tuple[str, ...]]]:
        """Depth and name of each layer, and the `TIMES` at which it is the same."""
        kept, averaged = self.grams[KEPT], self.grams.get(AVERAGED, {})
        found: list[tuple[int, str, tuple[str, ...]]] = []
        for depth, layer in enumerate(kept):
            if layer not in averaged:
                found.append((depth, layer, (KEPT,)))
            elif averaged[layer].n_features == kept[layer].n_features:
                found.append((depth, layer, TIMES))
            else:
                found += [(depth, layer, (time,)) for time in TIMES]
        return found


def write_comparison(
    path: str | Path,
    sets: Sequence[tuple[ItemSet, LayerReader]],
    *,
    device: torch.device,
    remedy: str,
    sources: Sequence[str | Path] = (),
) -> None:
    """Send sets of items through models and store their products with the references.

    Activations pass through a temporary file, one set after the other.

    Parameters
    ----------
    sets
        Sets of rows of `stemlens.keeps.item_inputs.read_items`, and the model that each goes
        through.
    device
        Where the models are.
    remedy
        What to do if an activation is NaN or infinite.
    sources
        The files of the models' weights, if there are some.
    """
    with new_hdf5(path, sources=sources) as file:
        for number, (one, reader) in enumerate(sets):
            group = file.create_group(str(number))
            group.attrs["n_references"] = one.n_references
            write_columns(group.create_group("items"), one.items.drop(columns=["path", "row"]))
            with TemporaryDirectory() as folder:
                activations = Path(folder) / "activations.h5"
                about = one.items.reindex(columns=["class", "song", "start_s"], fill_value="")
                write_activations(
                    activations,
                    reader,
                    partial(input_batches, one.items),
                    about.assign(start_s=np.nan),
                    device=device,
                    remedy=remedy,
                )
                _write_layers(group, activations, one.n_references)


def _write_layers(group: h5py.Group, activations: Path, n_references: int) -> None:
    for layer, depth in layer_depths(activations).items():
        blocks = feature_blocks(activations, layer, max_values=MAX_BLOCK_VALUES)
        gram = cross_gram(blocks, n_references)
        _write_gram(group.create_group(f"{KEPT}/{layer}"), gram, depth)
        axes = _time_axes(activations, layer)
        if axes is None:
            continue
        if axes:
            gram = cross_gram([_mean_over(activations, layer, axes)], n_references)
        _write_gram(group.create_group(f"{AVERAGED}/{layer}"), gram, depth)


def _write_gram(group: h5py.Group, gram: CrossGram, depth: int) -> None:
    for name in ARRAYS:
        group[name] = getattr(gram, name)
    group.attrs.update({"n_features": gram.n_features, "depth": depth})


def _time_axes(activations: Path, layer: str) -> tuple[int, ...] | None:
    """Numbers of a layer's axes of time, that of items being 0; None where axes are unknown."""
    with h5py.File(activations) as file:
        dataset = file["layers"][layer]
        axes = str(dataset.attrs.get("axes", "")).split()
        if len(axes) != dataset.ndim - 1:
            return None
    return tuple(number for number, axis in enumerate(axes, start=1) if axis in TIME_AXES)


def _mean_over(activations: Path, layer: str, axes: tuple[int, ...]) -> np.ndarray:
    """Average a layer, float64 (item, feature)."""
    with h5py.File(activations) as file:
        dataset = file["layers"][layer]
        step = max(1, MAX_BLOCK_VALUES // int(np.prod(dataset.shape[1:])))
        parts = [
            dataset[first : first + step].mean(axis=axes, dtype=np.float64)
            for first in range(0, len(dataset), step)
        ]
    means = np.concatenate(parts)
    return means.reshape(len(means), -1)


def read_comparison(path: str | Path) -> Iterator[ComparedSet]:
    """Read what `write_comparison` wrote, set by set.

    Raises
    ------
    InputError
        As of `stemlens.sources.demand_sources`.
    """
    demand_sources(path)
    with h5py.File(path) as file:
        for number in range(len(file)):
            group = file[str(number)]
            grams = {time: _read_layers(group[time]) if time in group else {} for time in TIMES}
            yield ComparedSet(read_columns(group["items"]), int(group.attrs["n_references"]), grams)


def _read_layers(group: h5py.Group) -> dict[str, CrossGram]:
    by_depth = sorted(group.items(), key=lambda item: item[1].attrs["depth"])
    return {
        layer: CrossGram(
            **{name: arrays[name][:] for name in ARRAYS}, n_features=int(arrays.attrs["n_features"])
        )
        for layer, arrays in by_depth
    }
