"""Stems of .stem.mp4 files: which stream holds which, where each starts, and damaged files."""

import warnings
from pathlib import Path

import av
import numpy as np
import pytest
from corpus_files import (
    needs_ffmpeg,
    needs_real_songs,
    noise_stems,
    real_song,
    stems_of,
    write_stem_file,
)
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError

RATE_HZ = 44_100
SIXTEEN_BIT_STEP = 2**-15


def amplitude(samples: np.ndarray, hz: float) -> float:
    """Of a sine among the samples from 0.5 s to 1.5 s."""
    middle = samples[RATE_HZ // 2 : 3 * RATE_HZ // 2]
    return float(np.abs(np.fft.rfft(middle))[round(hz)] * 2 / RATE_HZ)


def test_channels_of_a_stem_file_are_averaged_and_its_rate_is_its_own(tmp_path: Path) -> None:
    time_s = np.arange(2 * 48_000) / 48_000
    left, right = 0.6 * np.sin(2 * np.pi * 300 * time_s), 0.2 * np.sin(2 * np.pi * 500 * time_s)
    stems = {"bass": np.stack([left, right], axis=1)}
    write_stem_file(tmp_path / "song.stem.mp4", stems, rate_hz=48_000)
    (bass,) = stems_of(tmp_path / "song.stem.mp4", ["bass"])
    assert amplitude(bass, 300) == pytest.approx(0.3, rel=0.02)
    assert amplitude(bass, 500) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("n_channels", [2, 1])
def test_the_left_channel_of_a_stem_file_may_be_read_alone(tmp_path: Path, n_channels: int) -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    left, right = 0.6 * np.sin(2 * np.pi * 300 * time_s), 0.2 * np.sin(2 * np.pi * 500 * time_s)
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, {"bass": np.stack([left, right], axis=1) if n_channels == 2 else left})
    stems = {"bass": ["bass"]}
    (bass,) = read_classes(path, stems, sample_rate_hz=RATE_HZ, channels="left")
    assert amplitude(bass, 300) == pytest.approx(0.6, rel=0.02)
    assert amplitude(bass, 500) < 0.002


@pytest.mark.parametrize("kept_share", [0.02, 0.6, 0.97])
def test_a_stem_file_that_was_cut_off_is_named(tmp_path: Path, kept_share: float) -> None:
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, noise_stems(0, 10))
    content = path.read_bytes()
    path.write_bytes(content[: round(kept_share * len(content))])
    with pytest.raises(InputError, match=r"song\.stem\.mp4: .*damaged or incomplete"):
        stems_of(path, ["drums", "vocals"])


def test_a_stem_file_that_was_cut_off_between_two_packets_is_named(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, noise_stems(0, 4))
    with av.open(str(path)) as container:
        ends = [p.pos + p.size for p in container.demux() if p.pts is not None and p.pts >= RATE_HZ]
    path.write_bytes(path.read_bytes()[: min(ends)])
    with pytest.raises(InputError, match=r"ends after .* its header says 4.0.* incomplete"):
        stems_of(path, ["drums", "vocals"])


def test_a_stem_file_with_four_streams_is_refused(tmp_path: Path) -> None:
    write_stem_file(tmp_path / "song.stem.mp4", noise_stems(0, 1), n_streams=4)
    with pytest.raises(InputError, match="has 4 audio streams, expected 5"):
        stems_of(tmp_path / "song.stem.mp4", ["drums"])


def test_a_stem_that_stem_files_do_not_have_is_refused(tmp_path: Path) -> None:
    write_stem_file(tmp_path / "song.stem.mp4", noise_stems(0, 1))
    with pytest.raises(InputError, match=r"corpus.classes: a .stem.mp4 file has no stem flute"):
        stems_of(tmp_path / "song.stem.mp4", ["flute"])


TONES_HZ = {"mixture": 200.0, "drums": 300.0, "bass": 500.0, "other": 700.0, "vocals": 900.0}


def write_tones(path: Path, tags: list[dict[str, str]]) -> None:
    """Write streams in MUSDB18's order, whose tones tell which is which."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tones = {stem: 0.5 * np.sin(2 * np.pi * hz * time_s) for stem, hz in TONES_HZ.items()}
    write_stem_file(path, tones, tags=tags)


@pytest.mark.parametrize("key", ["title", "handler_name"])
def test_titles_that_name_stems_beat_the_order_of_the_streams(tmp_path: Path, key: str) -> None:
    """The tone of MUSDB18's drums is titled Vocals, and so on."""
    titles = ["mixture", "Vocals", "other", "BASS", " drums "]
    write_tones(tmp_path / "song.stem.mp4", [{key: title} for title in titles])
    read = stems_of(tmp_path / "song.stem.mp4", list(TONES_HZ))
    heard_hz = dict(zip(TONES_HZ, read, strict=True))
    for stem, hz in {"drums": 900, "bass": 700, "other": 500, "vocals": 300}.items():
        assert amplitude(heard_hz[stem], hz) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    "titles",
    [
        [None] * 5,
        ["Core Media Audio"] * 5,
        [None, "drums", None, None, "vocals"],
        ["My Song (Mix)", "drums", "bass", "other", "vocals"],
    ],
    ids=["none", "of a program", "some, in order", "of the mixture"],
)
def test_without_titles_that_name_stems_the_order_of_the_streams_decides(
    tmp_path: Path, titles: list[str | None]
) -> None:
    tags = [{"handler_name": title} if title else {} for title in titles]
    write_tones(tmp_path / "song.stem.mp4", tags)
    stems = ["vocals", "drums", "other", "bass"]
    read = stems_of(tmp_path / "song.stem.mp4", stems)
    for stem, samples in zip(stems, read, strict=True):
        assert amplitude(samples, TONES_HZ[stem]) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        (
            ["mixture", "drums", "Drums", "other", "vocals"],
            "audio streams 2 and 3 are both titled drums; expected one stream for each stem",
        ),
        (
            [None, None, "drums", None, None],
            "no audio stream is titled bass, and stream 3, its place in MUSDB18, is titled 'drums'",
        ),
        (
            ["mixture", "drums", "sub", "other", "vocals"],
            "no audio stream is titled bass, and stream 3, its place in MUSDB18, is titled"
            " 'sub'; expected the titles mixture, drums, bass, other, vocals, or none",
        ),
        (["Full", "Kick", "Sub", "Pads", "Lead"], "no audio stream is titled drums"),
    ],
)
def test_titles_that_contradict_each_other_or_the_order_are_refused(
    tmp_path: Path, titles: list[str | None], message: str
) -> None:
    write_tones(tmp_path / "song.stem.mp4", [{"title": title} if title else {} for title in titles])
    with pytest.raises(InputError, match=rf"song\.stem\.mp4: {message}"):
        stems_of(tmp_path / "song.stem.mp4", ["drums", "bass"])


