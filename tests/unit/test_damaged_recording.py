"""Damaged and incomplete recordings: what is skipped, and what is refused."""

import os
import re
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from recording_files import RATE_HZ, assert_refused, read, sine, write_mono, write_mp3
from stemlens.corpora.recording import read_recording
from stemlens.errors import InputError

DATA = Path(os.environ.get("STEMLENS_DATA", "")) / "emotify-mini/audio"


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
def test_without_a_header_gaps_count_as_lost(tmp_path, suffix, codec, options, share, is_refused):
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
def test_a_header_does_not_hide_gaps(tmp_path, name):
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


def test_packets_at_another_sample_rate_are_skipped(tmp_path, caplog):
    path = tmp_path / "song.mp3"
    first = write_mp3(path, sine(440, 44_100, 4), header=False)
    path.write_bytes(first + write_mp3(path, sine(440, 22_050, 4), header=False, rate_hz=22_050))
    assert len(read(path)) / RATE_HZ == pytest.approx(4, abs=0.1)
    assert "change the sample rate" in caplog.text


def test_a_file_of_noise_is_refused(tmp_path):
    (tmp_path / "song.mp3").write_bytes(np.random.default_rng(0).bytes(300_000))
    assert_refused(tmp_path / "song.mp3", r"song\.mp3: cannot be decoded")


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
