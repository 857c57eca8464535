"""Transformed stimuli as the explorer plays them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from stemlens.explorer.encoding import mp3
from stemlens.keeps.item_inputs import input_batches, read_items
from stemlens.keeps.names import OTHER_SEGMENT


def heard_items(inputs: Sequence[str | Path], *, n_songs: int) -> pd.DataFrame:
    """Items that are heard: those of the first songs that have some, without other segments."""
    items = read_items(inputs)
    songs = items["song"].unique()[:n_songs]
    is_heard = items["song"].isin(songs) & (items["transformation"] != OTHER_SEGMENT)
    return items[is_heard].reset_index(drop=True)


def encode_transformed(items: pd.DataFrame, *, sample_rate_hz: int) -> dict[str, Any]:
    """Encode the waveform of every item.

    Parameters
    ----------
    items
        From `heard_items`, of files of waveforms.

    Returns
    -------
    dict
        ``sounds``: each with its ``song``, ``class``, ``transformation``, ``strength`` (None of the
        original) and ``audio``, see `stemlens.explorer.encoding.mp3`.
    """
    waveforms = (signal for batch in input_batches(items, batch_size=1) for signal in batch)
    sounds = []
    for row, signal in zip(items.to_dict("records"), waveforms, strict=True):
        about = {name: row[name] for name in ("song", "class", "transformation")}
        strength = None if math.isnan(row["strength"]) else row["strength"]
        audio = mp3(signal, sample_rate_hz)
        sounds.append({**about, "strength": strength, "audio": audio})
    return {"sounds": sounds}
