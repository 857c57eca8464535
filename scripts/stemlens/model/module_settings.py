"""A network that is not the paper's, as the config describes it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from stemlens.audio.mel_store import spectrogram_batches
from stemlens.audio.waveform_store import files_by_song, waveform_batches
from stemlens.errors import InputError
from stemlens.front_end.windows import Windows
from stemlens.layers.hooks import HookedLayers
from stemlens.layers.pooling import PoolingRules
from stemlens.model.factory import build_network

WAVEFORM, MEL = "waveform", "mel"
"""What a network takes."""


@dataclass(frozen=True)
class ModuleSettings:
    """How a network is made, what it takes, and what is read of it.

    Attributes
    ----------
    factory, arguments
        See `stemlens.model.factory.build_network`.
    layers, pooling, call, output, batch_size
        See `stemlens.layers.hooks.HookedLayers`.
    input
        `WAVEFORM` or `MEL`, the workflow's own spectrograms.
    sample_rate_hz, window_s, hop_s
        Of waveforms; without a window the network takes a stimulus as a whole.
    """

    factory: str
    layers: Sequence[str]
    input: str = WAVEFORM
    arguments: Mapping[str, Any] = field(default_factory=dict)
    weights: str | None = None
    sample_rate_hz: int = 0
    window_s: float | None = None
    hop_s: float | None = None
    pooling: str | Mapping[str, str] | None = None
    call: int | None = None
    output: int | str | Mapping[str, int | str] | None = None
    batch_size: int = 8

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.input not in (WAVEFORM, MEL):
            raise InputError(f"input: found {self.input!r}; expected {WAVEFORM} or {MEL}")
        rate_hz = self.sample_rate_hz
        if self.input == WAVEFORM and (not isinstance(rate_hz, int) or rate_hz < 1):
            raise InputError(
                f"sample_rate_hz: found {rate_hz!r}; expected the rate of the waveforms that the"
                " network takes in Hz, such as 16000"
            )
        for key in ("window_s", "hop_s"):
            value = getattr(self, key)
            if value is not None and (not isinstance(value, int | float) or value <= 0):
                raise InputError(f"{key}: found {value!r}; expected more than 0 s, or none")

    @property
    def windows(self) -> Windows | None:
        """How waveforms are cut."""
        return Windows.from_seconds(self.window_s, self.hop_s, self.sample_rate_hz)

    def network(self, *, pretrained: bool, seed: int = 0) -> nn.Module:
        """Build it, in evaluation mode."""
        weights = {"weights": self.weights} if self.weights else {}
        return build_network(
            self.factory, {**self.arguments, **weights}, pretrained=pretrained, seed=seed
        )

    def reader(self, network: nn.Module) -> HookedLayers:
        """Read the layers of what `network` has built."""
        return HookedLayers(
            network,
            self.layers,
            pooling=PoolingRules.from_settings(self.pooling),
            windows=self.windows,
            call=self.call,
            output=self.output,
            batch_size=self.batch_size,
        )

    def batches(
        self, stimuli: pd.DataFrame, *, mels: str | None, waveforms: Sequence[str]
    ) -> Callable[..., Iterator[np.ndarray]]:
        """Inputs of stimuli, as `stemlens.activations.extraction.write_activations` takes them.

        Parameters
        ----------
        stimuli
            ``song`` and ``mix``; for `MEL` also ``row``.
        mels
            HDF5 of the split, for `MEL`.
        waveforms
            HDF5 files of its songs, for `WAVEFORM`.
        """
        if self.input == MEL:
            assert mels
            return partial(spectrogram_batches, mels, stimuli["row"], stimuli["mix"])
        return partial(waveform_batches, files_by_song(waveforms), stimuli["song"], stimuli["mix"])
