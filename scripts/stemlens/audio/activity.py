"""For how long a signal is active."""

import numpy as np


def active_s(
    signals: np.ndarray,
    *,
    sample_rate_hz: int,
    frame_length: int,
    hop_length: int,
    threshold_db: float,
) -> np.ndarray:
    """Active time: hop times the number of frames whose RMS exceeds a threshold.

    Frames are centred on multiples of the hop, with silence beyond the ends; a frame counts
    where its whole hop lies in the signal, so that the result never exceeds the duration.

    Parameters
    ----------
    signals : ndarray, shape (..., sample)
        Full scale is ±1.
    sample_rate_hz
        Sample rate.
    frame_length, hop_length
        In samples.
    threshold_db
        In dB relative to an RMS of 1 (dBFS).

    Returns
    -------
    ndarray, float64, shape (...)
        Seconds.
    """
    half = frame_length // 2
    padding = [(0, 0)] * (signals.ndim - 1) + [(half, half)]
    padded = np.pad(signals.astype(np.float64), padding)
    n_frames = signals.shape[-1] // hop_length
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame_length, axis=-1)
    frames = frames[..., ::hop_length, :][..., :n_frames, :]
    mean_square = np.einsum("...fs,...fs->...f", frames, frames) / frame_length
    active = mean_square > 10 ** (threshold_db / 10)
    return active.sum(axis=-1) * (hop_length / sample_rate_hz)
