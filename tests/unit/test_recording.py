import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError

RATE_HZ = 22_050
DATA = Path(os.environ.get("STEMLENS_DATA", "")) / "emotify-mini/audio"


def sine(frequency_hz, rate_hz, duration_s=2.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


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
    signal = read_recording(path, sample_rate_hz=RATE_HZ)
    assert signal.dtype == np.float32
    stored, _ = soundfile.read(path, always_2d=True)
    np.testing.assert_allclose(signal, stored.mean(axis=1), atol=tolerance)


def test_a_sine_keeps_its_frequency_when_it_is_resampled(tmp_path):
    soundfile.write(tmp_path / "song.wav", sine(3000, 44_100), 44_100, subtype="FLOAT")
    signal = read_recording(tmp_path / "song.wav", sample_rate_hz=RATE_HZ)
    inner = slice(2000, -2000)
    np.testing.assert_allclose(signal[inner], sine(3000, RATE_HZ)[inner], atol=1e-4)


def test_overshoots_are_kept(tmp_path):
    soundfile.write(tmp_path / "song.wav", 3 * sine(440, RATE_HZ), RATE_HZ, subtype="FLOAT")
    assert np.abs(read_recording(tmp_path / "song.wav", sample_rate_hz=RATE_HZ)).max() > 1.4


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
    with pytest.raises(InputError, match=message) as raised:
        read_recording(path, sample_rate_hz=RATE_HZ)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


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
