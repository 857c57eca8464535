"""Decoded audio, before it is brought to the sample rate of the experiment."""

from dataclasses import dataclass

import av
import numpy as np
import soxr

from stemlens.errors import InputError


@dataclass(frozen=True)
class Signal:
    """A mono signal and where it is from.

    Attributes
    ----------
    samples : ndarray, float32, shape (sample,)
        Full scale is ±1.
    sample_rate_hz
        Its rate.
    source
        File, and stem if there are several, for messages.
    """

    samples: np.ndarray
    sample_rate_hz: int
    source: str


def decoded_blocks(
    packet: "av.Packet[av.AudioStream]", resampler: av.AudioResampler
) -> list[np.ndarray]:
    """Decode a packet and average its channels.

    Parameters
    ----------
    packet
        The packet; the last of a stream is empty.
    resampler
        To planar float32; the same one for all packets of a stream.

    Returns
    -------
    list of ndarray, float32, shape (sample,)
    """
    return [
        planar.to_ndarray().mean(axis=0)
        for frame in packet.decode()
        for planar in resampler.resample(frame)
    ]


def demand_samples(signal: Signal) -> None:
    """Raise InputError if there is no sample, or one that is not a finite number."""
    if signal.samples.size == 0:
        raise InputError(f"{signal.source}: holds no sample; copy the song again")
    finite = np.isfinite(signal.samples)
    if not finite.all():
        at_s = int(np.argmin(finite)) / signal.sample_rate_hz
        raise InputError(
            f"{signal.source}: a sample at {at_s:.3f} s is not a finite number;"
            " repair the file or take the song out of the corpus"
        )


def resample(signal: Signal, sample_rate_hz: int) -> np.ndarray:
    """Bring a signal to another sample rate (soxr, high quality)."""
    if signal.sample_rate_hz == sample_rate_hz:
        return signal.samples
    return soxr.resample(signal.samples, signal.sample_rate_hz, sample_rate_hz, quality="HQ")
