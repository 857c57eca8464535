"""Log-mel spectrograms of all mixes of a segment (paper, Table 1, input)."""

import numpy as np

from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.mixes import mix_targets, pair_weights, stem_pairs
from stemlens.errors import InputError

FRAMES_AT_ONCE = 20
"""Intermediate results of this many frames fit into the processor's cache."""

BAND_GROUPS = 8
"""Number of groups of neighbouring bands; each is multiplied with only the bins it needs."""


def log_mels_of_mixes(
    stems: np.ndarray,
    filters: np.ndarray,
    settings: MelSettings,
    amplitudes: np.ndarray | None = None,
) -> np.ndarray:
    """Compute the log-mel spectrograms of mixes without mixing signals.

    As the Fourier transform and the mel filters are linear, the mel power of a mix is a weighted
    sum of the mel power of its stems and of their cross terms: n transforms and n (n + 1) / 2
    spectra are enough for any number of mixes.

    Parameters
    ----------
    stems : ndarray, shape (class, sample)
    filters : ndarray, float64, shape (band, bin)
        As from `stemlens.audio.mel_filters.mel_filters`.
    amplitudes : ndarray, shape (mix, class), optional
        Factor of each stem in each mix, such as targets; those of `mix_targets` by default.

    Returns
    -------
    ndarray, float32, shape (mix, band, frame)
        10·log10(max(power, floor)) in dB. Frames are centred on multiples of the hop, with zero
        padding at both ends.
    """
    n_classes, n_samples = stems.shape
    pairs = stem_pairs(n_classes)
    frames = _frames(stems, settings)
    # The periodic window of spectral analysis; np.hanning is symmetric.
    window = np.hanning(settings.n_fft + 1)[:-1]
    groups = _band_groups(filters)
    mels = np.empty((len(pairs), n_frames(n_samples, settings.hop_length), settings.n_mels))
    n_parts = 2 * (settings.n_fft // 2 + 1)
    powers = np.empty((len(pairs), FRAMES_AT_ONCE, n_parts))
    for first in range(0, mels.shape[1], FRAMES_AT_ONCE):
        rows = slice(first, first + FRAMES_AT_ONCE)
        spectra = np.fft.rfft(frames[:, rows] * window)
        # Re(X·conj Y) = Re X·Re Y + Im X·Im Y: a product of parts, summed by the filters.
        parts = spectra.view(np.float64)
        powers = powers[:, : parts.shape[1]]
        for power, (i, j) in zip(powers, pairs, strict=True):
            np.multiply(parts[i], parts[j], out=power)
        for bands, used, weights in groups:
            mels[:, rows, bands] = powers[..., used] @ weights
    weights_of_pairs = pair_weights(mix_targets(n_classes) if amplitudes is None else amplitudes)
    mixes = np.einsum("mp,pfb->mbf", weights_of_pairs, mels, optimize=True)
    floor = 10 ** (settings.floor_db / 10)
    return (10 * np.log10(np.maximum(mixes, floor))).astype(np.float32)


def demand_signal(mel: np.ndarray, settings: MelSettings, what: str) -> None:
    """Check that a spectrogram, float32 (band, frame) in dB, exceeds the floor.

    Raises
    ------
    InputError
        If all values are equal; the message names its signal, `what`.
    """
    if mel.min() == mel.max():
        raise InputError(
            f"{what}: nothing in its spectrogram is louder than mel.floor_db,"
            f" {settings.floor_db:g} dB; expected a signal above it: lower mel.floor_db, or remove"
            " the song from the corpus if it is silent there"
        )


def _frames(stems: np.ndarray, settings: MelSettings) -> np.ndarray:
    """(class, frame, sample), a view."""
    half = settings.n_fft // 2
    padded = np.pad(stems.astype(np.float64), [(0, 0), (half, half)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, settings.n_fft, axis=1)
    return frames[:, :: settings.hop_length][:, : n_frames(stems.shape[1], settings.hop_length)]


def _band_groups(filters: np.ndarray) -> list[tuple[slice, slice, np.ndarray]]:
    """Bands, the real and imaginary parts that they depend on, and weights (part, band)."""
    of_parts = np.repeat(filters, 2, axis=1)
    groups = []
    for rows in np.array_split(np.arange(len(filters)), min(BAND_GROUPS, len(filters))):
        bands = slice(rows[0], rows[-1] + 1)
        used = np.flatnonzero(of_parts[bands].any(axis=0))
        parts = slice(used[0], used[-1] + 1) if used.size else slice(0)
        groups.append((bands, parts, np.ascontiguousarray(of_parts[bands, parts].T)))
    return groups
