"""The stems of a song in MUSDB18's format, beside musdb's reader."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from comparison import OURS, Comparison

STEMS = ("mixture", "drums", "bass", "other", "vocals")
FILE_RATE_HZ, RATE_HZ = 44_100, 22_050
PIECE_S, N_REPEATS = 24, 10


def prepare(folder: Path) -> None:
    """A rendered piece, encoded once and repeated: the packets of a stream are copied."""
    import av
    import soxr
    from stemlens.corpora.demo_corpus import SAMPLE_RATE_HZ, compose_split, render

    piece = next(compose_split("train", 1, duration_s=PIECE_S, seed=0))
    stems = render(piece, duration_s=PIECE_S)
    stems["mixture"] = sum(stems.values())
    with av.open(str(folder / "song.stem.mp4"), "w", format="mp4") as container:
        streams = {
            stem: container.add_stream(
                "aac", rate=FILE_RATE_HZ, layout="stereo", options={"b": "256k"}
            )
            for stem in STEMS
        }
        for stem, stream in streams.items():
            # Far below full scale, where musdb's reader, which goes through 16 bits, does not clip.
            samples = 0.5 * soxr.resample(stems[stem], SAMPLE_RATE_HZ, FILE_RATE_HZ)
            planes = np.ascontiguousarray(samples.T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = FILE_RATE_HZ, 0
            packets = [*stream.encode(frame), *stream.encode(None)]
            start = packets[0].pts
            for number, data in enumerate([bytes(packet) for packet in packets] * N_REPEATS):
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, packets[0].time_base
                packet.pts = packet.dts = start + 1024 * number
                packet.duration = 1024
                container.mux(packet)


def stemlens(folder: Path) -> Callable[[], np.ndarray]:
    """Decoded in this process."""
    from stemlens.corpora.stems import read_stems

    return lambda: read_stems(folder / "song.stem.mp4", STEMS, sample_rate_hz=RATE_HZ)


def musdb(folder: Path) -> Callable[[], np.ndarray]:
    """Decoded by a process of ffmpeg per stem; channels and sample rate brought down as ours."""
    import soxr
    from musdb.audio_classes import MultiTrack

    def work() -> np.ndarray:
        track = MultiTrack(path=str(folder / "song.stem.mp4"), name="song", stem_id=0)
        mono = track.stems.mean(axis=2).astype(np.float32)
        return np.stack([soxr.resample(s, track.rate, RATE_HZ, quality="HQ") for s in mono])

    return work


def check(folder: Path) -> None:
    """To the step of musdb's 16 bits."""
    ours = stemlens(folder)()
    assert ours.shape[1] > 230 * RATE_HZ
    assert np.abs(ours).max() < 1
    if HAS_FFMPEG:
        np.testing.assert_allclose(ours, musdb(folder)(), atol=2**-15)


HAS_FFMPEG = bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))
COMPARISON = Comparison(
    "Five stems of a song of 240 s, mono at 22 050 Hz, from .stem.mp4",
    {OURS: stemlens, "musdb": musdb} if HAS_FFMPEG else {OURS: stemlens},
    prepare,
    check,
    targets={"musdb": 3},
    note="musdb starts ffmpeg, whose memory comes on top of its own."
    if HAS_FFMPEG
    else "musdb takes no part: ffmpeg and ffprobe are not on PATH.",
    n_warm_ups=0,
)
