"""Reading a recording as a mono signal, from any format that FFmpeg's libraries decode."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from stemlens.corpora.audio_container import open_audio
from stemlens.corpora.signals import (
    FormatChangeError,
    MonoSignal,
    PacketDecoder,
    check_packets,
    rate_hz_of,
)
from stemlens.corpora.stated_length import stated_s
from stemlens.errors import InputError

MAX_LOST_SHARE = 0.05
"""Share of a recording that may be lost, through damage or a missing end."""

MAX_PADDING_SAMPLES = 4096
"""Encoder delay and padding, which some headers count and decoders drop."""

ADTS = "aac"
"""FFmpeg's name of the container."""

logger = logging.getLogger(__name__)


def read_recording(path: str | Path, *, sample_rate_hz: int) -> np.ndarray:
    """Read a recording, average its channels and resample it.

    Packets that cannot be decoded are skipped: damage, or data appended to an MP3 file. At most
    `MAX_LOST_SHARE` may be lost, compared with the length in the header where there is one
    (`stemlens.corpora.stated_length`). Elsewhere gaps between valid packets count, by timestamps
    or bytes; whatever follows the last valid packet may be a tag.

    Parameters
    ----------
    sample_rate_hz
        Rate of the result (soxr, high quality).

    Returns
    -------
    ndarray, float32, shape (sample,)
        Full scale is ±1; overshoots are kept.

    Raises
    ------
    InputError
        If the file is missing or empty, too much of it is lost, a sample is not a finite number,
        or the peak is far beyond full scale.
    """
    try:
        with _open(path) as container:
            if not container.streams.audio:
                raise InputError(
                    f"{path}: has no audio stream; expected a recording: remove it from the corpus"
                )
            signal = _decode(container, container.streams.audio[0], path, sample_rate_hz)
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path}: cannot be decoded ({error.strerror}); it is missing, damaged or not audio:"
            " copy it again, or remove it from the corpus"
        ) from error
    samples = np.empty(signal.finish(), np.float32)
    signal.write_to(samples)
    return samples


def _open(path: str | Path) -> av.container.InputContainer:
    container = open_audio(path)
    if container.format.name != ADTS:
        return container
    container.close()
    # The parser would hide which bytes the demuxer drops.
    return open_audio(path, fflags="noparse")


@dataclass
class _Tally:
    """Counts decoded and skipped packets, and bytes that belong to no packet."""

    n_skipped: int = 0
    first_skipped_s: float | None = None
    valid_bytes: int = 0
    lost_bytes: int = 0
    """Between valid packets."""
    skipped_bytes: int = 0
    """Since the last valid packet."""
    end_byte: int | None = None
    """End of the last packet in the file."""

    def count_dropped(self, packet: av.Packet, *, at_s: float) -> None:
        """Count the bytes since the last packet; for ADTS, whose packets are contiguous."""
        if packet.pos is None:
            return
        if self.end_byte is not None and packet.pos > self.end_byte:
            self.skipped_bytes += packet.pos - self.end_byte
            self._note_first(at_s)
        self.end_byte = packet.pos + packet.size

    def skip(self, packet: av.Packet, *, at_s: float) -> None:
        self.n_skipped += 1
        self.skipped_bytes += packet.size
        self._note_first(at_s)

    def take(self, packet: av.Packet) -> None:
        self.valid_bytes += packet.size
        self.lost_bytes += self.skipped_bytes
        self.skipped_bytes = 0

    def _note_first(self, at_s: float) -> None:
        if self.first_skipped_s is None:
            self.first_skipped_s = at_s


def _decode(
    container: av.container.InputContainer,
    stream: av.AudioStream,
    path: str | Path,
    sample_rate_hz: int,
) -> MonoSignal:
    # Read before decoding: damaged frames may change the stream's sample rate or bit rate.
    header_s = stated_s(container, stream, path)
    nothing_decoded = InputError(
        f"{path}: cannot be decoded (no packet is valid); it is damaged or not audio: copy it"
        " again, or remove it from the corpus"
    )
    if not rate_hz_of(stream):
        raise nothing_decoded
    check_packets(stream)
    decoder = PacketDecoder(
        MonoSignal(str(path), found_rate_hz=stream.rate, sample_rate_hz=sample_rate_hz)
    )
    tally = _Tally()
    for packet in _packets(container, stream, knows_end=header_s is not None):
        if container.format.name == ADTS:
            tally.count_dropped(packet, at_s=decoder.duration_s)
        try:
            n_samples = decoder.decode(packet)
        except (av.FFmpegError, FormatChangeError):
            # Damaged packets raise all sorts of errors, even "not permitted".
            tally.skip(packet, at_s=decoder.duration_s)
        else:
            if n_samples and packet.size:
                tally.take(packet)
    decoder.flush()
    if tally.n_skipped:
        logger.warning(
            "%s: skipped packets that cannot be decoded or change the sample rate: %d",
            path,
            tally.n_skipped,
        )
        if not decoder.signal.n_samples:
            raise nothing_decoded
    _demand_enough(decoder, tally, header_s, path)
    return decoder.signal


def _packets(
    container: av.container.InputContainer, stream: av.AudioStream, *, knows_end: bool
) -> Iterator[av.Packet]:
    try:
        yield from container.demux(stream)
    except av.error.InvalidDataError:
        # Other data follows the audio of an Ogg or WavPack file, or the rest is damaged.
        if not knows_end:
            raise
        last = av.Packet()
        last.stream = stream
        yield last


def _demand_enough(
    decoder: PacketDecoder, tally: _Tally, header_s: float | None, path: str | Path
) -> None:
    signal = decoder.signal
    gap_s = sum(length_s for _, length_s in decoder.gaps_s)
    if header_s is None:
        lost_s = max(gap_s, tally.lost_bytes * signal.duration_s / max(1, tally.valid_bytes))
        whole_s = signal.duration_s + lost_s
        length = f"it is about {whole_s:.2f} s long"
    else:
        lost_s = max(gap_s, header_s - signal.duration_s)
        whole_s = header_s
        length = f"its header states {header_s:.2f} s"
    if lost_s > max(MAX_LOST_SHARE * whole_s, MAX_PADDING_SAMPLES / signal.found_rate_hz):
        starts_s = [at_s for at_s, _ in decoder.gaps_s]
        if tally.first_skipped_s is not None:
            starts_s.append(tally.first_skipped_s)
        first_s = min(starts_s, default=signal.duration_s)
        raise InputError(
            f"{path}: {length}, of which {lost_s:.2f} s cannot be decoded, from {first_s:.2f} s on;"
            f" expected at most {MAX_LOST_SHARE:.0%}: copy it again, or remove it from the corpus"
        )
