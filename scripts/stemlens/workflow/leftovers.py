"""What a changed config leaves behind: results that were made once and no target makes any more."""

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlens.atomic import replacing
from stemlens.errors import InputError
from stemlens.names import printable
from stemlens.sources import metadata_path

SHOWN_LIST = "leftovers.txt"
"""File of a results folder with the leftovers that were shown last."""

MOST_NAMED = 3
CLOCK_TOLERANCE_S = 1e-3


@dataclass(frozen=True)
class Leftover:
    """A file or folder that a job made and none would make now, and the size of all its files."""

    path: str
    n_bytes: int


def find_leftovers(
    results: str | Path, made_at: Callable[[str], float | None], expected: Collection[str]
) -> list[Leftover]:
    """List what lies in a results folder, was made by a job, and is an output no more.

    Only what is still as its job left it counts: who changed, replaced or added a file since may
    want to keep it. Logs, benchmarks and the state of trainings are no outputs, and stay.

    Parameters
    ----------
    made_at
        Gives for a path the time, in seconds since the epoch, when a job made it as an output;
        None if none did.
    expected
        The outputs of all targets.

    Returns
    -------
    list of Leftover
        By path; nothing within a folder that is an output itself.
    """
    return sorted(_leftovers_below(Path(results), made_at, set(expected)), key=lambda x: x.path)


def summary_lines(leftovers: Sequence[Leftover], results: str) -> list[str]:
    """Say in three lines that there are leftovers, which, and how to see them all."""
    if not leftovers:
        return []
    first = ", ".join(printable(leftover.path) for leftover in leftovers[:MOST_NAMED])
    more = len(leftovers) - MOST_NAMED
    return [
        f"{_total(leftovers)} in {results} that this config does not make (any more):",
        f"    {first}{f' and {more} more' if more > 0 else ''}",
        "    all of them: snakemake leftovers --cores 1, with the --configfile of this run",
    ]


def show_leftovers(leftovers: Sequence[Leftover], results: str | Path) -> list[str]:
    """List all leftovers in lines to print, and note what was shown: only that is removed."""
    shown = Path(results) / SHOWN_LIST
    if not leftovers:
        shown.unlink(missing_ok=True)
        return [f"No leftovers in {results}: this config makes all that jobs have made there."]
    with replacing(shown) as file:
        file.write_text("".join(f"{printable(x.path)}\n" for x in leftovers), "utf-8")
    return [
        *(f"{_size(leftover.n_bytes):>9}  {printable(leftover.path)}" for leftover in leftovers),
        f"{_total(leftovers)}. Nothing is removed yet. To remove what is listed above:",
        "snakemake remove_leftovers --cores 1, with the same --configfile",
    ]


def remove_leftovers(leftovers: Sequence[Leftover], results: str | Path) -> list[Leftover]:
    """Remove the leftovers that were shown before, and folders that this leaves empty.

    Returns
    -------
    list of Leftover
        What was removed: those that are found now and were shown.

    Raises
    ------
    InputError
        If none were shown since the last removal.
    """
    shown = Path(results) / SHOWN_LIST
    if not shown.exists():
        raise InputError(
            f"{results}: no list of leftovers was shown; expected that you look at it before"
            " anything is removed: run snakemake leftovers --cores 1 first"
        )
    names = set(shown.read_text("utf-8").splitlines())
    removed = [leftover for leftover in leftovers if printable(leftover.path) in names]
    for leftover in removed:
        path = Path(leftover.path)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
            metadata_path(path).unlink(missing_ok=True)
        _remove_empty_folders(path.parent, Path(results))
    shown.unlink()
    return removed


def _leftovers_below(
    folder: Path, made_at: Callable[[str], float | None], expected: set[str]
) -> Iterator[Leftover]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink() or str(path) in expected:
            continue
        end_s = made_at(str(path))
        if end_s is not None and _is_as_made(path, end_s):
            yield Leftover(str(path), sum(p.stat().st_size for p in _files(path)))
        elif end_s is None and path.is_dir():
            yield from _leftovers_below(path, made_at, expected)


def _is_as_made(path: Path, end_s: float) -> bool:
    """Whether a file has the time that its job left, and a folder nothing younger in it.

    The time of a folder moves when an entry comes or goes.
    """
    if not path.is_dir():
        return abs(path.stat().st_mtime - end_s) <= CLOCK_TOLERANCE_S
    within = [path, *path.rglob("*")]
    return all(p.lstat().st_mtime <= end_s + CLOCK_TOLERANCE_S for p in within)


def _files(path: Path) -> list[Path]:
    return [p for p in (path, *path.rglob("*")) if p.is_file() and not p.is_symlink()]


def _remove_empty_folders(folder: Path, results: Path) -> None:
    while folder != results and results in folder.parents and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _total(leftovers: Sequence[Leftover]) -> str:
    n_bytes = sum(leftover.n_bytes for leftover in leftovers)
    noun = "leftover" if len(leftovers) == 1 else "leftovers"
    return f"{len(leftovers)} {noun} ({_size(n_bytes)})"


def _size(n_bytes: float) -> str:
    for unit in ("B", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}" if unit == "B" else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} GB"
