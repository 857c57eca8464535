"""Settings of mel spectrograms (standard library alone)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Slaney's mel scale (Auditory Toolbox, 1998): linear up to 1000 Hz, then logarithmic.
LINEAR_HZ_PER_MEL = 200 / 3
LOGARITHMIC_FROM_HZ = 1000.0
LOGARITHMIC_FROM_MEL = LOGARITHMIC_FROM_HZ / LINEAR_HZ_PER_MEL
LOGARITHMIC_STEP = math.log(6.4) / 27

ROUNDING_BINS = 1e-9
"""Tolerance for frequencies on a band's edge, which are outside the band."""


@dataclass(frozen=True)
class MelSettings:
    """Settings of a mel spectrogram.

    Attributes
    ----------
    n_fft, hop_length
        In samples; the window is a periodic Hann window of `n_fft` samples.
    n_mels
        Number of bands, on Slaney's mel scale with Slaney's area normalisation.
    floor_db
        Lowest level: lower power is raised to it.
    """

    sample_rate_hz: int
    n_fft: int
    hop_length: int
    n_mels: int
    f_min_hz: float
    f_max_hz: float
    floor_db: float

    @classmethod
    def from_settings(cls, sample_rate_hz: int, settings: Mapping[str, Any]) -> "MelSettings":
        """Build from the config's section ``mel``; `f_max_hz` None is half the sample rate."""
        f_max_hz = settings["f_max_hz"]
        if f_max_hz is None:
            f_max_hz = sample_rate_hz / 2
        return cls(**{**settings, "sample_rate_hz": sample_rate_hz, "f_max_hz": f_max_hz})


def n_frames(n_samples: int, hop_length: int) -> int:
    """Number of frames of a spectrogram: complete hops of the signal."""
    return n_samples // hop_length


def bands_without_bin(settings: MelSettings) -> list[int]:
    """Find bands, numbered from 0, that are so narrow that they contain no frequency bin.

    A band extends from the centre of its lower neighbour to that of its upper one, both excluded.
    Without a bin its filter is zero, and the band is constant in every spectrogram.
    """
    bin_hz = settings.sample_rate_hz / settings.n_fft
    edges = [hz / bin_hz for hz in _band_edges_hz(settings)]
    without = []
    for band, (low, high) in enumerate(zip(edges[:-2], edges[2:], strict=True)):
        first_bin = math.floor(low + ROUNDING_BINS) + 1
        if first_bin > min(settings.n_fft // 2, high - ROUNDING_BINS):
            without.append(band)
    return without


def _band_edges_hz(settings: MelSettings) -> list[float]:
    """Lower edge of the lowest band, all centres, and upper edge of the highest band, in Hz."""
    low, high = _hz_to_mel(settings.f_min_hz), _hz_to_mel(settings.f_max_hz)
    step = (high - low) / (settings.n_mels + 1)
    return [_mel_to_hz(low + number * step) for number in range(settings.n_mels + 2)]


def _hz_to_mel(hz: float) -> float:
    if hz < LOGARITHMIC_FROM_HZ:
        return hz / LINEAR_HZ_PER_MEL
    return LOGARITHMIC_FROM_MEL + math.log(hz / LOGARITHMIC_FROM_HZ) / LOGARITHMIC_STEP


def _mel_to_hz(mel: float) -> float:
    if mel < LOGARITHMIC_FROM_MEL:
        return mel * LINEAR_HZ_PER_MEL
    return LOGARITHMIC_FROM_HZ * math.exp(LOGARITHMIC_STEP * (mel - LOGARITHMIC_FROM_MEL))
