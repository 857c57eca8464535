"""Activations that were computed elsewhere, by any framework, in an HDF5 file.

It holds a dataset per layer, of numbers (stimulus, …), in the group ``layers``; stimuli as the
workflow lists them. The group's attribute ``order`` lists the layers from input to output; without
it they stand in the order in which they were written, if the file keeps it (``track_order``), else
by name. ``stimuli/class``, ``stimuli/song`` and, if it is there, ``stimuli/start_s`` say what the
rows are.
"""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from stemlens.activations.content_digest import ContentDigest
from stemlens.activations.store import write_stimuli
from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.foreign_hdf5 import open_foreign, refusing_damage
from stemlens.formulas import as_text
from stemlens.given_paths import is_file
from stemlens.hdf5_file import new_hdf5
from stemlens.layers.pooling import PoolingRules
from stemlens.sources import CONTENT_SHA256

FORMAT = "see docs/models.md for the format"
EXPECTED = f"a file of activations: {FORMAT}"
MAX_STIMULUS_BYTES = 2**30
"""What a layer has of one stimulus, which is in memory at a time, as float64 too."""
MAX_SHOWN = 100


def import_activations(
    source: str | Path, path: str | Path, stimuli: pd.DataFrame, *, pooling: PoolingRules
) -> None:
    """Check a file of activations and write it as `stemlens.activations.store` reads it.

    Parameters
    ----------
    source, path
        The file that was made elsewhere, and the one to write.
    stimuli
        ``class``, ``song`` and ``start_s`` of each stimulus, in their order.
    pooling
        Over which axes layers are averaged.

    Raises
    ------
    InputError
        If the file is not as it should be, is about other stimuli, or holds NaN or infinite values.
    """
    if not is_file(source):
        raise InputError(
            f"{source}: found no such file; expected activations of the stimuli that the target"
            f" export_stimuli writes: {FORMAT}"
        )
    with open_foreign(source, expected=EXPECTED) as file:
        with refusing_damage(source, expected=EXPECTED):
            layers = _layers(file, source)
            _demand_stimuli(file, source, stimuli)
        with new_hdf5(path) as written:
            write_stimuli(written, stimuli)
            content = ContentDigest()
            for depth, (layer, dataset) in enumerate(layers.items()):
                _copy(layer, dataset, written, depth, source, pooling, content)
            written.attrs[CONTENT_SHA256] = content.hexdigest()


def _layers(file: h5py.File, source: str | Path) -> Mapping[str, h5py.Dataset]:
    group = file.get("layers")
    if not isinstance(group, h5py.Group) or not len(group):
        raise InputError(
            f"{source}: has no group layers with datasets; found {', '.join(file) or 'nothing'}:"
            f" {FORMAT}"
        )
    names = _texts(np.atleast_1d(group.attrs.get("order", list(group))))
    nested = [name for name in group if not isinstance(group[name], h5py.Dataset)]
    if nested:
        raise InputError(
            f"{source}: layers/{nested[0]} is a group; expected a dataset per layer, with names"
            " without slashes"
        )
    missing = [name for name in names if name not in group]
    if missing or sorted(names) != sorted(group):
        raise InputError(
            f"{source}: the attribute order of layers names {', '.join(names)}, the group holds"
            f" {', '.join(group)}; expected the same datasets"
        )
    return {name: group[name] for name in names}


def _demand_stimuli(file: h5py.File, source: str | Path, stimuli: pd.DataFrame) -> None:
    for column in ("class", "song"):
        dataset = file.get(f"stimuli/{column}")
        if not isinstance(dataset, h5py.Dataset):
            raise InputError(f"{source}: stimuli/{column} is missing; expected it: {FORMAT}")
        expected = stimuli[column].tolist()
        if dataset.shape != (len(expected),):
            raise InputError(
                f"{source}: holds {dataset.size} stimuli, expected {len(expected)}: compute the"
                " activations of the stimuli that the target export_stimuli writes"
            )
        for row, b in enumerate(expected):
            # One by one: all of them may be one text as long as the file.
            [a] = _texts([dataset[row]])
            # In the table it may be marked.
            if a not in (b, as_text(b)):
                raise InputError(
                    f"{source}: stimulus {row} has the {column} {a[:MAX_SHOWN]!r}, expected"
                    f" {b!r}: keep the order of the table that the target export_stimuli writes"
                )
    found = file.get("stimuli/start_s")
    if found is not None:
        expected = stimuli["start_s"].to_numpy(np.float64)
        is_number = found.dtype.kind in "fiu"
        if (
            found.shape != expected.shape
            or not is_number
            or not np.allclose(found, expected, atol=1e-3)
        ):
            raise InputError(
                f"{source}: stimuli/start_s is not that of the stimuli; expected activations of the"
                " same segments: compute them anew after a change of stimuli"
            )


def _texts(values: Iterable[Any]) -> list[str]:
    """Texts of an HDF5 file, which may come as bytes."""
    return [
        value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
        for value in values
    ]


def _copy(
    layer: str,
    dataset: h5py.Dataset,
    written: h5py.File,
    depth: int,
    source: str | Path,
    pooling: PoolingRules,
    content: ContentDigest,
) -> None:
    n_stimuli = len(written["stimuli/class"])
    is_numbers = dataset.dtype.kind in "fiu" and dataset.ndim > 1 and dataset.size
    if not is_numbers or len(dataset) != n_stimuli:
        raise InputError(
            f"{source}: layers/{layer} is {dataset.dtype} of the shape {dataset.shape}; expected"
            f" numbers of the shape ({n_stimuli}, …): {FORMAT}"
        )
    n_bytes = dataset.dtype.itemsize * math.prod(dataset.shape[1:])
    if n_bytes > MAX_STIMULUS_BYTES:
        raise InputError(
            f"{source}: layers/{layer} has {n_bytes / 1e9:.3g} GB of each stimulus; expected at"
            f" most {MAX_STIMULUS_BYTES / 1e9:.3g} GB: average over an axis, or leave it out"
        )
    n_axes = dataset.ndim - 1
    rule = pooling.of(layer, n_axes) or pooling.of(layer, n_axes, has_windows=True)
    averaged = tuple(rule.averaged) if rule else ()
    attributes: dict[str, Any] = {"depth": depth, "kind": str(dataset.attrs.get("kind", ""))}
    if rule:
        attributes["axes"] = " ".join(rule.kept)
    target = None
    for row in range(n_stimuli):
        with refusing_damage(source, expected=EXPECTED):
            values = dataset[row]
        values = np.atleast_1d(values.astype(np.float64).mean(axis=averaged))
        what = f"{source}: layers/{layer}, stimulus {row}"
        # As it is stored: float64 holds larger numbers.
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
        demand_finite(values, what, remedy="compute it again, in the range of 32-bit floats")
        if target is None:
            target = written.create_dataset(
                f"layers/{layer}", (n_stimuli, *values.shape), np.float32
            )
            target.attrs.update(attributes)
        target[row] = values
        content.add(layer, values[None])
