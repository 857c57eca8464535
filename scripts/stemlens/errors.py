"""Errors that the user can correct."""

from pathlib import Path

from stemlens.names import printable


class InputError(Exception):
    """Something that the user gave is wrong: a file, a folder or a config key.

    Its message is one line: the file or key, what was found, what was expected, what to do. Names
    in it may hold anything, so line breaks and what commands a terminal are escaped.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


def reason_without_path(error: InputError, path: str | Path) -> str:
    """Remove the path of a file or folder from a message, for tables with a column for it.

    The message may also name files in the folder.
    """
    folder = printable(f"{Path(path)}/")
    return str(error).replace(folder, "").replace(folder[:-1], "").lstrip(" ,:")
