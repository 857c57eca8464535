"""A model as the explorer shows it: how similar every two stimuli are, and its feature maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from stemlens.activations.store import layer_table
from stemlens.explorer.encoding import quantised, webp


def encode_pairs(
    pairs: pd.DataFrame, stimuli: pd.DataFrame, measures: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Encode the similarity of every two stimuli.

    Parameters
    ----------
    pairs
        As `stemlens.similarity.pairs` tabulates them.
    stimuli
        ``class`` and ``song`` of each stimulus, in the order in which pages number them.

    Returns
    -------
    dict
        Measure → layer → what `quantised` returns, for pairs (0, 1), (0, 2), …, (1, 2), …; those of
        one song have no value.
    """
    number = {key: i for i, key in enumerate(zip(stimuli["class"], stimuli["song"], strict=True))}
    first, second = np.triu_indices(len(stimuli), 1)
    encoded: dict[str, dict[str, Any]] = {measure: {} for measure in measures}
    for layer, rows in pairs.groupby("layer", sort=False):
        a = [number[key] for key in zip(rows["class_a"], rows["song_a"], strict=True)]
        b = [number[key] for key in zip(rows["class_b"], rows["song_b"], strict=True)]
        for measure in measures:
            values = np.full((len(stimuli), len(stimuli)), np.nan)
            values[a, b] = values[b, a] = rows[measure].to_numpy(float)
            encoded[measure][str(layer)] = quantised(values[first, second])
    return encoded


def encode_maps(activations: str | Path, *, n_filters: int) -> dict[str, dict[str, Any]]:
    """Encode the feature maps of the first filters of each layer that has maps.

    Parameters
    ----------
    activations
        File as described in `stemlens.activations.store`.
    n_filters
        Of each layer, at most.

    Returns
    -------
    dict
        Layer → ``filters``, ``bands``, ``frames``; ``covers``, the shares of the input's bands and
        frames that the map stands for, from its lower left corner, or None where that is not
        known; ``low`` and ``high`` of each filter over all stimuli, in black and white; and
        ``images``, one per stimulus with a map per filter, one below the other.
    """
    encoded: dict[str, dict[str, Any]] = {}
    with h5py.File(activations) as file:
        layers = file["layers"]
        n_bands, n_frames = _input_size(layers)
        shown = [row for row in layer_table(activations).itertuples() if _has_maps(row)]
        for row in shown:
            maps = layers[row.layer][:, :n_filters]
            _, filters, bands, frames = maps.shape
            stride = layers[row.layer].attrs.get("stride")
            low, high = maps.min(axis=(0, 2, 3)), maps.max(axis=(0, 2, 3))
            encoded[row.layer] = {
                "filters": filters,
                "bands": bands,
                "frames": frames,
                "covers": None
                if stride is None
                else [bands * int(stride[0]) / n_bands, frames * int(stride[1]) / n_frames],
                "low": low.tolist(),
                "high": high.tolist(),
                "images": [webp(of_stimulus, low, high) for of_stimulus in maps],
            }
    return encoded


def _has_maps(row: Any) -> bool:
    """Whether a layer is a map per filter; the input is shown as a spectrogram anyway."""
    return row.depth > 0 and len(row.shape) == 3 and row.shape[1] * row.shape[2] > 1


def _input_size(layers: h5py.Group) -> tuple[int, int]:
    """Bands and frames of the input where strides refer to them."""
    shape = layers["input"].shape if "input" in layers else ()
    return tuple(shape[-2:]) if len(shape) == 4 else (1, 1)
