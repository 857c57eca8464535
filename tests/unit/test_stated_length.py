"""What a header states, and what is only an estimate from the size of a file."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from recording_files import write_mono, write_mp3
from stemlens.corpora.stated_length import stated_s
from stemlens.errors import InputError

RATE_HZ = 44_100
NOISE = np.random.default_rng(0).normal(0, 0.1, 4 * RATE_HZ).astype(np.float32)


def stated(path: Path) -> float | None:
    with av.open(f"file:{path}") as container:
        return stated_s(container, container.streams.audio[0], path)


def n_mp3_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(packet.size > 0 for packet in container.demux())


@pytest.mark.parametrize("tail", [b"", bytes(200_000), b"TAG" + bytes(125)])
def test_an_mp3_header_states_its_frames_whatever_follows(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "song.mp3"
    content = write_mp3(path, NOISE)
    n_frames = n_mp3_frames(path)
    for start in (b"", b"ID3\4\0\0" + bytes([0, 0, 8, 0]) + bytes(1024)):
        path.write_bytes(start + content + tail)
        assert stated(path) == pytest.approx(n_frames * 1152 / RATE_HZ)


def test_an_mp3_file_without_a_header_states_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    write_mp3(path, NOISE, header=False)
    assert stated(path) is None


def test_an_mp3_header_that_leaves_the_frames_out_states_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    content = write_mp3(path, NOISE)
    at = content.index(b"Info") if b"Info" in content else content.index(b"Xing")
    path.write_bytes(content[: at + 4] + bytes(4) + content[at + 8 :])
    assert stated(path) is None


def test_a_vbri_header_states_its_frames(tmp_path: Path) -> None:
    """Fraunhofer's header stands 36 bytes into an otherwise silent first frame."""
    path = tmp_path / "song.mp3"
    content = write_mp3(path, NOISE, header=False)
    audio = content[content.index(b"\xff\xfb") :]
    n_frames = n_mp3_frames(path)
    vbri = struct.pack(
        ">4sHHHIIHHHH", b"VBRI", 1, 0, 75, len(audio) + 417, n_frames, 1, 1, 2, n_frames
    )
    first = (audio[:4] + bytes(32) + vbri + bytes(2)).ljust(417, b"\0")
    path.write_bytes(first + audio + bytes(100_000))
    assert stated(path) == pytest.approx(n_frames * 1152 / RATE_HZ)


KINDS = {
    "AIFF": ["PCM_24"],
    "AU": ["PCM_16", "G721_32"],
    "CAF": ["PCM_16", "FLOAT", "ALAC_16"],
    "FLAC": ["PCM_16"],
    "NIST": ["PCM_16"],
    "RF64": ["PCM_16"],
    "W64": ["PCM_24", "IMA_ADPCM", "MS_ADPCM"],
    "WAV": ["PCM_16", "FLOAT", "ULAW", "IMA_ADPCM", "MS_ADPCM", "GSM610", "G721_32"],
    "WAVEX": ["PCM_24"],
}


@pytest.mark.parametrize(
    ("file_format", "subtype"),
    [(file_format, subtype) for file_format, subtypes in KINDS.items() for subtype in subtypes],
)
def test_a_header_states_the_whole_length_of_a_file_that_was_cut_off(
    tmp_path: Path, file_format: str, subtype: str
) -> None:
    path = tmp_path / "song"
    is_mono = subtype in {"GSM610", "G721_32"}
    samples = NOISE if is_mono else np.stack([NOISE, NOISE], axis=1)
    soundfile.write(path, samples, RATE_HZ, format=file_format, subtype=subtype)
    is_pcm = subtype.startswith(("PCM", "FLOAT", "ULAW"))
    # Encoders fill up their blocks of samples.
    expected = pytest.approx(4, abs=1e-4 if is_pcm else 4096 / RATE_HZ)
    # Those whose bit rate is nominal state a length only where data is missing.
    states_nothing = file_format == "W64" or (file_format == "WAV" and not is_pcm)
    assert stated(path) == (None if states_nothing else expected)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert stated(path) == expected


@pytest.mark.parametrize("n_bytes", [0, 0x7FFF_F000, 0xFFFF_FFFF])
@pytest.mark.parametrize("subtype", ["PCM_16", "IMA_ADPCM", "GSM610"])
def test_a_wav_header_from_a_pipe_states_nothing(
    tmp_path: Path, subtype: str, n_bytes: int
) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, NOISE, RATE_HZ, subtype=subtype)
    content = bytearray(path.read_bytes())
    at = content.index(b"data")
    content[4:8] = content[at + 4 : at + 8] = struct.pack("<I", n_bytes)
    path.write_bytes(content)
    assert stated(path) is None


def test_an_ogg_file_states_its_length_on_its_last_page(tmp_path: Path) -> None:
    path = tmp_path / "song.ogg"
    soundfile.write(path, NOISE, RATE_HZ, format="OGG", subtype="VORBIS")
    content = path.read_bytes()
    for tail in (b"", b"OggS", bytes(100_000)):
        path.write_bytes(content + tail)
        assert stated(path) == pytest.approx(4)
    path.write_bytes(content[: content.rindex(b"OggS")])
    with pytest.raises(InputError, match=r"song\.ogg: its last page is missing"):
        stated(path)


def test_a_file_that_is_no_audio_file_of_a_known_kind_states_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.aac"
    write_mono(path, NOISE, codec="aac", container="adts")
    assert stated(path) is None
