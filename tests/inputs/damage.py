"""Audio files whose headers lie, that are cut off, or that are none."""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from inputs.audio import (
    BOTH,
    RATE_HZ,
    RECORDING,
    STEM,
    Write,
    audio,
    by_bytes,
    by_ffmpeg,
    by_libsndfile,
    like_tone,
    tone,
)
from inputs.case import Case

TITLE = "Damaged files, and files that are no audio"
SAMPLES = np.round(tone()[:, None].repeat(2, axis=1) * 32767).astype("<i2").tobytes()
LONG = tone(duration_s=2)
NO_AUDIO = "cannot be (read|decoded)"


def wav(
    *,
    n_data: int = len(SAMPLES),
    n_riff: int = 36 + len(SAMPLES),
    tag: int = 1,
    n_channels: int = 2,
    rate_hz: int = RATE_HZ,
    block_align: int = 4,
    bits: int = 16,
    before: bytes = b"",
    content: bytes = SAMPLES,
) -> Write:
    """Write the tone as a WAV file of 16 bit whose header says what it is told to."""
    about = (tag, n_channels, rate_hz, rate_hz * block_align % 2**32, block_align, bits)
    head = struct.pack("<4sI4s4sI", b"RIFF", n_riff, b"WAVE", b"fmt ", 16)
    head += struct.pack("<HHIIHH", *about) + before + struct.pack("<4sI", b"data", n_data)
    return by_bytes(head + content)


def chunk(name: bytes, content: bytes, n_bytes: int | None = None) -> bytes:
    """Another chunk of a WAV file."""
    return name + struct.pack("<I", len(content) if n_bytes is None else n_bytes) + content


def altered(write: Write, alter) -> Write:
    """Write a file, and change its bytes."""

    def write_altered(path: Path) -> None:
        write(path)
        path.write_bytes(alter(path.read_bytes()))

    return write_altered


