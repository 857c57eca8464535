"""One log file per job, and one line on the terminal for errors in its input."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stemlens.errors import InputError


@contextmanager
def job_log(path: str | Path) -> Iterator[None]:
    """Write the library's log messages to a file while the block runs.

    Warnings go to stderr, too. An `InputError` ends the process with status 1 and its message on
    stderr; any other error is logged with its traceback and raised.

    Parameters
    ----------
    path
        The log file, which is overwritten.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    terminal = logging.StreamHandler()
    terminal.setFormatter(logging.Formatter("stemlens: %(message)s"))
    terminal.addFilter(lambda record: record.levelno == logging.WARNING)
    logger = logging.getLogger("stemlens")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.addHandler(terminal)
    try:
        yield
    except InputError as error:
        logger.error("%s", error)
        sys.exit(f"stemlens: {error}")
    except Exception:
        logger.exception("unexpected error")
        raise
    finally:
        logger.removeHandler(terminal)
        logger.removeHandler(handler)
        handler.close()
