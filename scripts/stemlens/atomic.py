"""Files and folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file beside its final place and rename it when the block ends well.

    Parameters
    ----------
    path
        Where the file shall stand. Its folder is made where it is missing.

    Yields
    ------
    Path
        Where the block writes: in the same folder, with the same suffix.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".part-{path.name}")
    try:
        yield beside
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def is_taken(path: str | Path) -> bool:
    """Whether anything but an empty folder stands at `path`, so that no new one can."""
    path = Path(path)
    return os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir()))


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """Fill a folder beside its final place and rename it when the block ends well.

    Parameters
    ----------
    path
        Where the folder shall stand.

    Yields
    ------
    Path
        An empty folder, in a new one beside `path`.

    Raises
    ------
    OSError
        If `path` is taken; what stands there, or beside it, is left as it is.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".part-", dir=path.parent) as around:
        # What the block fills has the user's permissions, which a temporary folder lacks.
        beside = Path(around) / path.name
        beside.mkdir()
        yield beside
        beside.replace(path)


@contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """Do as `new_folder` does, and delete what stands there or was left by a killed process.

    Only for folders that nobody but a rule of the workflow makes.
    """
    path = Path(path)
    beside = path.with_name(f".part-{path.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        if path.exists():
            shutil.rmtree(path)
        beside.replace(path)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
