"""How large a run's files were when their jobs had ended: what has another size now is damaged.

Snakemake compares dates. A file that a crash of the machine or a full disk cut off later looks to
it like any other, and a table has no end that its reader could miss.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from snakemake_interface_logger_plugins.common import LogEvent

from stemlens.atomic import replacing
from stemlens.errors import InputError

SIZES_FILE = ".sizes.tsv"
"""File of a results folder, a line per event: size in bytes, none where a job starts, and path."""

MOST_NAMED = 10


class WrittenSizes(logging.Handler):
    """Follows the log of a run, and notes the sizes of its outputs as their jobs end.

    While a job runs, the sizes of its outputs are unknown: they are those of its last run, or its
    own already.

    Parameters
    ----------
    results
        Folder of the run's results, where the sizes are noted in `SIZES_FILE`.
    finished
        Outputs of jobs that are not made again. Those of jobs that ended as their run was killed,
        before it could note them, are noted now.
    """

    def __init__(self, results: str | Path, finished: Iterable[str] = ()) -> None:
        super().__init__()
        self._file = Path(results) / SIZES_FILE
        self._outputs: dict[int, tuple[str, ...]] = {}
        sizes = read_sizes(results)
        new = (path for path in finished if path not in sizes and Path(path).exists())
        sizes |= {path: _size(path) for path in new}
        with replacing(self._file) as file:
            file.write_text("".join(_line(path, size) for path, size in sizes.items()), "utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Note the start or the end of a job."""
        event = getattr(record, "event", None)
        if event == LogEvent.JOB_INFO:
            outputs = tuple(map(str, vars(record)["output"]))
            self._outputs[vars(record)["jobid"]] = outputs
            self._append(_line(path, None) for path in outputs)
        elif event == LogEvent.JOB_FINISHED:
            outputs = self._outputs.pop(vars(record)["job_id"], ())
            self._append(_line(path, _size(path)) for path in outputs if Path(path).exists())

    def _append(self, lines: Iterable[str]) -> None:
        # Where the disk is full, the sizes remain unknown; a job that needs it says so.
        with suppress(OSError), self._file.open("a", encoding="utf-8") as file:
            file.writelines(lines)


def read_sizes(results: str | Path) -> dict[str, int]:
    """Size in bytes by path, of the files that are there since a job wrote them."""
    file = Path(results) / SIZES_FILE
    text = file.read_text("utf-8", errors="replace") if file.exists() else ""
    sizes = {}
    # Where a run was killed as it wrote, the last line has no end.
    for line in text[: text.rfind("\n") + 1].splitlines():
        size, _, path = line.partition("\t")
        sizes[path] = size
    return {path: int(n) for path, n in sizes.items() if n.isdecimal() and Path(path).exists()}


def demand_sizes(sizes: Mapping[str, int]) -> None:
    """Check that what jobs wrote is as large as when it was written, see `read_sizes`.

    Raises
    ------
    InputError
        If a file, or what lies in a folder, is smaller or larger now.
    """
    found = {path: _size(path) for path in sizes}
    changed = [path for path, size in sizes.items() if found[path] != size]
    if changed:
        named = ", ".join(
            f"{path} ({found[path]} bytes, written: {sizes[path]})" for path in changed[:MOST_NAMED]
        )
        more = len(changed) - MOST_NAMED
        raise InputError(
            f"{named}{f' and {more} more' if more > 0 else ''}: not as long as when written, cut"
            " off by a crash or edited; expected results as their jobs left them: delete"
            f" {'it' if len(changed) == 1 else 'them'} and run again"
        )


def _size(path: str | Path) -> int:
    """Size in bytes of a file, or of all files in a folder."""
    path = Path(path)
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _line(path: str, size: int | None) -> str:
    return f"{'' if size is None else size}\t{path}\n"
