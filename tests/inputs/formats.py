"""Containers, codecs, sample formats, rates and channels."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from inputs.audio import (
    BOTH,
    RECORDING,
    STEM,
    audio,
    by_ffmpeg,
    by_libsndfile,
    like_tone,
    tone,
)
from inputs.case import Case

TITLE = "Formats"
SUBTYPES = {
    "WAV of 8 bit": ("wav", "WAV", "PCM_U8", 1e-2),
    "WAV of 16 bit": ("wav", "WAV", "PCM_16", 1e-4),
    "WAV of 24 bit": ("wav", "WAV", "PCM_24", 1e-6),
    "WAV of 32 bit": ("wav", "WAV", "PCM_32", 1e-6),
    "WAV of floats": ("wav", "WAV", "FLOAT", 1e-6),
    "WAV of 64-bit floats": ("wav", "WAV", "DOUBLE", 1e-6),
    "WAV, A-law": ("wav", "WAV", "ALAW", 3e-2),
    "WAV, µ-law": ("wav", "WAV", "ULAW", 3e-2),
    "WAV with an extensible header": ("wav", "WAVEX", "PCM_16", 1e-4),
    "RF64": ("wav", "RF64", "PCM_16", 1e-4),
    "Wave 64": ("w64", "W64", "PCM_16", 1e-4),
    "AIFF": ("aiff", "AIFF", "PCM_16", 1e-4),
    "AIFF of floats": ("aiff", "AIFF", "FLOAT", 1e-6),
    "AU": ("au", "AU", "PCM_16", 1e-4),
    "CAF": ("caf", "CAF", "PCM_16", 1e-4),
    "FLAC": ("flac", "FLAC", "PCM_16", 1e-4),
    "FLAC of 24 bit": ("flac", "FLAC", "PCM_24", 1e-6),
    "FLAC that is called .wav": ("wav", "FLAC", "PCM_16", 1e-4),
    "WAV that is called .flac": ("flac", "WAV", "PCM_16", 1e-4),
    "suffix in capitals": ("WAV", "WAV", "PCM_16", 1e-4),
}
"""Suffix, libsndfile's format and subtype, and how far samples may differ."""
LOSSY = {
    "WAV, IMA ADPCM": ("wav", by_libsndfile("WAV", "IMA_ADPCM")),
    "Ogg Vorbis": ("ogg", by_libsndfile("OGG", "VORBIS")),
    "Ogg Opus": ("opus", by_ffmpeg("libopus")),
    "MP3": ("mp3", by_ffmpeg("libmp3lame")),
    "MP3 whose header states no length": ("mp3", by_ffmpeg("libmp3lame", write_xing="0")),
    "AAC in MP4": ("m4a", by_ffmpeg("aac", container="mp4")),
    "AAC without a container (ADTS)": ("aac", by_ffmpeg("aac", container="adts")),
    "ALAC in MP4": ("m4a", by_ffmpeg("alac", container="mp4")),
    "WMA": ("wma", by_ffmpeg("wmav2", container="asf")),
    "FLAC in Matroska": ("mka", by_ffmpeg("flac", container="matroska")),
    "Opus in WebM": ("webm", by_ffmpeg("libopus", container="webm")),
    "WavPack": ("wv", by_ffmpeg("wavpack")),
    "TTA": ("tta", by_ffmpeg("tta")),
}
"""Suffix, and how it is written; also formats that libsndfile does not read."""
RATES_HZ = (8000, 11_025, 32_000, 44_100, 48_000, 96_000, 192_000)
CHANNELS = {
    "2 channels": [1, 1],
    "2 channels, one twice as loud and one silent": [2, 0],
    "6 channels (5.1)": [1] * 6,
    "8 channels": [1] * 8,
    "9 channels": [1] * 9,
    "64 channels": [1] * 64,
}
"""Level of each channel."""


def cases() -> Iterator[Case]:
    """All of them."""
    for kind, (suffix, file_format, subtype, within) in SUBTYPES.items():
        write = by_libsndfile(file_format, subtype)
        yield audio(kind, f"a.{suffix}", write, check=like_tone(within))
    for kind, (suffix, write) in LOSSY.items():
        yield audio(kind, f"a.{suffix}", write, check=like_tone(5e-2, exact=False))
    for rate_hz in RATES_HZ:
        write = by_libsndfile("WAV", "FLOAT", rate_hz=rate_hz)
        yield audio(f"{rate_hz} Hz", "a.wav", write, check=like_tone(1e-2))
    for kind, levels in CHANNELS.items():
        write = by_libsndfile("WAV", "FLOAT", tone()[:, None] * levels)
        yield audio(f"{kind}, of which the mean is taken", "a.wav", write, check=like_tone(1e-5))
    many = by_libsndfile("WAV", "FLOAT", tone()[:, None].repeat(65, axis=1))
    yield audio("65 channels", "a.wav", many, refusal="has 65 channels; expected at most 64")
    yield from streams()


def write_streams(path: Path, kinds: str) -> None:
    """Write streams of half a second: ``v`` for a picture that stands still, ``a`` for the tone."""
    samples = tone(48_000).astype(np.float32)[None]
    with av.open(str(path), "w") as file:
        streams = [
            file.add_stream("mpeg4", rate=10)
            if kind == "v"
            else file.add_stream("aac", rate=48_000)
            for kind in kinds
        ]
        for stream in streams:
            if isinstance(stream, av.VideoStream):
                stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
            else:
                stream.layout, stream.bit_rate = "mono", 128_000
        for stream in streams:
            if isinstance(stream, av.VideoStream):
                for _ in range(5):
                    file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
            else:
                frame = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
                frame.sample_rate = 48_000
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))


def streams() -> Iterator[Case]:
    """Files of several streams."""

    for kind, streams_of_file, where, refusal in (
        ("film with sound", "va", BOTH, ""),
        ("film without sound", "v", STEM, "has 0 audio streams; expected one, a stem"),
        ("film without sound", "v", RECORDING, "has no audio stream; expected a recording"),
        ("two streams of audio", "aa", STEM, "has 2 audio streams; expected one, a stem"),
        ("two streams of audio", "aa", RECORDING, ""),
    ):
        yield audio(
            kind,
            "a.mp4",
            lambda path, kinds=streams_of_file: write_streams(path, kinds),
            check=like_tone(5e-2, exact=False),
            refusal=refusal,
            where=where,
        )
