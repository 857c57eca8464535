"""A lock on a results folder, so that no two runs write there at once."""

import logging
from pathlib import Path

from stemlens.errors import InputError

logger = logging.getLogger(__name__)


_held: list[object] = []
"""A lock is released when nothing refers to it any more."""


def hold_lock(results: str | Path) -> bool:
    """Lock a results folder, made where it is missing, until this process ends.

    The lock ends by itself with its process, so that a killed run leaves nothing to unlock.

    Returns
    -------
    bool
        Whether the folder is locked; False, with a warning, where there are no locks: on some
        network file systems, and where the package filelock is not installed.

    Raises
    ------
    InputError
        If another process holds the lock.
    """
    Path(results).mkdir(parents=True, exist_ok=True)
    try:
        from filelock import FileLock, Timeout
    except ImportError:
        logger.warning("no lock against a second run in %s: filelock is not installed", results)
        return False
    lock = FileLock(Path(results) / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{results}: another run is writing there; expected one at a time: wait for its end,"
            " or stop it"
        ) from None
    except (OSError, NotImplementedError) as error:
        logger.warning("no lock against a second run in %s: %s", results, error)
        return False
    _held.append(lock)
    return True
