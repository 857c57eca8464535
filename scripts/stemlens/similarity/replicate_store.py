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
from stemlens.hdf5_table import read_columns, write_columns
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
        write_columns(file.create_group("table"), table)
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
        return read_columns(file["table"]), file["replicates"][:]


def _sufficient_type(values: np.ndarray) -> type[np.floating]:
    magnitudes = np.abs(values[np.isfinite(values) & (values != 0)])
    limits = np.finfo(np.float32)
    fits = magnitudes.size == 0 or (
        limits.smallest_normal <= magnitudes.min() and magnitudes.max() <= limits.max
    )
    return np.float32 if fits else np.float64
