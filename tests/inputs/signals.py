"""Signals as they should not be, and lengths."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from corpus_files import write_stem_file
from inputs.audio import RATE_HZ, Check, audio, by_libsndfile, tone
from inputs.case import Case
from stemlens.audio.mel import log_mels_of_mixes
from stemlens.audio.mel_filters import mel_filters
from stemlens.audio.mel_settings import MelSettings
from stemlens.audio.segments import SegmentSettings, candidate_segments
from stemlens.corpora.stems import read_classes

TITLE = "Signals and lengths"
STEMS = "stems of a song"
STEM_FILE = ".stem.mp4"


def exactly(samples: np.ndarray) -> Check:
    """Demand the same samples, to the bit."""

    def check(signal: np.ndarray) -> str:
        np.testing.assert_array_equal(signal, samples.astype(np.float32))
        return f"{len(signal)} samples, equal to those written; peak {np.abs(signal).max():.3g}"

    return check


def with_value(value: float, at: int = 5000) -> np.ndarray:
    """The tone with another value at a sample."""
    samples = tone()
    samples[at] = value
    return samples


def cases() -> Iterator[Case]:
    """All of them."""
    for kind, samples in (
        ("clipped at full scale", np.clip(4 * tone(), -1, 1)),
        ("peaks of 4 times full scale", 8 * tone()),
        ("constant offset (DC) of 0.5", 0.5 + 0 * tone()),
        ("digital silence", 0 * tone()),
        ("denormal numbers, 1e-40", 1e-40 * np.sign(tone())),
        ("a single sample", np.array([0.25])),
        ("100 samples", tone()[:100]),
    ):
        yield audio(kind, "a.wav", by_libsndfile("WAV", "FLOAT", samples), check=exactly(samples))
    for kind, samples, refusal in (
        ("no sample", np.zeros(0), "holds no samples"),
        ("a sample is NaN", with_value(np.nan), "a sample at 0.227 s is not a finite number"),
        ("a sample is infinite", with_value(-np.inf), "a sample at 0.227 s is not a finite number"),
        (
            "a sample is 1e30",
            with_value(1e30),
            "its peak is 1(.0*\\d*)?e\\+30; expected full scale at ±1",
        ),
        ("integers stored as floats", np.round(32767 * tone()), "its peak is 1638\\d"),
    ):
        yield audio(kind, "a.wav", by_libsndfile("WAV", "FLOAT", samples), refusal=refusal)
    for kind, level in (("digital silence", 0.0), ("denormal numbers", 1e-40), ("DC", 0.5)):
        yield Case(f"segments and spectrogram of {kind}", STEMS, spectrogram_of(level))
    yield from lengths()
    yield from stem_files()


def spectrogram_of(level: float) -> Callable[[Path], str]:
    """Cut and transform two constant stems."""

    def read(folder: Path) -> str:
        for name in ("x.wav", "y.wav"):
            by_libsndfile("WAV", "FLOAT", np.full(RATE_HZ, level))(folder / name)
        stems = read_classes(folder, {"x": ["x"], "y": ["y"]}, sample_rate_hz=RATE_HZ)
        cut = SegmentSettings(RATE_HZ, 0.5, 0.25, frame_length=2048, hop_length=512)
        ((*rows,),) = candidate_segments(stems, ["x", "y"], [-60], cut)
        assert {row["kept"] for row in rows} == {level == 0.5}
        mel = MelSettings(RATE_HZ, 2048, 735, 80, 0.0, None, -100.0)
        mels = log_mels_of_mixes(stems[:, : RATE_HZ // 2], mel_filters(mel), mel)
        assert np.isfinite(mels).all()
        return (
            f"{sum(row['kept'] for row in rows)} of {len(rows)} segments kept; spectrograms from"
            f" {mels.min():.0f} to {mels.max():.0f} dB"
        )

    return read


def lengths() -> Iterator[Case]:
    """Stems of different lengths."""

    def read(seconds: tuple[float, float], policy: str) -> Callable[[Path], str]:
        def of(folder: Path) -> str:
            for name, duration_s in zip(("x.wav", "y.wav"), seconds, strict=True):
                by_libsndfile("WAV", "FLOAT", tone(duration_s=duration_s))(folder / name)
            stems = read_classes(
                folder, {"x": ["x"], "y": ["y"]}, sample_rate_hz=RATE_HZ, unequal_lengths=policy
            )
            lasting = (max if policy != "trim" else min)(seconds)
            assert stems.shape == (2, round(lasting * RATE_HZ))
            if policy == "pad":
                assert not stems[1, round(seconds[1] * RATE_HZ) :].any()
            return f"{stems.shape[1]} samples of each"

        return of

    yield Case("0.05 s apart", STEMS, read((1.0, 0.95), "error"))
    yield Case(
        "1 s apart", STEMS, read((2.0, 1.0), "error"), "differ in length \\(x 2.00 s, y 1.00 s\\)"
    )
    yield Case("1 s apart, unequal_stems: pad", STEMS, read((2.0, 1.0), "pad"))
    yield Case("1 s apart, unequal_stems: trim", STEMS, read((2.0, 1.0), "trim"))


def stem_files() -> Iterator[Case]:
    """Files of several streams, as MUSDB18 has them."""
    names = ("mixture", "drums", "bass", "other", "vocals")
    signals = {"drums": tone(44_100), "bass": 0.5 * tone(44_100)}

    def read(change: Callable[[bytes], bytes] = bytes, **options: Any):
        def of(folder: Path) -> str:
            path = folder / "a.stem.mp4"
            write_stem_file(path, signals, **options)
            path.write_bytes(change(path.read_bytes()))
            found = read_classes(path, {name: [name] for name in names[1:]}, sample_rate_hz=44_100)
            drums, bass, *silent = np.abs(found).max(axis=1)
            assert 0.4 < drums < 0.6 and 0.2 < bass < 0.3 and max(silent) < 1e-3  # noqa: PT018
            return f"peaks {drums:.1f} and {bass:.2f}, those of the stems written; others silent"

        return of

    titled = [{"title": name} for name in names]
    yield Case("five streams in MUSDB18's order", STEM_FILE, read())
    yield Case("titles of streams as in MUSDB18", STEM_FILE, read(tags=titled))
    yield Case("48 000 Hz", STEM_FILE, read(rate_hz=48_000))
    for kind, refusal, options in (
        ("four streams", "has 4 audio streams, expected 5", {"n_streams": 4}),
        ("one stream", "has 1 audio streams, expected 5", {"n_streams": 1}),
        (
            "two streams with one title",
            "streams 2 and 3 are both titled drums",
            {"tags": [titled[i] for i in (0, 1, 1, 3, 4)]},
        ),
        (
            "titles of other stems",
            "no audio stream is titled drums",
            {"tags": [{"title": x} for x in ("mixture", "piano", "bass", "other", "vocals")]},
        ),
        (
            "cut off",
            "cannot be decoded|ends after",
            {"change": lambda content: content[: len(content) // 2]},
        ),
        ("empty file", "cannot be decoded", {"change": lambda _: b""}),
        (
            "noise in place of the header",
            "cannot be decoded",
            {"change": lambda content: bytes(200) + content[200:]},
        ),
    ):
        yield Case(kind, STEM_FILE, read(**options), refusal)
