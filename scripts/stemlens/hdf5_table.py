"""Tables in HDF5 files: a group with a dataset per column."""

import h5py
import pandas as pd


def write_columns(group: h5py.Group, table: pd.DataFrame) -> None:
    """Write a table, a dataset per column."""
    for name, column in table.items():
        is_number = pd.api.types.is_numeric_dtype(column)
        group[name] = column.to_numpy(dtype=None if is_number else h5py.string_dtype())
    group.attrs["columns"] = list(table.columns)


def read_columns(group: h5py.Group) -> pd.DataFrame:
    """Read what `write_columns` wrote."""
    columns = {}
    for name in group.attrs["columns"]:
        is_text = h5py.check_string_dtype(group[name].dtype) is not None
        columns[name] = group[name].asstr()[:] if is_text else group[name][:]
    return pd.DataFrame(columns)
