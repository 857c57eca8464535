"""An oracle for log-mel spectrograms."""

import librosa
import numpy as np
from stemlens.audio.mel_settings import MelSettings


def librosa_log_mel(samples: np.ndarray, settings: MelSettings) -> np.ndarray:
    """Librosa's spectrogram in dB, (band, frame), of as many frames as there are whole hops."""
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=settings.sample_rate_hz,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        n_mels=settings.n_mels,
        fmin=settings.f_min_hz,
        fmax=settings.f_max_hz,
    )
    floor = librosa.db_to_power(settings.floor_db)
    return 10 * np.log10(np.maximum(power, floor))[:, : len(samples) // settings.hop_length]
