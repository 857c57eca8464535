"""Checking that songs of each split could be read."""

import pandas as pd

from stemlens.errors import InputError


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
