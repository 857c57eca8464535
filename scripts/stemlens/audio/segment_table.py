"""The segments of a song or split, as a table, and whether there can be any."""

from pathlib import Path

import h5py
import pandas as pd

from stemlens.audio.segment_columns import active_column
from stemlens.errors import InputError


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


def demand_read_songs(songs: pd.DataFrame, is_read: pd.Series) -> None:
    """Check that at least one song of each split could be read.

    Parameters
    ----------
    songs
        ``song``, ``split`` and ``reason``, in any number of rows per song.
    is_read
        Whether the song of each row could be read.

    Raises
    ------
    InputError
        If none could; the message gives the first reason.
    """
    for split, rows in songs.groupby("split", sort=False):
        if not is_read[rows.index].any():
            raise InputError(
                f"split {split}: none of its songs can be read; expected one or more. The first:"
                f" {rows['song'].iloc[0]}: {rows['reason'].iloc[0]}"
            )
