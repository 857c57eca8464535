"""How a signal becomes a mel spectrogram; needs no numerical library."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MelSettings:
    """How a signal becomes a mel spectrogram.

    Attributes
    ----------
    sample_rate_hz
        Of the signal.
    n_fft, hop_length
        In samples; the window is a periodic Hann window of `n_fft` samples.
    n_mels
        Number of bands, on Slaney's mel scale with Slaney's area normalisation.
    f_min_hz, f_max_hz
        Range of the bands.
    floor_db
        Least level: power below it is raised to it.
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
        """Build from plain settings, in which an `f_max_hz` of None is half the sample rate."""
        f_max_hz = settings["f_max_hz"]
        if f_max_hz is None:
            f_max_hz = sample_rate_hz / 2
        return cls(**{**settings, "sample_rate_hz": sample_rate_hz, "f_max_hz": f_max_hz})


def n_frames(n_samples: int, hop_length: int) -> int:
    """Number of frames of a spectrogram: whole hops that lie in the signal."""
    return n_samples // hop_length
