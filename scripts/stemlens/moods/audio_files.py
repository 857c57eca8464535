"""Which audio files exist; each folder is listed only once.

Names are compared in NFC, since a table and a disk may spell an ö in one code point or two.
"""

import os
from pathlib import Path

from stemlens.errors import InputError
from stemlens.names import is_hidden, is_utf8, nfc, printable


def list_files(folder: str | Path) -> dict[str, Path]:
    """List the files in a folder by name in NFC, without hidden ones such as ``._1.mp3``.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    InputError
        If two names differ only in their form of Unicode.
    """
    folder = _on_disk(Path(folder))
    # scandir knows which entries are files; only links need a look at the disk.
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if not is_hidden(entry.name) and entry.is_file()]
    files: dict[str, Path] = {}
    for name in names:
        if files.setdefault(nfc(name), folder / name).name != name:
            raise InputError(
                f"{folder / name}: the name of another file differs only in its form of Unicode;"
                " expected distinct names: rename or delete one"
            )
    return files


def mp3_files(folder: Path, *, expected: str) -> dict[str, str]:
    """Find the MP3 files of a folder by name in NFC without the suffix, which may be in any case.

    Raises
    ------
    InputError
        If the folder cannot be listed (`expected`: what ``mood.root`` should be), a name is not
        UTF-8, or two files differ only in the case of their suffix.
    """
    try:
        listed = list_files(folder)
    except OSError as error:
        raise InputError(
            f"mood.root: the folder {folder} cannot be listed ({error.strerror});"
            f" expected {expected}"
        ) from error
    files: dict[str, str] = {}
    for name in sorted(listed):
        stem, dot, suffix = name.rpartition(".")
        if not dot or suffix.lower() != "mp3":
            continue
        if not is_utf8(name):
            raise InputError(
                f"{folder}: the name {printable(name)} is not UTF-8; expected names of songs that"
                " tables can hold: rename it"
            )
        if stem in files:
            raise InputError(
                f"{folder}: found two files for song {stem}, one of them {name}; expected one:"
                " delete the other"
            )
        files[stem] = str(listed[name])
    return files


def _on_disk(folder: Path) -> Path:
    if os.path.exists(folder) or folder == folder.parent:  # noqa: PTH110
        return folder
    parent = _on_disk(folder.parent)
    alike = (path for path in parent.iterdir() if nfc(path.name) == nfc(folder.name))
    return next(alike, parent / folder.name)
