"""Splits of which no song could be read."""

import pandas as pd

from stemlens.errors import InputError


def demand_read_songs(songs: pd.DataFrame, is_read: pd.Series) -> None:
    """Refuse a split of which no song could be read.

    Parameters
    ----------
    songs
        ``song``, ``split`` and ``reason``, in any number of rows per song.
    is_read
        Whether the song of each row could be read.

    Raises
    ------
    InputError
        If none of a split could; the first reason is named.
    """
    for split, rows in songs.groupby("split", sort=False):
        if not is_read[rows.index].any():
            raise InputError(
                f"split {split}: none of its songs can be read; expected one at least. The first:"
                f" {rows['song'].iloc[0]}: {rows['reason'].iloc[0]}"
            )
