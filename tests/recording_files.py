"""Recordings as files: tones in any format, and what reading them gives."""

import av
import numpy as np
import pytest
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError

RATE_HZ = 22_050


def read(path):
    return read_recording(path, sample_rate_hz=RATE_HZ)


def assert_refused(path, message):
    with pytest.raises(InputError, match=message) as raised:
        read(path)
    assert "\n" not in str(raised.value)


def sine(frequency_hz, rate_hz, duration_s=2.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


def write_mono(path, samples, *, codec, container=None, rate_hz=44_100, quality=None, **options):
    """Encode through FFmpeg's libraries, at 128 kbit/s or at a quality (variable bit rate)."""
    with av.open(str(path), "w", format=container, options=options) as file:
        variable = {"flags": "+qscale", "global_quality": quality} if quality else {}
        stream = file.add_stream(codec, rate=rate_hz, layout="mono", options=variable)
        stream.bit_rate = 128_000
        resampler = av.AudioResampler(
            stream.codec_context.codec.audio_formats[0],
            "mono",
            rate_hz,
            stream.codec_context.frame_size or 4096,
        )
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))


def write_mp3(path, samples, *, header=True, **options):
    """Encode as MP3; the header states how many frames there are."""
    options["write_xing"] = str(int(header))
    write_mono(path, samples, codec="libmp3lame", container="mp3", **options)
    return path.read_bytes()
