"""Writing files and folders completely or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from stemlens.disk import naming_disk_errors


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a temporary file and rename it when the block succeeds.

    Yields its path, in the same folder, which is made if missing, and with the same suffix. What it
    holds is on the disk before it gets its name: a machine that crashes leaves the old file or the
    new one.

    Raises
    ------
    InputError
        If the disk is full or read-only.
    """
    path = Path(path)
    beside = path.with_name(f".part-{path.name}")
    try:
        with naming_disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield beside
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(path)
    except BaseException:
        # What cannot be removed either is written over by the next attempt.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def is_taken(path: str | Path) -> bool:
    """Whether `path` exists and is not an empty folder."""
    path = Path(path)
    return os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir()))


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """Fill a temporary folder, whose path is yielded, and rename it when the block succeeds.

    Raises
    ------
    OSError
        If `path` exists and is not an empty folder; nothing is changed then.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".part-", dir=path.parent) as around:
        # Unlike the temporary folder itself, a folder in it has the user's default permissions.
        beside = Path(around) / path.name
        beside.mkdir()
        yield beside
        beside.replace(path)


@contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """Like `new_folder`, but replace an existing folder and remains of a killed process.

    Only for folders that belong to the workflow.
    """
    path = Path(path)
    beside = path.with_name(f".part-{path.name}")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with naming_disk_errors(path):
            beside.mkdir(parents=True)
            yield beside
            if path.exists():
                shutil.rmtree(path)
            beside.replace(path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
