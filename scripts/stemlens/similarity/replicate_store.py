"""A model's mean similarities and their bootstrap replicates on disk.

The HDF5 file holds a group ``table`` with a dataset per column of the table, and ``replicates``
(replicate, row): float32, or float64 where float32 would make a value infinite, zero or coarse.
"""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from stemlens.hdf5_file import new_hdf5
from stemlens.sources import demand_sources


def write_replicates(
    path: str | Path,
    table: pd.DataFrame,
    replicates: np.ndarray,
    *,
    sources: Sequence[str | Path] = (),
) -> None:
    """Write what `stemlens.similarity.mean_similarity.summarise` returns, made from `sources`."""
    with new_hdf5(path, sources=sources) as file:
        for name, column in table.items():
            is_number = pd.api.types.is_numeric_dtype(column)
            values = column.to_numpy(dtype=None if is_number else h5py.string_dtype())
            file.create_dataset(f"table/{name}", data=values)
        file["table"].attrs["columns"] = list(table.columns)
        file.create_dataset("replicates", data=replicates, dtype=_sufficient_type(replicates))


def read_replicates(path: str | Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Read what `write_replicates` wrote; replicates in the type in which they are stored.

    Raises
    ------
    InputError
        As of `stemlens.sources.demand_sources`.
    """
    demand_sources(path)
    with h5py.File(path) as file:
        table = {}
        for name in file["table"].attrs["columns"]:
            column = file["table"][name]
            is_text = h5py.check_string_dtype(column.dtype) is not None
            table[name] = column.asstr()[:] if is_text else column[:]
        return pd.DataFrame(table), file["replicates"][:]


def _sufficient_type(values: np.ndarray) -> type[np.floating]:
    magnitudes = np.abs(values[np.isfinite(values) & (values != 0)])
    limits = np.finfo(np.float32)
    fits = magnitudes.size == 0 or (
        limits.smallest_normal <= magnitudes.min() and magnitudes.max() <= limits.max
    )
    return np.float32 if fits else np.float64
