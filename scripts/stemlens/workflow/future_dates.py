"""Results that are dated in the future, by a clock that was wrong when they were written.

Snakemake compares dates: whatever is made from such a file is older than it, and would be made
again in every run until the future has come.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

TOLERANCE_S = 60
"""Clocks of several machines differ by less, if they are kept."""

TIMESTAMP = ".snakemake_timestamp"
"""File in a folder whose date is that of the folder, for Snakemake."""


def date_back(paths: Iterable[str | Path]) -> list[str]:
    """Date files and folders that are dated in the future as of now.

    Returns
    -------
    list of str
        Those that were, so that what is made from them is made once more.
    """
    now_s = time.time()
    ahead = [path for path in map(_dated, paths) if path.stat().st_mtime > now_s + TOLERANCE_S]
    for path in ahead:
        os.utime(path, (now_s, now_s))
    return [str(path.parent if path.name == TIMESTAMP else path) for path in ahead]


def _dated(path: str | Path) -> Path:
    """Where the date of an output stands."""
    inside = Path(path) / TIMESTAMP
    return inside if inside.exists() else Path(path)
