"""A recording as a mono signal, from any file that FFmpeg's libraries decode."""

from pathlib import Path

import av
import numpy as np

from stemlens.corpora.signals import Signal, decoded_blocks, demand_samples, resample
from stemlens.errors import InputError


def read_recording(path: str | Path, *, sample_rate_hz: int) -> np.ndarray:
    """Read a recording, average its channels and resample it.

    Parameters
    ----------
    path
        The audio file.
    sample_rate_hz
        Rate of the result (soxr, high quality).

    Returns
    -------
    ndarray, float32, shape (sample,)
        Full scale is ±1; overshoots are kept.

    Raises
    ------
    InputError
        If the file is missing or damaged, holds no sample, or a sample is not a finite number.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise InputError(f"{path}: holds no audio; expected a recording: take it out")
            stream = container.streams.audio[0]
            blocks = decoded_blocks(container, [stream])[stream.index]
            sample_rate_hz_found = stream.rate
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is missing, damaged or no audio:"
            " copy it again, or take it out of the corpus"
        ) from error
    samples = np.concatenate(blocks or [np.zeros(0, np.float32)])
    signal = Signal(samples, sample_rate_hz_found, str(path))
    demand_samples(signal)
    return resample(signal, sample_rate_hz)
