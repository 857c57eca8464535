"""The one error that a user can mend."""

from pathlib import Path


class InputError(Exception):
    """Something that the user gave is wrong: a file, a folder or a config key.

    Its message is one line: the file or key, what was found, what was expected, what to do.
    """


def reason_without_path(error: InputError, path: str | Path) -> str:
    """Say what a message says of a file, without where that lies.

    A table that names the file in a column of its own stays true when the file is moved.

    Parameters
    ----------
    error
        Its message names the file, or files in it if it is a folder.
    path
        The file or folder.
    """
    folder = f"{Path(path)}/"
    return str(error).replace(folder, "").replace(folder[:-1], "").lstrip(" ,:")
