"""The segments of a song or split, as a table."""

from pathlib import Path

import h5py
import pandas as pd

from stemlens.audio.segment_columns import active_column


def read_segment_table(path: str | Path) -> pd.DataFrame:
    """Read the segments of a song or split.

    Returns
    -------
    DataFrame
        Columns ``song``, ``segment`` (number in the song), ``start_s`` and, where segments have
        stems, ``active_s_<class>``.
    """
    with h5py.File(path) as file:
        table = pd.DataFrame(
            {
                "song": file["song"].asstr()[:],
                "segment": file["segment"][:],
                "start_s": file["start_s"][:],
            }
        )
        if "active_s" in file:
            for name, column in zip(file.attrs["classes"], file["active_s"][:].T, strict=True):
                table[active_column(name)] = column
        return table
