"""One log file per job, and one line on the terminal for errors in its input."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stemlens.errors import InputError

CLEAR_LINE = "\r\033[K"
"""Returns a terminal's cursor to the start of the line and clears that."""


@contextmanager
def job_log(path: str | Path, *, append: bool = False) -> Iterator[None]:
    """Write the library's log messages to a file while the block runs.

    Warnings go to stderr, too. An `InputError` ends the process with status 1 and its message on
    stderr; any other error is logged with its traceback and raised.

    Parameters
    ----------
    path
        The log file.
    append
        Whether to append to the file; otherwise it is overwritten.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    mode = "a" if append else "w"
    handler = logging.FileHandler(path, mode=mode, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    terminal = logging.StreamHandler()
    terminal.setFormatter(logging.Formatter(f"{_line_start()}stemlens: %(message)s"))
    terminal.addFilter(lambda record: record.levelno == logging.WARNING)
    logger = logging.getLogger("stemlens")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.addHandler(terminal)
    try:
        yield
    except InputError as error:
        logger.error("%s", error)
        sys.exit(f"{_line_start()}stemlens: {error}")
    except Exception:
        logger.exception("unexpected error")
        raise
    finally:
        logger.removeHandler(terminal)
        logger.removeHandler(handler)
        handler.close()


def _line_start() -> str:
    """What clears the line with the progress of the run, on a terminal."""
    return CLEAR_LINE if sys.stderr.isatty() else ""
