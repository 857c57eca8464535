"""What tells a file of a corpus from another: its name in the corpus, its size and its date.

Never the folder that the corpus lies in, so that one that is moved or mounted elsewhere stays the
same; and never whether a date is newer than a result, so that an older file in place of another is
another file.
"""

from collections.abc import Mapping
from pathlib import Path


def identities(files: Mapping[str, str]) -> dict[str, list[int]]:
    """Look up what a file is known by.

    Parameters
    ----------
    files
        Name within the corpus → path.

    Returns
    -------
    dict
        Name within the corpus → size in bytes and date in ns.
    """
    stats = {name: Path(path).stat() for name, path in files.items()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
