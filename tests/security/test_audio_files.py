"""Audio files name no other file, and those that stand for more than they hold end at bounds."""

import os
import resource
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from recording_files import sine, write_mono, write_mp3
from stemlens.corpora import signals, stated_length
from stemlens.corpora.audio_container import CONTAINERS
from stemlens.corpora.multitrack import ListingOptions
from stemlens.corpora.recording import read_recording
from stemlens.corpora.song_folders import list_song_folders
from stemlens.corpora.stems import read_stems
from stemlens.errors import InputError

RATE_HZ = 8000
READERS: dict[str, Callable[[Path], np.ndarray]] = {
    "recording": lambda path: read_recording(path, sample_rate_hz=RATE_HZ),
    "stem": lambda path: read_stems(path.parent, [path.name], sample_rate_hz=RATE_HZ),
}
reading = pytest.mark.parametrize("read", READERS.values(), ids=READERS)

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3.0,\n{}\n#EXT-X-ENDLIST\n"
REFERENCES = {
    "playlist": PLAYLIST.format("{folder}/secret.mp3"),
    "playlist with an address of a file": PLAYLIST.format("file://{folder}/secret.mp3"),
    "playlist beside": PLAYLIST.format("../secret.mp3"),
    "playlist of an address": PLAYLIST.format("http://127.0.0.1:9/secret.mp3"),
    "playlist of data": PLAYLIST.format("data:audio/mpeg;base64,AAAA"),
    "list to concatenate": "ffconcat version 1.0\nfile '{folder}/secret.mp3'\n",
    "list to concatenate, inside": "ffconcat version 1.0\nfile inside.mp3\n",
    "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio 45999 RTP/AVP 0\n",
    "picture": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "presentation": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"'
    ' type="static"><BaseURL>file://{folder}/</BaseURL></MPD>',
}


@reading
@pytest.mark.parametrize("suffix", ["wav", "m3u8", "mp3", "m4a", "sdp"])
@pytest.mark.parametrize("name", REFERENCES)
def test_a_list_of_other_files_is_no_audio(
    tmp_path: Path, name: str, suffix: str, read: Callable[[Path], np.ndarray]
) -> None:
    write_mp3(tmp_path / "secret.mp3", sine(440, 44_100, 0.5))
    song = tmp_path / "song"
    song.mkdir()
    (song / "inside.mp3").write_bytes((tmp_path / "secret.mp3").read_bytes())
    path = song / f"bass.{suffix}"
    path.write_text(REFERENCES[name].replace("{folder}", str(tmp_path)))
    with pytest.raises(InputError) as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_no_container_that_is_read_is_a_list_or_a_device() -> None:
    lists = {"concat", "dash", "hls", "sdp", "rtsp", "sap", "image2", "tty", "lavfi", "alsa"}
    assert not lists & {*CONTAINERS}


@reading
@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "m4a", "aiff"])
def test_what_holds_its_audio_is_read(
    tmp_path: Path, suffix: str, read: Callable[[Path], np.ndarray]
) -> None:
    path = tmp_path / f"bass.{suffix}"
    if suffix == "m4a":
        write_mono(path, sine(440, 44_100, 1), codec="aac")
    else:
        soundfile.write(path, sine(440, 44_100, 1), 44_100)
    assert read(path).size == pytest.approx(RATE_HZ, rel=0.1)


def silence(path: Path, n_samples: int, rate_hz: int, n_channels: int = 1) -> Path:
    with soundfile.SoundFile(path, "w", rate_hz, n_channels, subtype="PCM_16") as file:
        for first in range(0, n_samples, 2**20):
            file.write(np.zeros((min(2**20, n_samples - first), n_channels), np.int16))
    return path


@reading
def test_a_file_that_is_longer_than_the_bound_is_refused_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], np.ndarray]
) -> None:
    monkeypatch.setattr(signals, "MAX_DURATION_S", 60.0)
    assert READERS["recording"](silence(tmp_path / "bass.flac", 59 * RATE_HZ, RATE_HZ)).size
    path = silence(tmp_path / "bass.flac", 200 * RATE_HZ, RATE_HZ)
    with pytest.raises(InputError, match=r"bass\.flac: is longer than 0\.01\d h, of 1 channels"):
        read(path)


