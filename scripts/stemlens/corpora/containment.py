"""Whether the files of a corpus lie in its folder, wherever its tables and links lead.

A table, a description or a link in a corpus of someone else may name any file of the user's, whose
sound would then be in the results, to be shared with them.
"""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from stemlens.errors import InputError

REFUSE, READ = "refuse", "read"
"""What to do with files outside the folder."""


def demand_inside(files: Iterable[str | Path], folder: str | Path, *, key: str) -> None:
    """Check that files lie in a folder or below it, all links followed.

    Parameters
    ----------
    folder
        It may be a link itself.
    key
        The section of the config that names the folder, for messages.

    Raises
    ------
    InputError
        If one does not.
    """
    inside = os.path.realpath(folder)
    of_folder = cache(os.path.realpath)
    for file in files:
        parent, name = os.path.split(file)
        # Most files share a folder; only links need another look at the disk.
        is_link = Path(file).is_symlink()
        real = os.path.realpath(file) if is_link else f"{of_folder(parent)}/{name}"
        if os.path.commonpath([inside, real]) != inside:
            raise InputError(
                f"{file}: lies at {real}, outside the folder of the corpus, {inside}; expected it"
                f" inside: copy it there or, if you know why, set {key}.outside_files: {READ}"
            )
