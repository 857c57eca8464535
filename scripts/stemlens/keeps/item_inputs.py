"""Inputs of models beside the stimuli, on disk: gained mixes, transformed stimuli, rendered songs.

An HDF5 file holds the inputs of one song, or of several: ``input`` float32 (item, …), log-mel
spectrograms (item, band, frame) in dB or waveforms (item, sample); and a group ``items`` with a
dataset per column of the table of items, ``song`` among them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from stemlens.errors import InputError
from stemlens.finite import demand_finite
from stemlens.hdf5_file import new_hdf5
from stemlens.hdf5_table import read_columns, write_columns


def write_inputs(path: str | Path, inputs: np.ndarray, items: pd.DataFrame) -> None:
    """Write inputs, float32 (item, …), and a row about each; of a song without a segment, none.

    Raises
    ------
    InputError
        If a value is NaN or infinite.
    """
    demand_finite(inputs, f"{path}: inputs", remedy="check the song's audio")
    with new_hdf5(path) as file:
        chunks = (1, *inputs.shape[1:]) if len(inputs) else None
        file.create_dataset("input", data=np.asarray(inputs, np.float32), chunks=chunks)
        write_columns(file.create_group("items"), items)


def read_items(paths: Sequence[str | Path]) -> pd.DataFrame:
    """Join the tables of items; ``path`` and ``row`` say where the input of each one stands."""
    tables = []
    for path in paths:
        with h5py.File(path) as file:
            table = read_columns(file["items"])
        tables.append(table.assign(path=str(path), row=range(len(table))))
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def input_batches(items: pd.DataFrame, *, batch_size: int) -> Iterator[np.ndarray]:
    """Read the inputs of items, rows of `read_items`, batch by batch.

    Yields
    ------
    ndarray, float32, shape (item, …)

    Raises
    ------
    InputError
        If a file is missing.
    """
    batch: list[np.ndarray] = []
    for path, of_file in items.groupby((items["path"] != items["path"].shift()).cumsum()):
        path = of_file["path"].iloc[0]
        if not Path(path).is_file():
            raise InputError(f"{path}: found no such file; expected inputs: run the workflow again")
        with h5py.File(path) as file:
            for row in of_file["row"]:
                batch.append(file["input"][row])
                if len(batch) == batch_size:
                    yield np.stack(batch)
                    batch = []
    if batch:
        yield np.stack(batch)
