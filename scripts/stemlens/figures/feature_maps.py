"""Figures 1 and 3: the input and one feature map of each convolutional layer, for two stimuli."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stemlens.figures.song_labels import song_labels

FREQUENCY_TICKS_HZ = (100, 500, 1000, 2000, 4000, 8000)
NOT_COVERED = "0.8"


@dataclass(frozen=True)
class StimulusMaps:
    """One column of the figure.

    Attributes
    ----------
    song
        Name of the song.
    start_s
        Where the stimulus begins in the song.
    maps
        Layer → array (band, frame), from the input to the last convolutional layer.
    """

    song: str
    start_s: float
    maps: Mapping[str, np.ndarray]


def plot_feature_maps(
    stimuli: Sequence[StimulusMaps],
    *,
    strides: Mapping[str, tuple[int, int]],
    class_name: str,
    filter_number: int,
    duration_s: float,
    band_centres_hz: np.ndarray,
    input_label: str,
) -> Figure:
    """Draw a column per stimulus and a row per layer; each row has one scale of values.

    Values stand where their part of the input stands. Pools round down: what a map leaves out
    at its upper and right end is grey.

    Parameters
    ----------
    strides
        Layer → bands and frames of the input that one value of its map stands for.
    filter_number
        Which filter's map is drawn, from 1.
    duration_s
        Length of a stimulus.
    band_centres_hz : ndarray, shape (band,)
        Centre frequencies of the mel bands.
    input_label
        What the values of the input are, with their unit.
    """
    layers = list(stimuli[0].maps)
    n_bands, n_frames = stimuli[0].maps["input"].shape
    figure, axes = plt.subplots(
        len(layers),
        len(stimuli),
        figsize=(3.6 * len(stimuli) + 0.8, 1.7 * len(layers) + 0.6),
        sharex=True,
        squeeze=False,
    )
    for row, layer in zip(axes, layers, strict=True):
        bands, frames = stimuli[0].maps[layer].shape
        stride_bands, stride_frames = strides[layer]
        covered_s = frames * stride_frames * duration_s / n_frames
        low = min(float(stimulus.maps[layer].min()) for stimulus in stimuli)
        high = max(float(stimulus.maps[layer].max()) for stimulus in stimuli)
        for axis, stimulus in zip(row, stimuli, strict=True):
            image = axis.imshow(
                stimulus.maps[layer],
                origin="lower",
                aspect="auto",
                interpolation="nearest",
                cmap="magma",
                vmin=low,
                vmax=high,
                extent=(0, covered_s, 0, bands * stride_bands),
            )
            axis.set(xlim=(0, duration_s), ylim=(0, n_bands), facecolor=NOT_COVERED)
            axis.grid(visible=False)
            _label_frequencies(axis, band_centres_hz)
        is_input = layer == "input"
        row[0].set_ylabel("Frequency in Hz")
        title = "Input" if is_input else f"{layer}, filter {filter_number}"
        row[0].set_title(f"{title} ({bands} × {frames})", loc="left")
        label = input_label if is_input else "Activation"
        figure.colorbar(image, ax=list(row), label=label, aspect=12)
    for axis, stimulus in zip(axes[-1], stimuli, strict=True):
        axis.set_xlabel(f"Time in s, from {stimulus.start_s:g} s of the song")
    labels, families = song_labels(stimulus.song for stimulus in stimuli)
    for axis, stimulus in zip(axes[0], stimuli, strict=True):
        axis.annotate(
            f"{class_name}: {labels[stimulus.song]}",
            (0.5, 1.28),
            xycoords="axes fraction",
            ha="center",
            weight="bold",
            family=families,
        )
    return figure


def _label_frequencies(axis: Axes, band_centres_hz: np.ndarray) -> None:
    shown = [hz for hz in FREQUENCY_TICKS_HZ if hz <= band_centres_hz[-1]]
    bands = np.interp(shown, band_centres_hz, np.arange(len(band_centres_hz)) + 0.5)
    axis.set_yticks(bands, [f"{hz:g}" for hz in shown])
