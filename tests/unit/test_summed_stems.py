"""Classes as sums of files of any format, rate, number of channels and length."""

from pathlib import Path

import av
import librosa
import numpy as np
import pytest
import soundfile
from corpus_files import noise, noise_stems, stems_of, write_stem_file, write_wav_folder
from cut_segments import main as cut_segments
from stemlens.audio.segments import SegmentSettings
from stemlens.corpora.stems import read_classes
from stemlens.errors import InputError
from stemlens.tables import read_table

RATE_HZ = 22_050


def resampled(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Mono at RATE_HZ, by librosa."""
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    return librosa.resample(
        np.float32(mono), orig_sr=rate_hz, target_sr=RATE_HZ, res_type="soxr_hq"
    )


def summed(*signals: np.ndarray) -> np.ndarray:
    total = np.zeros(max(map(len, signals)))
    for signal in signals:
        total[: len(signal)] += signal
    return total


def write_aac(path: Path, samples: np.ndarray, rate_hz: int) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=rate_hz, layout="mono", options={"b": "256k"})
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_stems_of_other_rates_channels_and_lengths_add_up_to_their_class(tmp_path: Path) -> None:
    left, right = noise(0, 2), noise(1, 2)
    parts = {
        "a.flac": (np.stack([left, right], axis=1), 44_100),
        "b/c.aiff": (noise(2, 1.5, sample_rate_hz=48_000), 48_000),
        "d.wav": (noise(3, 1, sample_rate_hz=RATE_HZ), RATE_HZ),
    }
    (tmp_path / "b").mkdir()
    for name, (samples, rate_hz) in parts.items():
        soundfile.write(tmp_path / name, samples, rate_hz, subtype="PCM_24")
    classes = {"all": [*parts], "one": ["d.wav"], "none": [], "two": ["d.wav", "a.flac"]}
    read = read_classes(tmp_path, classes, sample_rate_hz=RATE_HZ, unequal_lengths="pad")
    assert read.dtype == np.float32
    assert read.shape == (4, 2 * RATE_HZ)
    signals = {name: resampled(*part) for name, part in parts.items()}
    np.testing.assert_allclose(read[0], summed(*signals.values()), atol=1e-6)
    np.testing.assert_allclose(read[1, :RATE_HZ], signals["d.wav"], atol=1e-6)
    assert not read[1, RATE_HZ:].any()
    assert not read[2].any()
    np.testing.assert_allclose(read[3], summed(signals["d.wav"], signals["a.flac"]), atol=1e-6)


@pytest.mark.parametrize("suffix", ["ogg", "mp3", "m4a"])
def test_lossy_formats_are_read_in_time_with_each_other(tmp_path: Path, suffix: str) -> None:
    """A sweep, which its encoding changes little; a delay of a millisecond would be heard."""
    time_s = np.arange(2 * 44_100) / 44_100
    sweep = np.float32(0.3 * np.sin(2 * np.pi * (200 + 300 * time_s) * time_s))
    if suffix == "m4a":
        write_aac(tmp_path / "sweep.m4a", sweep, 44_100)
    else:
        soundfile.write(tmp_path / f"sweep.{suffix}", sweep, 44_100)
    (read,) = read_classes(tmp_path, {"a": [f"sweep.{suffix}"]}, sample_rate_hz=44_100)
    assert len(read) / 44_100 == pytest.approx(2, abs=0.06)
    middle = slice(4410, -4410)
    np.testing.assert_allclose(read[: len(sweep)][middle], sweep[middle], atol=0.02)


def test_sums_within_a_stem_file_equal_those_of_its_stems(tmp_path: Path) -> None:
    path = tmp_path / "song.stem.m4a"
    write_stem_file(path, noise_stems(0, 2))
    drums, bass, other = stems_of(path, ["drums", "bass", "other"], RATE_HZ)
    classes = {"rhythm": ["drums", "bass"], "other": ["other"]}
    read = read_classes(path, classes, sample_rate_hz=RATE_HZ)
    np.testing.assert_array_equal(read, [drums + bass, other])


def test_within_a_class_stems_are_padded_and_between_classes_compared(tmp_path: Path) -> None:
    long, short = noise(0, 2), noise(1, 1)
    write_wav_folder(tmp_path / "song", {"a": long, "b": short, "c": long, "d": short})
    read = read_classes(
        tmp_path / "song", {"x": ["a", "b"], "y": ["d", "c"]}, sample_rate_hz=44_100
    )
    np.testing.assert_allclose(read, 2 * [summed(long, short)], atol=1e-7)
    message = r"the stems differ in length \(x 2\.00 s, y 1\.00 s\); .*pad or trim"
    with pytest.raises(InputError, match=message):
        read_classes(tmp_path / "song", {"x": ["a", "b"], "y": ["d"]}, sample_rate_hz=44_100)
    read = read_classes(
        tmp_path / "song",
        {"x": ["a", "b"], "y": ["d"], "z": []},
        sample_rate_hz=44_100,
        unequal_lengths="trim",
    )
    np.testing.assert_allclose(read, [long[:44_100] + short, short, 0 * short], atol=1e-7)


@pytest.mark.parametrize("suffix", ["flac", "aiff", "ogg", "m4a"])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    if suffix == "m4a":
        write_aac(file, noise(0, 4), 44_100)
    else:
        soundfile.write(file, noise(0, 4), 44_100)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=rf"a\.{suffix}\S* .*(again|corpus)$") as raised:
        read_classes(tmp_path, {"a": [file.name]}, sample_rate_hz=RATE_HZ)
    assert "\n" not in str(raised.value)


def test_what_is_no_audio_or_holds_several_streams_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"no audio at all")
    with pytest.raises(InputError, match=r"a\.flac: holds no audio that can be decoded"):
        read_classes(tmp_path, {"a": ["a.flac"]}, sample_rate_hz=RATE_HZ)
    write_stem_file(tmp_path / "b.mp4", noise_stems(0, 1))
    with pytest.raises(InputError, match=r"b\.mp4: has 5 audio streams; expected one"):
        read_classes(tmp_path, {"a": ["b.mp4"]}, sample_rate_hz=RATE_HZ)
    with pytest.raises(InputError, match=r": c\.flac is missing"):
        read_classes(tmp_path, {"a": ["c.flac"]}, sample_rate_hz=RATE_HZ)


def test_a_song_without_a_class_has_no_segment_and_its_table_says_why(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "kick.flac", noise(0, 6), 44_100)
    soundfile.write(tmp_path / "snare.flac", noise(1, 6), 44_100)
    cut_segments(
        str(tmp_path),
        str(tmp_path / "segments"),
        str(tmp_path / "segments.csv"),
        song="Song",
        split="train",
        classes=[
            {"name": "drums", "stems": ["kick.flac", "snare.flac"]},
            {"name": "voice", "stems": []},
            {"name": "bass", "stems": []},
        ],
        unequal_stems="error",
        broken_songs="stop",
        threshold_db=-60,
        settings=SegmentSettings(RATE_HZ, 2, 1, 2048, 512),
    )
    table = read_table(tmp_path / "segments.csv")
    assert list(table["reason"]) == ["no stem of voice and bass"] * 3
    assert list(table["active_s_drums"] > 1.9) == [True] * 3
    assert not table["kept"].any()
    assert list((tmp_path / "segments").iterdir()) == []
