"""Opening an audio file with FFmpeg's libraries such that it can name no other file.

FFmpeg tells formats by their content. Some are lists of further files and addresses, which it
would read, whatever the file is called: playlists (HLS), lists to concatenate, sessions (SDP).
"""

from pathlib import Path

import av

CONTAINERS = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "eac3"),
    *("flac", "flv", "iff", "ircam", "matroska", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts"),
    *("nistsphere", "ogg", "oma", "sox", "tak", "tta", "voc", "w64", "wav", "wv", "xwma"),
)
"""FFmpeg's names of the containers that are read; each holds its audio itself."""


def open_audio(path: str | Path, **options: str) -> av.container.InputContainer:
    """Open a file to decode.

    Parameters
    ----------
    **options
        Of FFmpeg's demuxer.

    Raises
    ------
    av.FFmpegError
        If it cannot be read, or is none of `CONTAINERS`.
    """
    # Without "file:", FFmpeg would take the start of "12:30 am.wav" for a protocol.
    return av.open(
        f"file:{path}",
        options={
            "protocol_whitelist": "file",
            "format_whitelist": ",".join(CONTAINERS),
            **options,
        },
    )
