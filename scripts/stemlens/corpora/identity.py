"""When a file of a corpus counts as changed: when its name in the corpus, size or date does.

The folder of the corpus does not count, so that a corpus may be moved or mounted elsewhere. Nor
does it matter whether a date is newer than a result: an older file in its place is a change too.
"""

from collections.abc import Mapping
from pathlib import Path


def identities(files: Mapping[str, str]) -> dict[str, list[int]]:
    """Look up size in bytes and date in ns of files: name within the corpus → path."""
    stats = {name: Path(path).stat() for name, path in files.items()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
