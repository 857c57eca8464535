"""Active time of signals."""

import numpy as np
from numpy.typing import ArrayLike


def active_s(
    signals: np.ndarray,
    *,
    sample_rate_hz: int,
    frame_length: int,
    hop_length: int,
    threshold_db: ArrayLike,
) -> np.ndarray:
    """Compute the active time: the number of frames with an RMS above a threshold, times the hop.

    Frames are centred on multiples of the hop, with zero padding at both ends. Only complete hops
    count, so that the result never exceeds the duration.

    Parameters
    ----------
    signals : ndarray, shape (..., sample)
        Full scale is ±1.
    frame_length, hop_length
        In samples.
    threshold_db
        In dB relative to an RMS of 1 (dBFS); a number or an array.

    Returns
    -------
    ndarray, float64, shape (...) or (*thresholds, ...)
        Seconds.
    """
    half = frame_length // 2
    padding = [(0, 0)] * (signals.ndim - 1) + [(half, half)]
    padded = np.pad(signals.astype(np.float64), padding)
    n_frames = signals.shape[-1] // hop_length
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame_length, axis=-1)
    frames = frames[..., ::hop_length, :][..., :n_frames, :]
    mean_square = np.einsum("...fs,...fs->...f", frames, frames) / frame_length
    # NumPy's power of an array may differ in the last bit from that of a scalar.
    thresholds = np.vectorize(lambda level_db: 10 ** (level_db / 10))(threshold_db)
    active = np.less.outer(thresholds, mean_square)
    return active.sum(axis=-1) * (hop_length / sample_rate_hz)
