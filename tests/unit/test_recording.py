import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from recording_files import RATE_HZ, assert_refused, read, sine
from stemlens.corpora.recording import read_recording

DATA = Path(os.environ.get("STEMLENS_DATA", "")) / "emotify-mini/audio"


@pytest.mark.parametrize(
    ("suffix", "subtype", "tolerance"),
    [
        ("wav", "FLOAT", 1e-7),
        ("wav", "PCM_16", 2e-5),
        ("flac", "PCM_24", 1e-6),
        ("ogg", "VORBIS", 1e-3),
    ],
)
def test_channels_are_averaged_in_every_format(tmp_path, suffix, subtype, tolerance):
    left, right = sine(440, RATE_HZ), 0.3 * sine(1000, RATE_HZ)
    path = tmp_path / f"song.{suffix}"
    soundfile.write(path, np.stack([left, right], axis=1), RATE_HZ, subtype=subtype)
    signal = read(path)
    assert signal.dtype == np.float32
    stored, _ = soundfile.read(path, always_2d=True)
    np.testing.assert_allclose(signal, stored.mean(axis=1), atol=tolerance)


def test_a_sine_keeps_its_frequency_when_it_is_resampled(tmp_path):
    soundfile.write(tmp_path / "song.wav", sine(3000, 44_100), 44_100, subtype="FLOAT")
    signal = read(tmp_path / "song.wav")
    inner = slice(2000, -2000)
    np.testing.assert_allclose(signal[inner], sine(3000, RATE_HZ)[inner], atol=1e-4)


def test_overshoots_are_kept(tmp_path):
    soundfile.write(tmp_path / "song.wav", 3 * sine(440, RATE_HZ), RATE_HZ, subtype="FLOAT")
    assert np.abs(read(tmp_path / "song.wav")).max() > 1.4
    soundfile.write(tmp_path / "song.wav", 60 * sine(440, RATE_HZ), RATE_HZ, subtype="FLOAT")
    assert np.abs(read(tmp_path / "song.wav")).max() > 29


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be decoded"),
        (b"no audio at all " * 100, "cannot be decoded"),
        ("empty", "holds no sample"),
        ("nan", r"a sample at 0\.500 s is not a finite number"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, content, message):
    path = tmp_path / "song.wav"
    if content == "empty":
        soundfile.write(path, np.zeros(0), RATE_HZ)
    elif content == "nan":
        samples = sine(440, RATE_HZ)
        samples[RATE_HZ // 2] = np.nan
        soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    elif content:
        path.write_bytes(content)
    assert_refused(path, f"^{re.escape(str(path))}: {message}")


@pytest.mark.parametrize("position_s", [0.0, 3.7, 9.99])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_sample_that_is_no_number_is_never_skipped_as_damage(tmp_path, position_s, value):
    """The file is longer than what is decoded at once."""
    path = tmp_path / "song.wav"
    samples = sine(440, 44_100, 10)
    samples[round(position_s * 44_100)] = value
    soundfile.write(path, samples, 44_100, subtype="FLOAT")
    assert_refused(path, rf"song\.wav: a sample at {position_s:.3f} s is not a finite number")


@pytest.mark.parametrize("scale", [127, 32767, 2**31 - 1])
@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_integers_stored_as_floats_are_refused(tmp_path, scale, subtype):
    path = tmp_path / "song.wav"
    soundfile.write(path, np.round(scale * 2 * sine(440, RATE_HZ)), RATE_HZ, subtype=subtype)
    expected = "expected full scale at ±1, with overshoots up to ±32"
    assert_refused(path, rf"song\.wav: its peak is {str(scale)[:2]}\d*; {expected}")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (np.inf, -np.inf, "a sample at 1.000 s is not a finite number"),
        (0, np.nan, "a sample at 1.000 s is not a finite number"),
        (3e38, 3e38, "its peak is 3"),
        (32_768, -32_768, r"song\.wav: its peak is 32768"),
    ],
)
@pytest.mark.parametrize("rate_hz", [RATE_HZ, 44_100])
def test_samples_that_are_no_signal_are_refused_without_a_warning(
    tmp_path, left, right, message, rate_hz
):
    path = tmp_path / "song.wav"
    samples = np.zeros((2 * rate_hz, 2), np.float32)
    samples[rate_hz] = left, right
    soundfile.write(path, samples, rate_hz, subtype="FLOAT")
    assert_refused(path, message)


@pytest.mark.parametrize("file_format", ["WAV", "W64"])
@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM"])
@pytest.mark.parametrize("rate_hz", [44_100, 22_050, 8000])
def test_packets_of_several_frames_have_no_gaps(tmp_path, file_format, subtype, rate_hz):
    path = tmp_path / "song.wav"
    samples = np.stack([sine(440, rate_hz, 5), sine(660, rate_hz, 5)], axis=1)
    soundfile.write(path, samples, rate_hz, format=file_format, subtype=subtype)
    stored, _ = soundfile.read(path)
    signal = read_recording(path, sample_rate_hz=rate_hz)
    # Decoders of ADPCM round differently.
    np.testing.assert_allclose(signal, stored[: len(signal)].mean(axis=1), atol=3e-3)
    assert len(signal) >= 5 * rate_hz


@pytest.mark.parametrize("name", ["12:30 am.wav", "concat:a.wav", "100%d.wav"])
def test_a_relative_name_may_look_like_a_protocol(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    soundfile.write(name, sine(440, RATE_HZ), RATE_HZ)
    assert len(read(name)) == 2 * RATE_HZ


@pytest.mark.skipif(not DATA.is_dir(), reason="STEMLENS_DATA names no folder with emotify-mini")
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not there to compare with")
def test_real_mp3_files_are_read_as_ffmpeg_reads_them():
    for path in sorted(DATA.rglob("*.mp3"))[:3]:
        output = ["-f", "f32le", "-ar", "44100", "-ac", "2", "-"]
        command = ["ffmpeg", "-v", "error", "-i", path, *output]
        raw = subprocess.run(command, capture_output=True, check=True)
        expected = np.frombuffer(raw.stdout, "<f4").reshape(-1, 2).mean(axis=1)
        signal = read_recording(path, sample_rate_hz=44_100)
        assert abs(len(signal) - len(expected)) <= 1152
        n = min(len(signal), len(expected))
        np.testing.assert_allclose(signal[:n], expected[:n], atol=1e-4)
