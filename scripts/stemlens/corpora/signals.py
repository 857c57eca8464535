"""From decoded or stored audio to a mono signal at the sample rate of the experiment, by blocks."""

from collections.abc import Sequence

import av
import numpy as np
import soxr

from stemlens.errors import InputError

SAMPLES_AT_ONCE = 2**16

MAX_PEAK = 32.0
"""30 dB above full scale: overshoots stay below it, integers stored as floats do not."""

MIN_GAP_S = 0.01
"""Timestamps are rounded, to a millisecond or so; a longer stretch without samples is a gap."""


class MonoSignal:
    """A signal that is put together block by block.

    Channels are averaged, then the signal is resampled (soxr, high quality).

    Parameters
    ----------
    source
        File, and stem if there are several, for messages.
    found_rate_hz, sample_rate_hz
        Sample rate of the blocks, and of the result.

    Attributes
    ----------
    found_rate_hz
        As given.
    n_samples
        How many there are so far, at the rate of the blocks.
    """

    def __init__(self, source: str, *, found_rate_hz: int, sample_rate_hz: int) -> None:
        self.found_rate_hz = found_rate_hz
        self.n_samples = 0
        self._source = source
        self._peak = 0.0
        self._resampler = (
            None
            if found_rate_hz == sample_rate_hz
            else soxr.ResampleStream(found_rate_hz, sample_rate_hz, 1, "float32", "HQ")
        )
        self._blocks: list[np.ndarray] = []

    @property
    def duration_s(self) -> float:
        """How long it is so far."""
        return self.n_samples / self.found_rate_hz

    def add(self, channels: Sequence[np.ndarray]) -> None:
        """Append a block: each channel's samples, float32.

        Raises
        ------
        InputError
            If a sample is not a finite number.
        """
        first, *others = channels
        finite = np.isfinite(first)
        for channel in others:
            finite &= np.isfinite(channel)
        if not finite.all():
            at_s = (self.n_samples + int(np.argmin(finite))) / self.found_rate_hz
            raise InputError(
                f"{self._source}: a sample at {at_s:.3f} s is not a finite number;"
                " repair the file or take the song out of the corpus"
            )
        self.n_samples += first.size
        if first.size:
            # Before channels are averaged, which may cancel.
            peaks = [max(float(channel.max()), -float(channel.min())) for channel in channels]
            self._peak = max(self._peak, *peaks)
        mono = first.copy()
        # A sum beyond the range of float32 is refused for its peak.
        with np.errstate(over="ignore"):
            for channel in others:
                mono += channel
        mono /= len(channels)
        self._blocks.append(self._resampler.resample_chunk(mono) if self._resampler else mono)

    def finish(self) -> int:
        """Take no more blocks; return the length of the result in samples.

        Raises
        ------
        InputError
            If it holds no sample, or a channel's peak lies beyond `MAX_PEAK`.
        """
        if self.n_samples == 0:
            raise InputError(f"{self._source}: holds no sample; copy the song again")
        if self._peak > MAX_PEAK:
            raise InputError(
                f"{self._source}: its peak is {self._peak:.0f}; expected full scale at ±1, with"
                f" overshoots up to ±{MAX_PEAK:g}: it holds integers as floats, say, and has to be"
                " divided by 32768, or it is damaged"
            )
        if self._resampler:
            rest = np.zeros(0, np.float32)
            self._blocks.append(self._resampler.resample_chunk(rest, last=True))
            self._resampler = None
        return sum(block.size for block in self._blocks)

    def write_to(self, samples: np.ndarray) -> None:
        """Fill an array of that length, float32, with the finished signal; full scale is ±1."""
        np.concatenate(self._blocks, out=samples)


class FormatChangeError(Exception):
    """A frame has not the sample rate, channels or sample format that its stream began with."""


class PacketDecoder:
    """Decodes the packets of one stream into a signal.

    Attributes
    ----------
    gaps_s
        Where timestamps jump: how long the signal was by then, and by how much, each in s.
    """

    def __init__(self, signal: MonoSignal) -> None:
        self.signal = signal
        self.gaps_s: list[tuple[float, float]] = []
        self._next_s: float | None = None
        self._to_planar_float = av.AudioResampler(format="fltp")
        # Frames of some milliseconds are joined before NumPy sees them, whose calls cost more.
        self._frames = av.AudioFifo()

    @property
    def duration_s(self) -> float:
        """How long the decoded signal is so far."""
        return self.signal.duration_s + self._frames.samples / self.signal.found_rate_hz

    def decode(self, packet: "av.Packet[av.AudioStream]") -> int:
        """Take the next packet, the last of a stream is empty; return its number of samples.

        Raises
        ------
        FormatChangeError
            If samples are not in the format of those before.
        """
        n_samples = 0
        for frame in packet.decode():
            planars = self._planar(frame)
            self._note_gap(frame)
            n_samples += frame.samples
            for planar in planars:
                planar.pts = None
                self._frames.write(planar)
        if self._frames.samples >= SAMPLES_AT_ONCE:
            self.flush()
        return n_samples

    def flush(self) -> None:
        """Hand over the samples so far; needed once after the last packet."""
        joined = self._frames.read()
        if joined is not None:
            # Planes are padded at their ends.
            planes = [np.frombuffer(memoryview(plane), np.float32) for plane in joined.planes]
            self.signal.add([plane[: joined.samples] for plane in planes])

    def _planar(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        if frame.sample_rate != self.signal.found_rate_hz:
            raise FormatChangeError(
                f"{frame.sample_rate} Hz instead of {self.signal.found_rate_hz} Hz"
            )
        try:
            return self._to_planar_float.resample(frame)
        except ValueError as error:
            # It keeps to the format of the first frame.
            raise FormatChangeError(str(error)) from error

    def _note_gap(self, frame: av.AudioFrame) -> None:
        # Of the frames of one packet, only the first has a time.
        start_s = self._next_s if frame.time is None else frame.time
        if start_s is None:
            return
        if self._next_s is not None and start_s - self._next_s > MIN_GAP_S:
            self.gaps_s.append((self.duration_s, start_s - self._next_s))
        self._next_s = start_s + frame.samples / frame.sample_rate
