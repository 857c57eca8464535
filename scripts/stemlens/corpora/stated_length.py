"""The length of a recording as its header states it, not estimated from size or bit rate."""

import io
import struct
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path

import av
from mutagen import MutagenError
from mutagen.asf import ASF
from mutagen.mp3 import MPEGInfo
from mutagen.ogg import OggPage
from mutagen.wave import WaveStreamInfo

from stemlens.corpora.signals import rate_hz_of
from stemlens.errors import InputError

OPEN_END_BYTES = 0x7FFF_F000
"""A WAV data size from here on is a placeholder of programs that stream the file."""

MAX_CHUNKS = 10_000
"""Of a WAV file before its data; a file may consist of millions of empty ones."""
MAX_PAGE_BYTES = 65_307
"""Of a page of an Ogg file, as its segment table allows."""


def stated_s(
    container: av.container.InputContainer, stream: av.AudioStream, path: str | Path
) -> float | None:
    """Read the length of a recording from its header.

    Parameters
    ----------
    container, stream
        The open file and its audio stream, before the first packet is read.

    Returns
    -------
    float or None
        In s; may include encoder delay and padding. None where the header states no length (ADTS,
        an MP3 file without Xing, Info or VBRI header, a streamed WAV file), for containers that
        are not known here, and for complete W64 files and WAV files with compressed audio.

    Raises
    ------
    InputError
        If the last page of an Ogg file is missing.
    """
    reader = _READERS.get(container.format.name)
    if reader is None or not rate_hz_of(stream):
        return None
    try:
        return reader(container, stream, path) or None
    # Damaged headers: mutagen lets some of them through.
    except (MutagenError, LookupError, ValueError, struct.error):
        return None


def _of_stream(_: av.container.InputContainer, stream: av.AudioStream, __: str | Path) -> float:
    return float((stream.duration or 0) * (stream.time_base or 0))


def _of_container(container: av.container.InputContainer, *_: object) -> float:
    # The duration is that of the longest stream, which may be a picture.
    return (container.duration or 0) / av.time_base if len(container.streams) == 1 else 0.0


def _of_asf(container: av.container.InputContainer, _: object, path: str | Path) -> float:
    info = ASF(path).info
    return float(info.length) if info and len(container.streams) == 1 else 0.0


def _of_wav(
    container: av.container.InputContainer, stream: av.AudioStream, path: str | Path
) -> float:
    # FFmpeg limits the length to what the file holds.
    if not stream.codec_context.name.startswith("pcm_"):
        return _of_cut_chunk(container, stream, path)
    with Path(path).open("rb") as file:
        if file.read(4) != b"RIFF":  # RF64 counts samples.
            return _of_stream(container, stream, path)
        length_s = float(WaveStreamInfo(file).length)
    bytes_per_s = (stream.codec_context.bit_rate or 0) / 8
    return length_s if length_s * bytes_per_s < OPEN_END_BYTES else 0.0


def _of_cut_chunk(_: object, stream: av.AudioStream, path: str | Path) -> float:
    """For WAV and W64, if data is missing; the bit rate of compressed audio is only nominal."""
    stated_bytes, found_bytes = _bytes_of_data(path)
    bit_rate = stream.codec_context.bit_rate
    return 8 * stated_bytes / bit_rate if bit_rate and found_bytes < stated_bytes else 0.0


def _bytes_of_data(path: str | Path) -> tuple[int, int]:
    """Size of the data chunk as stated (0 if left open), and number of bytes from its start on.

    References
    ----------
    IBM and Microsoft (1991). Multimedia Programming Interface and Data Specifications 1.0.
    Sonic Foundry (1999). Wave 64: identifiers of 16 bytes, sizes of 8 that count both.
    """
    with Path(path).open("rb") as file:
        n_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        is_w64 = file.read(4) == b"riff"
        n_identifier, n_header, alignment, start = (16, 24, 8, 40) if is_w64 else (4, 8, 2, 12)
        for _ in range(MAX_CHUNKS):
            file.seek(start)
            header = file.read(n_header)
            start += n_header
            size = int.from_bytes(header[n_identifier:], "little")
            size = max(0, size - n_header) if is_w64 else size
            if header.startswith(b"data"):
                is_open = not is_w64 and size >= OPEN_END_BYTES
                return (0, 0) if is_open else (size, n_bytes - start)
            start += size + -size % alignment
            if start >= n_bytes:
                break
    return 0, 0


def _of_aiff(
    container: av.container.InputContainer, stream: av.AudioStream, path: str | Path
) -> float:
    # FFmpeg miscounts the samples in packets of compressed audio.
    is_pcm = stream.codec_context.name.startswith("pcm_")
    return _of_stream(container, stream, path) if is_pcm else 0.0


def _of_caf(_: av.container.InputContainer, stream: av.AudioStream, __: str | Path) -> float:
    # FFmpeg limits the duration to what the file holds.
    return stream.frames / stream.rate


def _of_mp3(_: object, __: object, path: str | Path) -> float:
    with Path(path).open("rb") as file:
        info = MPEGInfo(file)
        n_bytes = file.seek(0, io.SEEK_END) - info.frame_offset
    # mutagen's estimate where no header states a length.
    estimate_s = 8 * n_bytes / float(info.bitrate) if info.bitrate else info.length
    return 0.0 if info.length == estimate_s else float(info.length)


def _of_ogg(
    container: av.container.InputContainer, stream: av.AudioStream, path: str | Path
) -> float:
    with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        last = _last_page(content)
    if last is None or not last.last:
        raise InputError(
            f"{path}: its last page is missing, the file is cut off; copy it again, or remove it"
            " from the corpus"
        )
    if len(container.streams) > 1 or last.position < 0:
        return 0.0
    start_s = float((stream.start_time or 0) * (stream.time_base or 0))
    return last.position / stream.rate - max(0.0, start_s)


def _last_page(content: mmap) -> OggPage | None:
    """The last complete page; other bytes may follow."""
    at = len(content)
    while (at := content.rfind(b"OggS", 0, at)) >= 0:
        try:
            return OggPage(io.BytesIO(content[at : at + MAX_PAGE_BYTES]))
        except (MutagenError, EOFError):
            continue
    return None


_READERS: dict[str, Callable[[av.container.InputContainer, av.AudioStream, str | Path], float]] = {
    "mp3": _of_mp3,
    "wav": _of_wav,
    "w64": _of_cut_chunk,
    "aiff": _of_aiff,
    "caf": _of_caf,
    "ogg": _of_ogg,
    "asf": _of_asf,
    "matroska,webm": _of_container,
    **dict.fromkeys(
        ["au", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "nistsphere", "tta", "wv"], _of_stream
    ),
}
"""By FFmpeg's name of the container; FFmpeg's duration where it neither estimates nor cuts that."""
