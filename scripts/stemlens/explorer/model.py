"""A model as the explorer shows it: how similar every two stimuli are, and its feature maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from stemlens.activations.store import feature_map_strides, layer_table
from stemlens.explorer.encoding import quantised, webp

MOST_BANDS, MOST_FRAMES = 256, 1024
"""Of a picture of a map: more than a screen shows. WebP takes 63 of them, one below the other."""


def encode_pairs(
    pairs: pd.DataFrame, stimuli: pd.DataFrame, measures: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Encode the similarity of every two stimuli.

    Parameters
    ----------
    pairs
        As `stemlens.similarity.pairs` tabulates them.
    stimuli
        ``class`` and ``song`` of each stimulus that is shown, in the order of their numbers.

    Returns
    -------
    dict
        Measure → layer → what `quantised` returns, for pairs (0, 1), (0, 2), …, (1, 2), …; those of
        one song, or of two folds, have no value.
    """
    number = {key: i for i, key in enumerate(zip(stimuli["class"], stimuli["song"], strict=True))}
    first, second = np.triu_indices(len(stimuli), 1)
    encoded: dict[str, dict[str, Any]] = {measure: {} for measure in measures}
    for layer, rows in pairs[_are_shown(pairs, stimuli)].groupby("layer", sort=False):
        a = [number[key] for key in zip(rows["class_a"], rows["song_a"], strict=True)]
        b = [number[key] for key in zip(rows["class_b"], rows["song_b"], strict=True)]
        for measure in measures:
            values = np.full((len(stimuli), len(stimuli)), np.nan)
            values[a, b] = values[b, a] = rows[measure].to_numpy(float)
            encoded[measure][str(layer)] = quantised(values[first, second])
    return encoded


def _are_shown(pairs: pd.DataFrame, stimuli: pd.DataFrame) -> pd.Series:
    songs = stimuli["song"].unique()
    return pairs["song_a"].isin(songs) & pairs["song_b"].isin(songs)


def encode_maps(
    activations: str | Path, stimuli: Sequence[int], *, n_filters: int
) -> dict[str, dict[str, Any]]:
    """Encode the feature maps of the first filters of each layer that has maps.

    Parameters
    ----------
    activations
        File as described in `stemlens.activations.store`.
    stimuli
        Rows of the file that are shown, in ascending order.
    n_filters
        Of each layer, at most.

    Returns
    -------
    dict
        Layer → ``filters``, ``bands``, ``frames``; ``covers``, the shares of the input's bands and
        frames that the map stands for, from its lower left corner, or None where that is not
        known; ``low`` and ``high`` of each filter over all stimuli, in black and white; and
        ``images``, one per stimulus with a map per filter, one below the other. Maps larger than
        `MOST_BANDS` by `MOST_FRAMES` are averaged down to that.
    """
    encoded: dict[str, dict[str, Any]] = {}
    strides = feature_map_strides(activations)
    with h5py.File(activations) as file:
        for row in layer_table(activations).itertuples():
            if not _has_maps(row):
                continue
            maps = file["layers"][row.layer][list(stimuli), :n_filters]
            if _is_time_first(row.axes):
                maps = maps.swapaxes(2, 3)
            _, filters, bands, frames = maps.shape
            maps = _averaged(_averaged(maps, 2, MOST_BANDS), 3, MOST_FRAMES)
            low, high = maps.min(axis=(0, 2, 3)), maps.max(axis=(0, 2, 3))
            encoded[row.layer] = {
                "filters": filters,
                "bands": bands,
                "frames": frames,
                "covers": _covers(file["layers"], (bands, frames), strides.get(row.layer)),
                "low": low.tolist(),
                "high": high.tolist(),
                "images": [webp(of_stimulus, low, high) for of_stimulus in maps],
            }
    return encoded


def _has_maps(row: Any) -> bool:
    """Whether a layer is a map per filter; the input is shown as a spectrogram anyway."""
    return row.depth > 0 and len(row.shape) == 3 and row.shape[1] * row.shape[2] > 1


def _is_time_first(axes: str) -> bool:
    """Whether a map has its frames before its bands."""
    names = axes.split()
    return {"band", "time"} <= {*names} and names.index("time") < names.index("band")


def _averaged(maps: np.ndarray, axis: int, most: int) -> np.ndarray:
    """Means of neighbours along an axis, so that it has at most so many values."""
    n = maps.shape[axis]
    if n <= most:
        return maps
    starts = np.linspace(0, n, most, endpoint=False).astype(int)
    counts = np.diff([*starts, n])
    shape = [-1 if each == axis else 1 for each in range(maps.ndim)]
    return np.add.reduceat(maps, starts, axis=axis) / counts.reshape(shape)


def _covers(
    layers: h5py.Group, size: tuple[int, int], stride: tuple[int, int] | None
) -> list[float] | None:
    """Shares of the input's bands and frames that a map of some size and stride stands for."""
    if stride is None:
        return None
    return [
        n * each / whole
        for n, each, whole in zip(size, stride, layers["input"].shape[-2:], strict=True)
    ]
