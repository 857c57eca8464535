import os
import re
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError

RATE_HZ = 22_050
DATA = Path(os.environ.get("STEMLENS_DATA", "")) / "emotify-mini/audio"


def read(path):
    return read_recording(path, sample_rate_hz=RATE_HZ)


def assert_refused(path, message):
    with pytest.raises(InputError, match=message) as raised:
        read(path)
    assert "\n" not in str(raised.value)


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


def write_mono(path, samples, *, codec, container=None, rate_hz=44_100, quality=None, **options):
    """Encode through FFmpeg's libraries, at 128 kbit/s or at a quality (variable bit rate)."""
    with av.open(str(path), "w", format=container, options=options) as file:
        variable = {"flags": "+qscale", "global_quality": quality} if quality else {}
        stream = file.add_stream(codec, rate=rate_hz, layout="mono", options=variable)
        stream.bit_rate = 128_000
        resampler = av.AudioResampler(
            stream.codec_context.codec.audio_formats[0],
            "mono",
            rate_hz,
            stream.codec_context.frame_size or 4096,
        )
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))


def write_mp3(path, samples, *, header=True, **options):
    """Encode as MP3; the header states how many frames there are."""
    options["write_xing"] = str(int(header))
    write_mono(path, samples, codec="libmp3lame", container="mp3", **options)
    return path.read_bytes()


def damaged(content, share):
    """Overwrite a share of the bytes, from a third of the file on, with noise."""
    first, n = len(content) // 3, round(share * len(content))
    return content[:first] + np.random.default_rng(0).bytes(n) + content[first + n :]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize(
    "alter",
    [lambda content: content + b"no audio at all " * 500, lambda content: damaged(content, 0.02)],
    ids=["trailing junk", "short damaged stretch"],
)
def test_packets_that_cannot_be_decoded_are_skipped_and_counted(tmp_path, caplog, header, alter):
    path = tmp_path / "song.mp3"
    content = write_mp3(path, sine(440, 44_100, 10), header=header)
    whole = read(path)
    assert not caplog.text
    path.write_bytes(alter(content))
    signal = read(path)
    assert 0.97 * len(whole) <= len(signal) <= len(whole)
    np.testing.assert_allclose(signal[: 2 * RATE_HZ], whole[: 2 * RATE_HZ], atol=1e-3)
    assert re.search(r"song\.mp3: skipped packets that cannot be decoded.*: [1-9]", caplog.text)


