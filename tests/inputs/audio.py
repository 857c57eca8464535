"""Audio files as cases: given as a stem of a song, as a recording with a mood, or as both."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from inputs.case import Case
from recording_files import write_mono
from stemlens.corpora.recording import read_recording
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError

STEM, RECORDING = "stem", "recording with a mood"
BOTH = f"{STEM}, {RECORDING}"
RATE_HZ = 22_050
Write = Callable[[Path], object]
Check = Callable[[np.ndarray], str]


def tone(rate_hz: int = RATE_HZ, duration_s: float = 0.5) -> np.ndarray:
    """A sweep from 100 to 400 Hz, at half of full scale; float64 (sample,)."""
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * (100 + 150 / duration_s * times_s) * times_s)


def read_stem(path: Path) -> np.ndarray:
    """Read a file as the only stem of a song, float32 (sample,)."""
    return read_classes(path.parent, {"x": [path.name]}, sample_rate_hz=RATE_HZ)[0]


def read_both(path: Path) -> np.ndarray:
    """Read a file in both ways, which have to agree."""

    def as_recording() -> np.ndarray:
        return read_recording(path, sample_rate_hz=RATE_HZ)

    try:
        stem = read_stem(path)
    except InputError as refusal:
        try:
            found = as_recording()
        except InputError:
            raise refusal from None
        raise AssertionError(f"as a recording it has {len(found)} samples, but {refusal}") from None
    recording = as_recording()
    if len(stem) == len(recording):
        np.testing.assert_allclose(stem, recording, atol=1e-4)
    # Of MP3, only libsndfile drops what encoders add.
    assert abs(len(stem) - len(recording)) < 2304
    return stem


READERS: dict[str, Callable[[Path], np.ndarray]] = {
    STEM: read_stem,
    RECORDING: lambda path: read_recording(path, sample_rate_hz=RATE_HZ),
    BOTH: read_both,
}


def audio(
    kind: str,
    name: str,
    write: Write,
    *,
    check: Check | None = None,
    refusal: str = "",
    where: str = BOTH,
) -> Case:
    """Build the case of a file that is written, read, and checked or refused."""

    def read(folder: Path) -> str:
        write(folder / name)
        signal = READERS[where](folder / name)
        return check(signal) if check else f"{len(signal)} samples"

    return Case(kind, where, read, refusal)


def like_tone(within: float = 1e-4, *, exact: bool = True) -> Check:
    """Compare with the tone, away from its ends and, unless `exact`, wherever it begins."""

    def check(signal: np.ndarray) -> str:
        expected, delay = tone(), 0
        if exact:
            # Resamplers may round a length down.
            assert 0 <= len(expected) - len(signal) <= 1
        else:
            assert abs(len(signal) - len(expected)) < 2304
            delay = int(np.argmax(np.correlate(signal, expected[1500:9000]))) - 1500
        difference = np.abs(signal[delay + 1500 : delay + 9000] - expected[1500:9000]).max()
        assert difference <= within, difference
        return f"{len(signal)} samples, which differ by at most {within:g} from those written"

    return check


def by_libsndfile(
    file_format: str, subtype: str, samples: np.ndarray | None = None, rate_hz: int = RATE_HZ
) -> Write:
    """Write the tone, or samples (sample, channel)."""
    content = tone(rate_hz) if samples is None else samples
    return lambda path: soundfile.write(path, content, rate_hz, format=file_format, subtype=subtype)


def by_ffmpeg(codec: str, duration_s: float = 0.5, **options: object) -> Write:
    """Write the tone at a rate that every codec has."""
    return lambda path: write_mono(
        path, tone(48_000, duration_s), codec=codec, rate_hz=48_000, **options
    )


def by_bytes(content: bytes) -> Write:
    """Write bytes."""
    return lambda path: path.write_bytes(content)
