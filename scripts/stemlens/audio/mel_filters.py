"""The mel filter bank, computed once per run: importing librosa takes longer than using it."""

from pathlib import Path

import h5py
import numpy as np

from stemlens.audio.mel_settings import MelSettings
from stemlens.hdf5_file import new_hdf5


def mel_filters(settings: MelSettings) -> np.ndarray:
    """Compute librosa's mel filter bank, float64 (band, bin)."""
    import librosa.filters

    filters = librosa.filters.mel(
        sr=settings.sample_rate_hz,
        n_fft=settings.n_fft,
        n_mels=settings.n_mels,
        fmin=settings.f_min_hz,
        fmax=settings.f_max_hz,
    )
    return filters.astype(np.float64)


def band_centres_hz(settings: MelSettings) -> np.ndarray:
    """Compute the centre frequency of each mel band in Hz, float64 (band,)."""
    import librosa

    edges_and_centres = librosa.mel_frequencies(
        settings.n_mels + 2, fmin=settings.f_min_hz, fmax=settings.f_max_hz
    )
    return edges_and_centres[1:-1]


def write_filters(path: str | Path, settings: MelSettings) -> None:
    """Write ``filters`` (band, bin) and ``centre_hz`` (band,) to HDF5."""
    with new_hdf5(path) as file:
        file["filters"] = mel_filters(settings)
        file["centre_hz"] = band_centres_hz(settings)


def read_filters(path: str | Path) -> np.ndarray:
    """Read the filter bank, float64 (band, bin)."""
    with h5py.File(path) as file:
        return file["filters"][:]


def read_band_centres_hz(path: str | Path) -> np.ndarray:
    """Read the bands' centre frequencies in Hz, float64 (band,)."""
    with h5py.File(path) as file:
        return file["centre_hz"][:]