@pytest.mark.parametrize(
    "alter",
    [lambda content: content[: len(content) // 2], lambda content: damaged(content, 0.2)],
    ids=["half of the file", "long damaged stretch"],
)
def test_a_recording_shorter_than_its_header_states_is_refused(tmp_path, alter):
    path = tmp_path / "song.mp3"
    path.write_bytes(alter(write_mp3(path, sine(440, 44_100, 10))))
    # The header counts whole frames, the encoder's delay among them.
    assert_refused(path, r"song\.mp3: its header states 10\.03 s")


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


def test_integers_stored_as_floats_are_refused_where_channels_cancel(tmp_path):
    path = tmp_path / "song.wav"
    left = np.round(32_768 * 2 * sine(440, RATE_HZ))
    soundfile.write(path, np.stack([left, -left], axis=1), RATE_HZ, subtype="FLOAT")
    assert_refused(path, r"song\.wav: its peak is 32768")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (np.inf, -np.inf, "a sample at 1.000 s is not a finite number"),
        (0, np.nan, "a sample at 1.000 s is not a finite number"),
        (3e38, 3e38, "its peak is 3"),
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


def by_soundfile(suffix, **options):
    return suffix, lambda path, samples: soundfile.write(path, samples, 44_100, **options)


def by_ffmpeg(suffix, codec, **options):
    return suffix, lambda path, samples: write_mono(path, samples, codec=codec, **options)


STATED = {
    "WAV, 16 bit": by_soundfile("wav", subtype="PCM_16"),
    "WAV, 24 bit": by_soundfile("wav", subtype="PCM_24"),
    "WAV, float": by_soundfile("wav", subtype="FLOAT"),
    "RF64": by_soundfile("wav", format="RF64"),
    "AIFF": by_soundfile("aiff", subtype="PCM_16"),
    "AIFF, float": by_soundfile("aiff", subtype="FLOAT"),
    "FLAC": by_soundfile("flac"),
    "Ogg Vorbis": by_soundfile("ogg", format="OGG", subtype="VORBIS"),
    "Ogg Opus": by_ffmpeg("opus", "libopus", rate_hz=48_000),
    "Ogg FLAC": by_ffmpeg("oga", "flac", container="ogg"),
    "MP3 of libsndfile": by_soundfile("mp3", format="MP3"),
    "MP3": by_ffmpeg("mp3", "libmp3lame"),
    "M4A, header first": by_ffmpeg("m4a", "aac", container="mp4", movflags="faststart"),
    "M4A, header last": by_ffmpeg("m4a", "aac", container="mp4"),
    "M4A, lossless": by_ffmpeg("m4a", "alac", container="mp4", movflags="faststart"),
    "QuickTime": by_ffmpeg("mov", "aac", movflags="faststart"),
    "WMA": by_ffmpeg("wma", "wmav2", container="asf"),
    "Matroska": by_ffmpeg("mka", "flac", container="matroska"),
    "WavPack": by_ffmpeg("wv", "wavpack"),
    "TTA": by_ffmpeg("tta", "tta"),
}
ID3V1 = b"TAG" + bytes(125)
APE = b"APETAGEX" + bytes(24) + b"text " * 20_000 + b"APETAGEX" + bytes(24)
JUNK = np.random.default_rng(1).bytes(100_000)


def noise_and_tone(name):
    """Ten seconds; Opus has rates of its own."""
    rate_hz = 48_000 if name == "Ogg Opus" else 44_100
    return sine(440, rate_hz, 10) + np.random.default_rng(0).normal(0, 0.05, 10 * rate_hz)


@pytest.mark.parametrize("name", STATED)
def test_a_whole_file_passes_whatever_follows_it_and_half_of_it_is_refused(tmp_path, name):
    suffix, write = STATED[name]
    path = tmp_path / f"song.{suffix}"
    write(path, noise_and_tone(name))
    whole = read(path)
    assert len(whole) / RATE_HZ == pytest.approx(10, abs=0.05)
    content = path.read_bytes()
    for tail in (ID3V1, APE, JUNK):
        path.write_bytes(content + tail)
        signal = read(path)
        n = len(whole) - 1152
        assert 0 <= len(signal) - n < 2 * 1152
        np.testing.assert_allclose(signal[:n], whole[:n], atol=1e-3)
    path.write_bytes(content[: len(content) // 2])
    message = r"its header states|last page is missing|cannot be decoded"
    assert_refused(path, rf"song\.{suffix}: .*({message})")


# FFmpeg does not decode these, or not all of them.
NOT_DECODED = ("DWVW", "NMS", "G723", "MPEG")


@pytest.mark.parametrize(
    ("file_format", "subtype"),
    [
        (file_format, subtype)
        for file_format in ["AIFF", "AU", "CAF", "NIST", "RF64", "VOC", "W64", "WAV", "WAVEX"]
        for subtype in soundfile.available_subtypes(file_format)
        if not subtype.startswith(NOT_DECODED)
    ],
)
def test_a_whole_file_of_any_kind_passes_and_half_of_it_is_refused(tmp_path, file_format, subtype):
    path = tmp_path / "song"
    soundfile.write(path, sine(440, 8000, 10), 8000, format=file_format, subtype=subtype)
    signal = read_recording(path, sample_rate_hz=8000)
    assert len(signal) / 8000 == pytest.approx(10, abs=0.3)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    if file_format == "VOC" or (file_format == "AIFF" and subtype in {"IMA_ADPCM", "GSM610"}):
        # Their headers state no length that is read here.
        assert len(read_recording(path, sample_rate_hz=8000)) / 8000 < 5.2
        return
    with pytest.raises(InputError, match=r"its header states (9|10)\.\d\d s"):
        read_recording(path, sample_rate_hz=8000)


@pytest.mark.parametrize(("duration_s", "rate_hz"), [(0.3, 44_100), (0.7, 8000), (0.5, 22_050)])
def test_what_an_encoder_adds_to_a_short_file_is_no_loss(tmp_path, duration_s, rate_hz):
    path = tmp_path / "song.mp3"
    write_mp3(path, sine(440, rate_hz, duration_s), rate_hz=rate_hz)
    signal = read(path)
    assert len(signal) / RATE_HZ == pytest.approx(duration_s, abs=0.02)


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        ("mp3", "libmp3lame", {"write_xing": "0"}),
        ("aac", "aac", {"container": "adts"}),
        ("ac3", "ac3", {}),
    ],
)
@pytest.mark.parametrize(("share", "is_refused"), [(0.02, False), (0.2, True)])
def test_without_a_header_what_is_lost_in_the_midst_counts(
    tmp_path, suffix, codec, options, share, is_refused
):
    path = tmp_path / f"song.{suffix}"
    write_mono(path, noise_and_tone(suffix), codec=codec, **options)
    path.write_bytes(damaged(path.read_bytes(), share) + JUNK)
    if is_refused:
        # The damage begins after a third.
        message = (
            r"of which [0-2]\.\d\d s cannot be decoded, from 3\.[0-4]\d s on; expected at most 5%"
        )
        assert_refused(path, message)
    else:
        signal = read(path)
        assert len(signal) / RATE_HZ == pytest.approx(10, abs=0.45)


@pytest.mark.parametrize(("share", "is_refused"), [(0.02, False), (0.2, True)])
@pytest.mark.parametrize("between_frames", [True, False])
def test_bytes_of_an_adts_file_that_belong_to_no_packet_count_as_lost(
    tmp_path, between_frames, share, is_refused
):
    path = tmp_path / "song.aac"
    write_mono(path, noise_and_tone("aac"), codec="aac", container="adts")
    content = path.read_bytes()
    first, last = len(content) // 3, len(content) // 3 + round(share * len(content))
    if between_frames:
        first, last = (content.index(content[:3], at) for at in (first, last))
    path.write_bytes(content[:first] + bytes(last - first) + content[last:] + JUNK)
    if is_refused:
        assert_refused(
            path, r"it is about 10\.0\d s long, of which 2\.0\d s cannot .*, from 3\.[34]\d s on"
        )
    else:
        signal = read(path)
        assert len(signal) / RATE_HZ == pytest.approx(10 * (1 - share), abs=0.1)


@pytest.mark.parametrize("name", ["MP3", "FLAC", "Ogg Vorbis", "M4A, header first", "Matroska"])
def test_a_header_does_not_hide_what_is_lost_in_the_midst(tmp_path, name):
    suffix, write = STATED[name]
    path = tmp_path / f"song.{suffix}"
    write(path, noise_and_tone(name))
    path.write_bytes(damaged(path.read_bytes(), 0.2))
    message = (
        r"its header states 10\.0\d s, of which \d\.\d\d s cannot be decoded, from [23]\.\d\d s"
    )
    assert_refused(path, message)


def test_a_length_that_is_estimated_from_the_bit_rate_refuses_nothing(tmp_path):
    """Of a variable bit rate without header; silence takes few bits, noise many."""
    path = tmp_path / "song.mp3"
    samples = np.random.default_rng(0).normal(0, 0.2, 10 * 44_100)
    samples[: 2 * 44_100] = 0
    write_mp3(path, samples, header=False, quality="236")
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.duration * stream.time_base > 15
    assert len(read(path)) / RATE_HZ == pytest.approx(10, abs=0.1)


def test_what_goes_on_at_another_sample_rate_is_skipped(tmp_path, caplog):
    path = tmp_path / "song.mp3"
    first = write_mp3(path, sine(440, 44_100, 4), header=False)
    path.write_bytes(first + write_mp3(path, sine(440, 22_050, 4), header=False, rate_hz=22_050))
    assert len(read(path)) / RATE_HZ == pytest.approx(4, abs=0.1)
    assert "change the sample rate" in caplog.text


def test_a_file_of_noise_is_refused(tmp_path):
    (tmp_path / "song.mp3").write_bytes(np.random.default_rng(0).bytes(300_000))
    assert_refused(tmp_path / "song.mp3", r"song\.mp3: cannot be decoded")


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


@pytest.mark.skipif(not DATA.is_dir(), reason="STEMLENS_DATA names no folder with emotify-mini")
def test_real_mp3_files_pass_with_a_long_tag_behind_them_and_are_refused_by_half(tmp_path):
    path = tmp_path / "song.mp3"
    for source in sorted(DATA.rglob("*.mp3"))[::16]:
        content = source.read_bytes()
        whole = read(source)
        path.write_bytes(content + APE + ID3V1)
        tagged = read(path)
        n = min(len(whole), len(tagged))
        assert abs(len(whole) - len(tagged)) < 2 * 1152
        np.testing.assert_allclose(tagged[: n - 1152], whole[: n - 1152], atol=1e-4)
        path.write_bytes(content[: len(content) // 2])
        assert_refused(path, "its header states 30")