def clicks(duration_s: float = 2.0) -> np.ndarray:
    """Silence with a click of 2 ms at 1 s."""
    samples = np.zeros(round(duration_s * RATE_HZ), np.float32)
    samples[RATE_HZ : RATE_HZ + 88] = 0.9
    return samples


@pytest.mark.parametrize("start_s", [0.5, 0.02, -0.3])
def test_a_stem_that_starts_late_or_early_is_placed_where_it_belongs(
    tmp_path: Path, start_s: float
) -> None:
    """All clicks sound at the same time, one in a stream of another start."""
    late = clicks()[round(max(0.0, start_s) * RATE_HZ) :]
    late = np.concatenate([np.zeros(round(max(0.0, -start_s) * RATE_HZ), np.float32), late])
    stems = dict.fromkeys(["mixture", "drums", "other", "vocals"], clicks()) | {"bass": late}
    path = tmp_path / "song.stem.mp4"
    write_stem_file(path, stems, starts_s={"bass": start_s})
    with av.open(str(path)) as container:
        starts = [float(s.start_time * s.time_base) for s in container.streams.audio]
    # FFmpeg drops what stands before 0 itself; a late stream keeps its encoder's delay.
    delay_s = 1024 / RATE_HZ
    assert starts[2] == pytest.approx(max(0.0, start_s - delay_s), abs=0.001)
    read = stems_of(path, ["drums", "bass"])
    for samples in read:
        first = int(np.argmax(np.abs(samples) > 0.3))
        assert first / RATE_HZ == pytest.approx(1, abs=0.002)
    if start_s == 0.5:
        assert (read[1, : round((start_s - delay_s - 0.001) * RATE_HZ)] == 0).all()


def test_streams_that_all_start_late_start_together_without_silence(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.mp4"
    stems = ["mixture", "drums", "bass", "other", "vocals"]
    write_stem_file(path, dict.fromkeys(stems, clicks()), starts_s=dict.fromkeys(stems, 0.5))
    read = stems_of(path, ["drums", "bass"])
    # The encoder's delay is part of a stream that starts late.
    assert read.shape[1] <= 2 * RATE_HZ + 3 * 1024
    assert int(np.argmax(np.abs(read[0]) > 0.3)) / RATE_HZ == pytest.approx(1 + 0.023, abs=0.002)


def test_a_stem_with_a_gap_is_refused(tmp_path: Path) -> None:
    """The packets of one stream are shifted by half a second from its middle on."""
    whole, path = tmp_path / "whole.stem.mp4", tmp_path / "song.stem.mp4"
    write_stem_file(whole, noise_stems(0, 2))
    with av.open(str(whole)) as source, av.open(str(path), "w", format="mp4") as target:
        streams = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                number = packet.stream.index
                if number == 2 and packet.pts > RATE_HZ:
                    packet.pts = packet.dts = packet.pts + RATE_HZ // 2
                packet.stream = streams[number]
                target.mux(packet)
    message = r"stem bass ends after 2\.0\d s, its header says 2\.5\d s; the file is damaged"
    with pytest.raises(InputError, match=message):
        stems_of(path, ["drums", "bass"])


def test_two_classes_may_share_a_stem(tmp_path: Path) -> None:
    write_tones(tmp_path / "song.stem.mp4", [])
    a, b = stems_of(tmp_path / "song.stem.mp4", ["drums", "drums"])
    np.testing.assert_array_equal(a, b)
    assert amplitude(a, 300) == pytest.approx(0.5, rel=0.02)


@needs_real_songs
@needs_ffmpeg
@pytest.mark.parametrize(
    ("split", "name"), [("test", "Punk"), ("test", "Rock"), ("train", "Rockabilly")]
)
def test_real_stems_equal_what_musdb_reads(split: str, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import musdb
    path = real_song(split, name)
    database = musdb.DB(root=path.parents[1], subsets=[split])
    track = next(t for t in database.tracks if t.name == f"Music Delta - {name}")
    order = ["drums", "bass", "other", "vocals"]
    ours = stems_of(path, order)
    theirs = track.stems[1:]
    assert ours.shape == theirs.shape[:2]
    # musdb clips at full scale, which we do not.
    within = (np.abs(theirs) < 1 - SIXTEEN_BIT_STEP).all(axis=2)
    assert within.mean() > 0.999
    difference = np.abs(ours - theirs.mean(axis=2))[within]
    assert difference.max() <= SIXTEEN_BIT_STEP
