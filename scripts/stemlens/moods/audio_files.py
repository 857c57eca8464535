"""Which audio files exist: each folder is listed once, however many files it holds.

Names are compared in NFC: a table and a disk may spell the ö of one file in one code point or two.
"""

import os
from pathlib import Path

from stemlens.errors import InputError
from stemlens.names import is_utf8, nfc, printable


def list_files(folder: str | Path) -> dict[str, Path]:
    """List the files in a folder; hidden ones, such as ``._1.mp3``, do not count.

    Parameters
    ----------
    folder
        The folder; its own name may be in another form of Unicode than on the disk.

    Returns
    -------
    dict
        Name in NFC → path as on the disk.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    InputError
        If two names differ in their form of Unicode alone.
    """
    folder = _on_disk(Path(folder))
    # The listing itself says what is a file; only behind a link does this have to look.
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name[0] != "." and entry.is_file()]
    files: dict[str, Path] = {}
    for name in names:
        if files.setdefault(nfc(name), folder / name).name != name:
            raise InputError(
                f"{folder / name}: another file differs from it in its form of Unicode alone;"
                " expected distinct names: rename or delete one"
            )
    return files


def mp3_files(folder: Path, *, expected: str) -> dict[str, str]:
    """Find the MP3 files of a folder, whether they end in ``.mp3`` or ``.MP3``.

    Parameters
    ----------
    folder
        The folder.
    expected
        What ``mood.root`` should be, for messages.

    Returns
    -------
    dict
        Name without suffix, in NFC → path.

    Raises
    ------
    InputError
        If the folder cannot be listed, a name is not UTF-8, or two files differ in the case of
        their suffix.
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
                f"{folder}: song {stem} stands there twice, once as {name}; delete one of the files"
            )
        files[stem] = str(listed[name])
    return files


def _on_disk(folder: Path) -> Path:
    if folder.exists() or folder == folder.parent:
        return folder
    parent = _on_disk(folder.parent)
    alike = (path for path in parent.iterdir() if nfc(path.name) == nfc(folder.name))
    return next(alike, parent / folder.name)
