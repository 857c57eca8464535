"""One log file per job, and one line on the terminal for errors in its input."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stemlens.disk import naming_disk_errors
from stemlens.errors import InputError
from stemlens.names import printable
from stemlens.provenance import provenance_of_job

CLEAR_LINE = "\r\033[K"
"""Returns a terminal's cursor to the start of the line and clears that."""


@contextmanager
def job_log(path: str | Path, *, kept: str | Path | None = None) -> Iterator[None]:
    """Write the library's log messages to a file while the block runs.

    Files that are written in it say what made them, see `stemlens.provenance`.

    Warnings go to stderr, too. An `InputError` ends the process with status 1 and its message on
    stderr; any other error is logged with its traceback and raised.

    Parameters
    ----------
    path
        The log file, which is overwritten.
    kept
        File in which a job that can be resumed keeps its log until it succeeds, since Snakemake
        removes the log before a retry. Its content starts the new log.
    """
    # A log that the disk does not take says nothing of it: the files that follow will.
    logging.raiseExceptions = False
    terminal = logging.StreamHandler()
    terminal.setFormatter(_OneLine(f"{_line_start()}stemlens: %(message)s"))
    terminal.addFilter(lambda record: record.levelno == logging.WARNING)
    logger = logging.getLogger("stemlens")
    logger.setLevel(logging.INFO)
    logger.addHandler(terminal)
    handlers: list[logging.Handler] = [terminal]
    try:
        with naming_disk_errors(path), provenance_of_job(path):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(Path(kept).read_bytes() if kept and Path(kept).exists() else b"")
            handlers += [_file_handler(file) for file in (kept, path) if file]
            for handler in handlers[1:]:
                logger.addHandler(handler)
            yield
    except InputError as error:
        logger.error("%s", error)
        sys.exit(f"{_line_start()}stemlens: {error}")
    except Exception:
        logger.exception("unexpected error")
        raise
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            with suppress(OSError):
                handler.close()
    if kept:
        Path(kept).unlink(missing_ok=True)


class _OneLine(logging.Formatter):
    """Escapes names in messages that would forge lines or command a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.message = printable(record.message)
        return super().formatMessage(record)


def _file_handler(path: str | Path) -> logging.FileHandler:
    """Append the library's messages to a file, made where it is missing, and its folder."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(message)s"))
    return handler


def _line_start() -> str:
    """What clears the line with the progress of the run, on a terminal."""
    return CLEAR_LINE if sys.stderr.isatty() else ""
