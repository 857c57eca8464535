"""From decoded or stored audio to a mono signal at the sample rate of the experiment, by blocks."""

from collections.abc import Sequence

import av
import numpy as np
import soxr

from stemlens.errors import InputError

SAMPLES_AT_ONCE = 2**16


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
    n_samples
        How many there are so far, at the rate of the blocks.
    """

    def __init__(self, source: str, *, found_rate_hz: int, sample_rate_hz: int) -> None:
        self.n_samples = 0
        self._source = source
        self._rate_hz = found_rate_hz
        self._resampler = (
            None
            if found_rate_hz == sample_rate_hz
            else soxr.ResampleStream(found_rate_hz, sample_rate_hz, 1, "float32", "HQ")
        )
        self._blocks: list[np.ndarray] = []

    @property
    def duration_s(self) -> float:
        """How long it is so far."""
        return self.n_samples / self._rate_hz

    def add(self, channels: Sequence[np.ndarray]) -> None:
        """Append a block: each channel's samples, float32.

        Raises
        ------
        InputError
            If a sample is not a finite number.
        """
        first, *others = channels
        mono = first.copy()
        for channel in others:
            mono += channel
        mono /= len(channels)
        finite = np.isfinite(mono)
        if not finite.all():
            at_s = (self.n_samples + int(np.argmin(finite))) / self._rate_hz
            raise InputError(
                f"{self._source}: a sample at {at_s:.3f} s is not a finite number;"
                " repair the file or take the song out of the corpus"
            )
        self.n_samples += mono.size
        self._blocks.append(self._resampler.resample_chunk(mono) if self._resampler else mono)

    def finish(self) -> int:
        """Take no more blocks; return the length of the result in samples.

        Raises
        ------
        InputError
            If it holds no sample.
        """
        if self.n_samples == 0:
            raise InputError(f"{self._source}: holds no sample; copy the song again")
        if self._resampler:
            rest = np.zeros(0, np.float32)
            self._blocks.append(self._resampler.resample_chunk(rest, last=True))
            self._resampler = None
        return sum(block.size for block in self._blocks)

    def write_to(self, samples: np.ndarray) -> None:
        """Fill an array of that length, float32, with the finished signal; full scale is ±1."""
        np.concatenate(self._blocks, out=samples)


class PacketDecoder:
    """Decodes the packets of one stream into a signal."""

    def __init__(self, signal: MonoSignal) -> None:
        self.signal = signal
        self._to_planar_float = av.AudioResampler(format="fltp")
        # Frames of some milliseconds are joined before NumPy sees them, whose calls cost more.
        self._frames = av.AudioFifo()

    def decode(self, packet: "av.Packet[av.AudioStream]") -> None:
        """Take the next packet; the last of a stream is empty."""
        for frame in packet.decode():
            for planar in self._to_planar_float.resample(frame):
                planar.pts = None
                self._frames.write(planar)
        if self._frames.samples >= SAMPLES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Hand over the samples so far; needed once after the last packet."""
        joined = self._frames.read()
        if joined is not None:
            # Planes are padded at their ends.
            planes = [np.frombuffer(memoryview(plane), np.float32) for plane in joined.planes]
            self.signal.add([plane[: joined.samples] for plane in planes])
