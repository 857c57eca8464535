"""Tables in HDF5 files: a group with a dataset per column."""

import h5py
import pandas as pd


def write_columns(group: h5py.Group, table: pd.DataFrame) -> None:
    """Write a table, a dataset per column."""
    for name, column in table.items():
        if pd.api.types.is_numeric_dtype(column):
            group[name] = column.to_numpy()
        else:
            write_text(group, name, column)
    group.attrs["columns"] = list(table.columns)


def write_text(group: h5py.Group, name: str, column: pd.Series) -> None:
    """Write a column of text as the dataset `name`."""
    # Not as the array's own dtype: pandas 3.0 drops what h5py keeps in it.
    data = column.to_numpy(dtype=object)
    group.create_dataset(name, data=data, dtype=h5py.string_dtype())


def read_columns(group: h5py.Group) -> pd.DataFrame:
    """Read what `write_columns` wrote."""
    columns = {}
    for name in group.attrs["columns"]:
        is_text = h5py.check_string_dtype(group[name].dtype) is not None
        columns[name] = group[name].asstr()[:] if is_text else group[name][:]
    return pd.DataFrame(columns)
