"""Decoding, downmixing and resampling audio block by block."""

from collections.abc import Sequence

import av
import numpy as np
import soxr

from stemlens.errors import InputError

SAMPLES_AT_ONCE = 2**16

MAX_PEAK = 32.0
"""30 dB above full scale: overshoots stay below it, integers stored as floats exceed it."""

MOST_PLANES = 7
"""Channels that PyAV lists one by one; the pointers to more have no null behind them, at which it
would stop."""

RATES_HZ = (1000, 1_000_000)
"""Sample rates that recordings have; at others, a damaged header would make hours of a second."""

WITH_CHECKSUMS = ("flac", "tta", "wavpack")
"""Codecs, by FFmpeg's name, whose packets tell whether they are damaged."""

MAX_DURATION_S = 4 * 3600.0
"""Length of a file at most: resampled to 44.1 kHz it takes 2.5 GB of memory."""

MAX_VALUES = 2**32
"""Samples of all channels of a file at most: 4 h of stereo at 149 kHz. Silence takes next to no
room in compressed files, so that their size bounds nothing."""

MAX_CHANNELS = 64
"""As many as FFmpeg mixes."""

MIN_GAP_S = 0.01
"""Shorter jumps of timestamps are not gaps, as those are rounded to about a millisecond."""


class MonoSignal:
    """A mono signal built block by block.

    Channels become one, then the signal is resampled (soxr, high quality).

    Parameters
    ----------
    source
        File, and stem if it has several, for messages.
    found_rate_hz, sample_rate_hz
        Sample rates of the blocks and of the result.
    channels
        What becomes of them: their ``mean``, or the ``left`` one, which is the first.

    Attributes
    ----------
    n_samples
        Number of samples so far, at the rate of the blocks.

    Raises
    ------
    InputError
        If no recording has the sample rate `found_rate_hz`.
    """

    def __init__(
        self, source: str, *, found_rate_hz: int, sample_rate_hz: int, channels: str = "mean"
    ) -> None:
        lowest_hz, highest_hz = RATES_HZ
        if not lowest_hz <= found_rate_hz <= highest_hz:
            raise InputError(
                f"{source}: its header states a sample rate of {found_rate_hz} Hz; expected"
                f" {lowest_hz} to {highest_hz} Hz: copy it again, or remove it from the corpus"
            )
        self.found_rate_hz = found_rate_hz
        self.n_samples = 0
        self._source = source
        self._is_left = {"mean": False, "left": True}[channels]
        self._peak = 0.0
        self._resampler = (
            None
            if found_rate_hz == sample_rate_hz
            else soxr.ResampleStream(found_rate_hz, sample_rate_hz, 1, "float32", "HQ")
        )
        self._blocks: list[np.ndarray] = []

    @property
    def duration_s(self) -> float:
        """Length so far."""
        return self.n_samples / self.found_rate_hz

    def demand_channels(self, n_channels: int) -> None:
        """Check the number of channels, before memory is taken for them.

        Raises
        ------
        InputError
            If there are more than `MAX_CHANNELS`.
        """
        if n_channels > MAX_CHANNELS:
            raise InputError(
                f"{self._source}: has {n_channels} channels; expected at most {MAX_CHANNELS}: mix"
                " them down, or remove the song from the corpus"
            )

    def add(self, channels: Sequence[np.ndarray]) -> None:
        """Append a block: each channel's samples, float32.

        Raises
        ------
        InputError
            If a sample is not a finite number, or the signal becomes longer than `MAX_DURATION_S`
            or `MAX_VALUES`.
        """
        first, *others = channels
        n_samples = self.n_samples + first.size
        # Before resampling, which makes many samples from few at a rate of 1 Hz.
        if (
            n_samples > MAX_DURATION_S * self.found_rate_hz
            or n_samples * len(channels) > MAX_VALUES
        ):
            raise InputError(
                f"{self._source}: is longer than {n_samples / self.found_rate_hz / 3600:.2g} h, of"
                f" {len(channels)} channels at {self.found_rate_hz} Hz; expected a song of at most"
                f" {MAX_DURATION_S / 3600:g} h and {MAX_VALUES} samples in all channels: cut it, or"
                " remove it from the corpus"
            )
        finite = np.isfinite(first)
        for channel in others:
            finite &= np.isfinite(channel)
        if not finite.all():
            at_s = (self.n_samples + int(np.argmin(finite))) / self.found_rate_hz
            raise InputError(
                f"{self._source}: a sample at {at_s:.3f} s is not a finite number;"
                " expected numbers: repair the file, or remove the song from the corpus"
            )
        self.n_samples += first.size
        if first.size:
            # Of all channels: their mean may cancel, and the left one may be harmless.
            peaks = [max(float(channel.max()), -float(channel.min())) for channel in channels]
            self._peak = max(self._peak, *peaks)
        mono = first.copy()
        if not self._is_left:
            # A sum that overflows is refused later, for its peak.
            with np.errstate(over="ignore"):
                for channel in others:
                    mono += channel
            mono /= len(channels)
        self._blocks.append(self._resampler.resample_chunk(mono) if self._resampler else mono)

    def finish(self) -> int:
        """Complete the signal; return its length in samples.

        Raises
        ------
        InputError
            If it is empty, or a channel's peak exceeds `MAX_PEAK`.
        """
        if self.n_samples == 0:
            raise InputError(
                f"{self._source}: holds no samples, or its header says so; expected some: copy the"
                " song again, or write it anew"
            )
        if self._peak > MAX_PEAK:
            raise InputError(
                f"{self._source}: its peak is {self._peak:.10g}; expected full scale at ±1, with"
                f" overshoots up to ±{MAX_PEAK:g}: if it stores integers as floats, divide them by"
                " full scale (32768 for 16 bit); otherwise the file is damaged"
            )
        if self._resampler:
            rest = np.zeros(0, np.float32)
            self._blocks.append(self._resampler.resample_chunk(rest, last=True))
            self._resampler = None
        return sum(block.size for block in self._blocks)

    def write_to(self, samples: np.ndarray) -> None:
        """Fill a float32 array of that length with the finished signal; full scale is ±1."""
        np.concatenate(self._blocks, out=samples)


