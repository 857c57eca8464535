"""Log-amplitude mel spectrograms of all mixes of a segment (paper, Table 1, input)."""

import numpy as np
import scipy.fft
import scipy.signal
import scipy.sparse

from stemlens.audio.mel_settings import MelSettings, n_frames
from stemlens.audio.mixes import pair_weights, stem_pairs


def mel_filters(settings: MelSettings) -> scipy.sparse.csr_array:
    """Mel filter bank, as librosa defines it.

    Returns
    -------
    csr_array, float64, shape (band, bin)
        Sparse: a bin feeds at most two bands.
    """
    import librosa.filters  # Takes a second, and only this step needs it.

    filters = librosa.filters.mel(
        sr=settings.sample_rate_hz,
        n_fft=settings.n_fft,
        n_mels=settings.n_mels,
        fmin=settings.f_min_hz,
        fmax=settings.f_max_hz,
    )
    return scipy.sparse.csr_array(filters.astype(np.float64))


def band_centres_hz(settings: MelSettings) -> np.ndarray:
    """Centre frequency of each mel band in Hz, float64 (band,)."""
    import librosa

    edges_and_centres = librosa.mel_frequencies(
        settings.n_mels + 2, fmin=settings.f_min_hz, fmax=settings.f_max_hz
    )
    return edges_and_centres[1:-1]


def log_mels_of_mixes(
    stems: np.ndarray, filters: scipy.sparse.csr_array, settings: MelSettings
) -> np.ndarray:
    """Compute the log mel spectrogram of every mix without mixing.

    The Fourier transform and the mel filters are linear, so the mel power of each mix is a
    weighted sum of the mel power of its stems and of their cross terms: n transforms serve all
    2**n − 1 mixes.

    Parameters
    ----------
    stems : ndarray, shape (class, sample)
        One signal per class.
    filters
        From `mel_filters`.
    settings
        How to compute.

    Returns
    -------
    ndarray, float32, shape (mix, band, frame)
        10·log10(max(power, floor)) in dB. Mixes as in `mix_targets`. Frames are centred on
        multiples of the hop, with silence beyond the ends.
    """
    spectra = _spectra(stems, settings)
    n_classes, n_bins, frames = spectra.shape
    pairs = stem_pairs(n_classes)
    powers = np.empty((n_bins, len(pairs), frames))
    for column, (i, j) in enumerate(pairs):
        powers[:, column] = (spectra[i] * spectra[j].conj()).real
    mels = (filters @ powers.reshape(n_bins, -1)).reshape(-1, len(pairs), frames)
    mixes = np.einsum("mp,bpf->mbf", pair_weights(n_classes), mels, optimize=True)
    floor = 10 ** (settings.floor_db / 10)
    return (10 * np.log10(np.maximum(mixes, floor))).astype(np.float32)


def _spectra(stems: np.ndarray, settings: MelSettings) -> np.ndarray:
    half = settings.n_fft // 2
    padded = np.pad(stems.astype(np.float64), [(0, 0), (half, half)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, settings.n_fft, axis=1)
    frames = frames[:, :: settings.hop_length]
    frames = frames[:, : n_frames(stems.shape[1], settings.hop_length)]
    window = scipy.signal.get_window("hann", settings.n_fft)
    return scipy.fft.rfft(frames * window, axis=-1).transpose(0, 2, 1)
