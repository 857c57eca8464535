"""Paths that users and corpora give: they may be too long, forbidden, or of a user there is not."""

import os
from pathlib import Path

from stemlens.errors import InputError


def expanded(path: str | Path) -> Path:
    """Replace ``~`` by the home folder; where there is no such user, it stays."""
    # Path.expanduser raises there.
    return Path(os.path.expanduser(path))  # noqa: PTH111


def is_file(path: str | Path) -> bool:
    """Whether a file is there; `Path.is_file` raises for names that are too long."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """Whether a folder is there, likewise."""
    return os.path.isdir(path)  # noqa: PTH112


def entries_of(folder: Path) -> list[Path]:
    """List a folder in order.

    Raises
    ------
    InputError
        If it cannot be listed.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise unlistable(error) from error


def unlistable(error: OSError) -> InputError:
    """Say that a folder cannot be listed."""
    return InputError(
        f"{error.filename}: cannot be listed ({error.strerror}); expected a folder that can be"
        " read: change its permissions, or remove it from the corpus"
    )