@reading
def test_a_file_of_many_samples_is_refused_at_the_bound_of_all_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], np.ndarray]
) -> None:
    monkeypatch.setattr(signals, "MAX_VALUES", 10**6)
    path = silence(tmp_path / "bass.flac", 10**6, RATE_HZ, n_channels=8)
    with pytest.raises(InputError, match="of 8 channels at 8000 Hz; expected"):
        read(path)


@reading
def test_a_rate_of_one_sample_a_second_makes_no_hours_of_a_small_file(
    tmp_path: Path, read: Callable[[Path], np.ndarray]
) -> None:
    path = silence(tmp_path / "bass.wav", 20_000, 1)
    with pytest.raises(InputError, match=r"is longer than 5\.6 h"):
        read(path)


@reading
def test_a_file_of_a_thousand_channels_is_refused(
    tmp_path: Path, read: Callable[[Path], np.ndarray]
) -> None:
    path = silence(tmp_path / "bass.wav", 100, RATE_HZ, n_channels=1000)
    with pytest.raises(InputError, match=r"1000 channels; expected|no packet is valid"):
        read(path)


@reading
@pytest.mark.parametrize("n_channels", [1, 2, 7, 8, 9, 64])
def test_channels_are_averaged_however_many_there_are(
    tmp_path: Path, n_channels: int, read: Callable[[Path], np.ndarray]
) -> None:
    """Eight and more once ended the process: memory beyond them was taken for further ones."""
    path = tmp_path / "bass.wav"
    samples = np.random.default_rng(0).uniform(-1, 1, (200_000, n_channels)).astype(np.float32)
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    np.testing.assert_allclose(read(path).ravel(), samples.mean(axis=1), atol=1e-6)


def claim(path: Path, n_samples: int) -> Path:
    """Let a FLAC or WAV file of a second state another length."""
    soundfile.write(path, sine(440, RATE_HZ, 1), RATE_HZ, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    if path.suffix == ".flac":
        content[21] = content[21] & 0xF0 | n_samples >> 32
        content[22:26] = struct.pack(">I", n_samples & 0xFFFF_FFFF)
    else:
        content[40:44] = struct.pack("<I", min(2 * n_samples, 0x7FFF_E000))
    path.write_bytes(content)
    return path


@reading
@pytest.mark.parametrize("suffix", ["flac", "wav"])
def test_a_length_that_only_the_header_has_takes_no_memory(
    tmp_path: Path, suffix: str, read: Callable[[Path], np.ndarray]
) -> None:
    path = claim(tmp_path / f"bass.{suffix}", 2**36 - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="its header"):
        read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_bytes_that_look_like_pages_of_ogg_are_passed_one_by_one(tmp_path: Path) -> None:
    """Each was once tried with all that follows it: hours for a file of 10 MB."""
    path = tmp_path / "bass.ogg"
    soundfile.write(path, sine(440, 44_100, 1), 44_100)
    with path.open("ab") as file:
        file.write(b"OggS" * 50_000)
    assert READERS["recording"](path).size == pytest.approx(RATE_HZ, rel=0.01)


def test_a_wav_file_of_empty_chunks_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "bass.wav"
    path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVE" + b"junk\0\0\0\0" * 3 * stated_length.MAX_CHUNKS)
    assert stated_length._bytes_of_data(path) == (0, 0)
    path.write_bytes(b"riff" + bytes(36) + b"junk" + bytes(12) + b"\xff" * 8)
    assert stated_length._bytes_of_data(path) == (0, 0)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices_are_no_stems(tmp_path: Path, kind: str) -> None:
    song = tmp_path / "song"
    song.mkdir()
    soundfile.write(song / "bass.wav", sine(440, RATE_HZ, 1), RATE_HZ)
    if kind == "pipe":
        os.mkfifo(song / "endless.wav")
    else:
        (song / "endless.wav").symlink_to("/dev/zero")
    (found,) = list_song_folders(tmp_path, ListingOptions()).songs
    assert [stem.label for stem in found.stems] == ["bass"]


@pytest.mark.slow
@reading
def test_a_bomb_of_five_hours_of_silence_ends_within_its_bound_of_memory(
    tmp_path: Path, read: Callable[[Path], np.ndarray]
) -> None:
    path = silence(tmp_path / "bass.flac", 5 * 3600 * RATE_HZ, RATE_HZ)
    assert path.stat().st_size < 10**6
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=r"is longer than 4 h"):
        read(path)
    most_bytes = signals.MAX_DURATION_S * RATE_HZ * np.float32().itemsize
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert 1024 * grown_kb < 2 * most_bytes + 100 * 2**20