def half(write: Write) -> Write:
    """Write the first half of a file."""
    return altered(write, lambda content: content[: len(content) // 2])


def flac_of_length(n_samples: int) -> Write:
    """Write FLAC whose header states a number of samples, in 36 bits from bit 108 of its block."""

    def alter(content: bytes) -> bytes:
        start = 8
        block = bytearray(content[start : start + 34])
        number = int.from_bytes(block[10:18], "big") >> 36 << 36 | n_samples
        block[10:18] = number.to_bytes(8, "big")
        return content[:start] + bytes(block) + content[start + 34 :]

    return altered(by_libsndfile("FLAC", "PCM_16"), alter)


def cases() -> Iterator[Case]:
    """All of them."""
    yield from headers()
    yield from damage()
    yield from no_audio()


def headers() -> Iterator[Case]:
    """Headers that lie."""
    works = like_tone()
    for kind, write in (
        (
            "WAV of size 0xFFFFFFFF, as programs that stream leave it",
            wav(n_data=2**32 - 1, n_riff=2**32 - 1),
        ),
        ("WAV with a wrong size of the whole", wav(n_riff=12)),
        ("WAV with a text before the samples", wav(before=chunk(b"LIST", b"INFO" * 50))),
        ("WAV with an unknown chunk before the samples", wav(before=chunk(b"wxyz", bytes(1000)))),
        ("WAV with a tag behind the samples", wav(content=SAMPLES + chunk(b"id3 ", bytes(500)))),
        ("FLAC that states no length", flac_of_length(0)),
    ):
        yield audio(kind, f"a.{kind[:4].strip().lower()}", write, check=works)
    streamed = "WAV of size 0, as other programs that stream leave it"
    yield audio(streamed, "a.wav", wav(n_data=0, n_riff=0), check=works, where=RECORDING)
    no_samples = "a.wav: holds no samples, or its header says so"
    yield audio(streamed, "a.wav", wav(n_data=0, n_riff=0), refusal=no_samples, where=STEM)
    for kind, name, write, refusal in (
        (
            "WAV that claims twice its samples",
            "a.wav",
            wav(n_data=2 * len(SAMPLES)),
            "its header s",
        ),
        ("WAV that claims hours", "a.wav", wav(n_data=2**31 - 2**13), "its header s"),
        ("WAV of 0 Hz", "a.wav", wav(rate_hz=0), NO_AUDIO),
        ("WAV of 4 294 967 295 Hz", "a.wav", wav(rate_hz=2**32 - 1), NO_AUDIO),
        (
            "WAV of 1 Hz",
            "a.wav",
            wav(rate_hz=1),
            "a sample rate of 1 Hz; expected 1000 to 1000000 Hz",
        ),
        ("WAV of 0 channels", "a.wav", wav(n_channels=0, block_align=0), NO_AUDIO),
        ("WAV of 65 535 channels", "a.wav", wav(n_channels=65_535), NO_AUDIO),
        ("WAV of 0 bit", "a.wav", wav(bits=0), NO_AUDIO),
        ("WAV of an unknown codec", "a.wav", wav(tag=0x4242), NO_AUDIO),
        (
            "WAV with a chunk that claims 4 GB",
            "a.wav",
            wav(before=chunk(b"LIST", b"", 2**32 - 2)),
            NO_AUDIO,
        ),
        ("FLAC that claims 8 hours", "a.flac", flac_of_length(2**29), "its header s"),
    ):
        yield audio(kind, name, write, refusal=refusal)


def damage() -> Iterator[Case]:
    """Files that are cut off, or have something behind them."""
    formats = {
        "WAV": ("a.wav", by_libsndfile("WAV", "PCM_16", LONG)),
        "FLAC": ("a.flac", by_libsndfile("FLAC", "PCM_16", LONG)),
        "Ogg Vorbis": ("a.ogg", by_libsndfile("OGG", "VORBIS", LONG)),
        "MP3": ("a.mp3", by_ffmpeg("libmp3lame", 2)),
        "AAC in MP4": ("a.m4a", by_ffmpeg("aac", 2, container="mp4")),
        "AAC in MP4, its index in front": (
            "a.m4a",
            by_ffmpeg("aac", 2, container="mp4", movflags="faststart"),
        ),
    }
    for kind, (name, write) in formats.items():
        yield audio(f"half of a file, {kind}", name, half(write), refusal=f"(header s|{NO_AUDIO})")
    junk = np.random.default_rng(0).bytes(5000)
    for kind, name, subtype in (("WAV", "WAV", "PCM_16"), ("FLAC", "FLAC", "PCM_16")):
        write = altered(by_libsndfile(name, subtype), lambda content: content + junk)
        yield audio(f"noise behind a file, {kind}", f"a.{kind.lower()}", write, check=like_tone())
    hole = altered(
        by_libsndfile("FLAC", "PCM_16", LONG),
        lambda content: content[:4000] + junk[:4000] + content[8000:],
    )
    yield audio("noise within a file, FLAC", "a.flac", hole, refusal=f"(header s|{NO_AUDIO})")


def no_audio() -> Iterator[Case]:
    """Files that are no audio."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"

    def archive(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.wav", SAMPLES)

    for kind, write in (
        ("empty file", by_bytes(b"")),
        ("one byte", by_bytes(b"R")),
        ("first 12 bytes of a WAV", by_bytes(b"RIFF\0\0\0\0WAVE")),
        ("text", by_bytes(b"no audio\n" * 100)),
        (
            "page of HTML, as servers send instead of a file",
            by_bytes(b"<!doctype html><title>404</title>"),
        ),
        ("pointer of Git LFS instead of the file", by_bytes(pointer)),
        ("playlist that names other files", by_bytes(b"#EXTM3U\n#EXTINF:1,\nb.wav\n")),
        ("zip archive", archive),
        ("zeros", by_bytes(bytes(50_000))),
        ("noise", by_bytes(np.random.default_rng(0).bytes(50_000))),
    ):
        yield audio(f"{kind}, called .wav", "a.wav", write, refusal=f"a.wav: {NO_AUDIO}")
    yield audio(
        "noise, called .mp3",
        "a.mp3",
        by_bytes(np.random.default_rng(0).bytes(50_000)),
        refusal=f"a.mp3: {NO_AUDIO}",
    )
    for where in (STEM, RECORDING):
        yield audio(
            "folder that is called a.wav",
            "a.wav",
            lambda path: path.mkdir(),
            refusal="a.wav",
            where=where,
        )
        yield audio(
            "link to nothing",
            "a.wav",
            lambda path: path.symlink_to("nowhere"),
            refusal="a.wav",
            where=where,
        )
        yield audio(
            "link to itself",
            "a.wav",
            lambda path: path.symlink_to("a.wav"),
            refusal="a.wav",
            where=where,
        )
    yield audio("link to a file", "a.wav", linked, check=like_tone(), where=BOTH)


def linked(path: Path) -> None:
    """Write the tone beside the corpus, and a link to it."""
    file = path.with_name("elsewhere")
    by_libsndfile("WAV", "PCM_16")(file)
    path.symlink_to(file)