def rate_hz_of(stream: av.AudioStream) -> int:
    """Sample rate that a stream states; 0 where it states none, or FFmpeg has no decoder for it."""
    return getattr(stream, "rate", None) or 0


def check_packets(stream: av.AudioStream) -> None:
    """Have damaged packets refused where they have checksums; FFmpeg would decode them to noise."""
    if stream.codec_context.name in WITH_CHECKSUMS:
        stream.codec_context.options = {"err_detect": "crccheck+explode"}


class FormatChangeError(Exception):
    """The sample rate, channels or sample format change within a stream."""


class PacketDecoder:
    """Decodes the packets of one stream into a signal.

    Attributes
    ----------
    gaps_s
        Jumps of timestamps: position in the decoded signal, and length, both in s.
    """

    def __init__(self, signal: MonoSignal) -> None:
        self.signal = signal
        self.gaps_s: list[tuple[float, float]] = []
        self._next_s: float | None = None
        self._to_float: av.AudioResampler | None = None
        # Frames last milliseconds; joining them saves NumPy calls.
        self._frames = av.AudioFifo()

    @property
    def duration_s(self) -> float:
        """Length of the decoded signal so far."""
        return self.signal.duration_s + self._frames.samples / self.signal.found_rate_hz

    def decode(self, packet: "av.Packet[av.AudioStream]") -> int:
        """Decode the next packet; return its number of samples. A stream ends with an empty packet.

        Raises
        ------
        FormatChangeError
            If the format differs from that of earlier packets.
        """
        n_samples = 0
        for frame in packet.decode():
            converted = self._as_float(frame)
            self._note_gap(frame)
            n_samples += frame.samples
            for part in converted:
                part.pts = None
                self._frames.write(part)
        if self._frames.samples >= SAMPLES_AT_ONCE:
            self.flush()
        return n_samples

    def flush(self) -> None:
        """Append buffered samples to the signal; call it after the last packet."""
        joined = self._frames.read()
        if joined is None:
            return
        if joined.format.is_planar:
            # Planes end in padding.
            planes = [np.frombuffer(memoryview(plane), np.float32) for plane in joined.planes]
            self.signal.add([plane[: joined.samples] for plane in planes])
        else:
            n_values = joined.samples * joined.layout.nb_channels
            values = np.frombuffer(memoryview(joined.planes[0]), np.float32, n_values)
            self.signal.add(values.reshape(joined.samples, -1).T)

    def _as_float(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        if frame.sample_rate != self.signal.found_rate_hz:
            raise FormatChangeError(
                f"{frame.sample_rate} Hz instead of {self.signal.found_rate_hz} Hz"
            )
        if self._to_float is None:
            self.signal.demand_channels(frame.layout.nb_channels)
            is_listed = frame.layout.nb_channels <= MOST_PLANES
            self._to_float = av.AudioResampler(format="fltp" if is_listed else "flt")
        try:
            return self._to_float.resample(frame)
        except ValueError as error:
            # The resampler expects the format of the first frame.
            raise FormatChangeError(str(error)) from error

    def _note_gap(self, frame: av.AudioFrame) -> None:
        # Only the first frame of a packet has a timestamp.
        start_s = self._next_s if frame.time is None else frame.time
        if start_s is None:
            return
        if self._next_s is not None and start_s - self._next_s > MIN_GAP_S:
            self.gaps_s.append((self.duration_s, start_s - self._next_s))
        self._next_s = start_s + frame.samples / frame.sample_rate
