"""Songs as files: a .stem.mp4, or a folder of WAV files."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from stemlens.corpora.stems import read_stems

STEM_ORDER = ("mixture", "drums", "bass", "other", "vocals")
DATA = os.environ.get("STEMLENS_DATA")
needs_real_songs = pytest.mark.skipif(
    DATA is None, reason="STEMLENS_DATA does not name a folder with musdb18-mini"
)
needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None,
    reason="musdb reads through ffmpeg and ffprobe, which are not on PATH",
)
ODD_NAMES = [
    "-starts with a dash",
    "A <b>bold<b> {song}",
    'It\'s "quoted"',
    "Ümläut & Söhne",
    "A B",
    "A-B",
    "???",
    "日本",
    "Song. (Live), 100 %",
]


def touch(root: Path, files: Iterable[str]) -> None:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()


def write_empty_corpus(root: Path, layout: str, songs: Sequence[str]) -> None:
    """Songs of empty files in both splits, with the stems drums and bass in MUSDB18-HQ's layout."""
    files = {
        "musdb18": [f"{song}.stem.mp4" for song in songs],
        "musdb18hq": [f"{song}/{stem}.wav" for song in songs for stem in ("drums", "bass")],
    }
    for split in ("train", "test"):
        touch(root / split, files[layout])


def real_song(split: str, name: str) -> Path:
    return Path(str(DATA)) / "musdb18-mini" / split / f"Music Delta - {name}.stem.mp4"


def noise(seed: int, duration_s: float, *, sample_rate_hz: int = 44_100) -> np.ndarray:
    """Mono white noise at an RMS of 0.1."""
    n_samples = round(duration_s * sample_rate_hz)
    return np.random.default_rng(seed).normal(0, 0.1, n_samples).astype(np.float32)


def noise_stems(seed: int, duration_s: float) -> dict[str, np.ndarray]:
    return {stem: noise(10 * seed + i, duration_s) for i, stem in enumerate(STEM_ORDER[1:])}


def stems_of(
    path: Path, stems: Sequence[str], sample_rate_hz: int = 44_100, **policy: str
) -> np.ndarray:
    return read_stems(path, stems, sample_rate_hz=sample_rate_hz, **policy)


def write_wav_folder(folder: Path, stems: Mapping[str, np.ndarray], rate_hz: int = 44_100) -> None:
    folder.mkdir(parents=True)
    for stem, samples in stems.items():
        soundfile.write(folder / f"{stem}.wav", samples, rate_hz, subtype="FLOAT")


def write_stem_file(
    path: Path,
    stems: Mapping[str, np.ndarray],
    *,
    n_streams: int = 5,
    rate_hz: int = 44_100,
    tags: Sequence[Mapping[str, str]] = ({},) * 5,
    starts_s: Mapping[str, float] | None = None,
) -> None:
    """Write stems as AAC streams in MUSDB18's order; those not given are silent.

    A stem of shape (sample,) is written as mono, one of shape (sample, 2) as stereo. `tags` are
    those of each stream; `starts_s` says which stems do not start at 0.

    The header stands in front, so that a file that was cut off can still be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    silence = np.zeros_like(max(stems.values(), key=len))
    layout = "mono" if silence.ndim == 1 else "stereo"
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        streams = [
            container.add_stream("aac", rate=rate_hz, layout=layout, options={"b": "256k"})
            for _ in range(n_streams)
        ]
        for stream, tag in zip(streams, tags, strict=False):
            stream.metadata.update(tag)
        for stem, stream in zip(STEM_ORDER, streams, strict=False):
            assert isinstance(stream, av.AudioStream)
            samples = np.atleast_2d(stems.get(stem, silence).astype(np.float32).T)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples), format="fltp", layout=layout
            )
            frame.sample_rate = rate_hz
            frame.pts = round((starts_s or {}).get(stem, 0) * rate_hz)
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
