"""Which audio files exist: each folder is listed once, however many files it holds."""

import os
from pathlib import Path

from stemlens.errors import InputError


def file_names(folder: str | Path) -> set[str]:
    """Names of the files in a folder; hidden ones, such as ``._1.mp3``, do not count.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    """
    # The listing itself says what is a file; only behind a link does this have to look.
    with os.scandir(folder) as entries:
        return {
            entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file()
        }


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
        Name without suffix → path.

    Raises
    ------
    InputError
        If the folder cannot be listed, or two of its files differ in the case of their suffix.
    """
    try:
        names = file_names(folder)
    except OSError as error:
        raise InputError(
            f"mood.root: the folder {folder} cannot be listed ({error.strerror});"
            f" expected {expected}"
        ) from error
    files: dict[str, str] = {}
    for name in sorted(names):
        stem, dot, suffix = name.rpartition(".")
        if not dot or suffix.lower() != "mp3":
            continue
        if stem in files:
            raise InputError(
                f"{folder}: song {stem} stands there twice, once as {name}; delete one of the files"
            )
        files[stem] = str(folder / name)
    return files
