"""A disk that takes nothing more: full, beyond the user's quota, or read-only."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stemlens.errors import InputError

REMEDIES = {
    errno.ENOSPC: "free some and run again",
    errno.EDQUOT: "free some and run again",
    errno.EROFS: "have it writable and run again",
}
"""Error of the system → what to do."""


@contextmanager
def naming_disk_errors(path: str | Path) -> Iterator[None]:
    """Say in one line why a file could not be written in the block, if it is the disk's fault.

    Libraries that write files by themselves say it in many ways, and some not at all.

    Parameters
    ----------
    path
        The file or folder that is written.

    Raises
    ------
    InputError
        If the disk is full or read-only; other errors as they are.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        number = _stated(error) or _of_file_system(Path(path).absolute().parent)
        if number is None:
            raise
        raise InputError(disk_line(path, number)) from error


def disk_line(path: str | Path, number: int) -> str:
    """Say that the disk does not take a file, and what to do; `number` is one of `REMEDIES`."""
    return (
        f"{path}: cannot be written: {os.strerror(number)}; expected a disk that takes it:"
        f" {REMEDIES[number]}"
    )


def _stated(error: BaseException | None) -> int | None:
    """The number of the system's error, where one of a chain of errors states it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in REMEDIES:
            return error.errno
        error = error.__cause__ or error.__context__
    return None


def _of_file_system(folder: Path) -> int | None:
    """What is wrong with the disk of a folder, whatever was raised."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return errno.EROFS
    return errno.ENOSPC if disk.f_bavail == 0 else None
