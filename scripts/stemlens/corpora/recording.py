"""A recording as a mono signal, from any file that FFmpeg's libraries decode."""

import logging
from itertools import chain
from pathlib import Path

import av
import numpy as np

from stemlens.corpora.signals import MonoSignal, PacketDecoder
from stemlens.errors import InputError

MIN_DECODED_SHARE = 0.95
"""Share of the length stated by its header that a recording has to have."""

logger = logging.getLogger(__name__)


def read_recording(path: str | Path, *, sample_rate_hz: int) -> np.ndarray:
    """Read a recording, average its channels and resample it.

    Packets that cannot be decoded are skipped: a damaged stretch, or whatever has been appended
    to an MP3 file. A file that was copied in part is noticed only where its header states its
    length (MP3: a Xing, Info or VBRI header). Elsewhere FFmpeg estimates it from the file's size.

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
        If the file is missing, holds no sample or less than `MIN_DECODED_SHARE` of what its
        header states, or a sample is not a finite number.
    """
    try:
        # Without the protocol, FFmpeg takes the start of "12:30 am.wav" for one.
        with av.open(f"file:{path}") as container:
            if not container.streams.audio:
                raise InputError(f"{path}: holds no audio; expected a recording: take it out")
            signal = _decode(container, container.streams.audio[0], path, sample_rate_hz)
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is missing, damaged or no audio:"
            " copy it again, or take it out of the corpus"
        ) from error
    samples = np.empty(signal.finish(), np.float32)
    signal.write_to(samples)
    return samples


def _decode(
    container: av.container.InputContainer,
    stream: av.AudioStream,
    path: str | Path,
    sample_rate_hz: int,
) -> MonoSignal:
    packets = container.demux(stream)
    first = next(packets)
    # Both are read now: frames of a damaged stretch may claim another sample rate or bit rate.
    stated_s = _stated_s(container, stream, first.pos or 0)
    no_sound = InputError(
        f"{path}: cannot be decoded (no packet is sound); it is damaged or no audio: copy it"
        " again, or take it out of the corpus"
    )
    if not stream.rate:
        raise no_sound
    signal = MonoSignal(str(path), found_rate_hz=stream.rate, sample_rate_hz=sample_rate_hz)
    decoder = PacketDecoder(signal)
    n_skipped = 0
    for packet in chain([first], packets):
        try:
            decoder.decode(packet)
        except (av.error.InvalidDataError, ValueError):
            # ValueError: not the sample rate or channels that the recording began with.
            n_skipped += 1
    if n_skipped:
        logger.warning(
            "%s: skipped packets that cannot be decoded, or changed their sample rate: %d",
            path,
            n_skipped,
        )
    decoder.flush()
    if n_skipped and not signal.n_samples:
        raise no_sound
    if signal.duration_s < MIN_DECODED_SHARE * stated_s:
        raise InputError(
            f"{path}: {signal.duration_s:.2f} s can be decoded, its header states"
            f" {stated_s:.2f} s; expected at least {MIN_DECODED_SHARE:.0%} of them: copy it again,"
            " or take it out of the corpus"
        )
    return signal


def _stated_s(
    container: av.container.InputContainer, stream: av.AudioStream, first_byte: int
) -> float:
    """Length in s according to the header; 0 where FFmpeg knows none, or estimates it.

    An estimate is the time that the bytes from the first packet on last at the bit rate of the
    first frames; for a variable bit rate it may be several times too long. A start above zero is
    the encoder's delay, which a header alone tells.
    """
    duration_s = float((stream.duration or 0) * (stream.time_base or 0))
    estimated_bytes = duration_s * (stream.codec_context.bit_rate or 0) / 8
    is_estimate = abs(first_byte + estimated_bytes - container.size) < 1
    return 0.0 if is_estimate and not stream.start_time else duration_s
