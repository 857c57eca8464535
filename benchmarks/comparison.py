"""A comparison: ways to do the same work, each measured in processes of its own, in turn."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pandas as pd
from tqdm import tqdm

OURS = "stemlens"
ROOT = Path(__file__).parents[1]
# Where the library, its scripts and helpers of the tests are, for the modules that are compared.
sys.path += [str(ROOT / "scripts"), str(ROOT / "tests")]


@dataclass(frozen=True)
class Comparison:
    """What is compared, and how it is measured.

    Attributes
    ----------
    title
        The work.
    candidates
        Name → function of the comparison's folder that gets ready and returns the work, a function
        without arguments. A work that returns a float has taken its own time, in seconds.
    prepare
        Writes what all candidates need into the folder.
    check
        Raises AssertionError unless all candidates come to the same result.
    targets
        Candidate → how many times as long as `OURS` it should take, at least.
    note
        What a reader of the results has to know.
    n_threads
        Threads of numerical libraries.
    n_warm_ups, n_calls
        Calls of the work in each process that are not measured, and that are.
    """

    title: str
    candidates: Mapping[str, Callable[[Path], Callable[[], object]]]
    prepare: Callable[[Path], None] = lambda _folder: None
    check: Callable[[Path], None] = lambda _folder: None
    targets: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    n_threads: int = 1
    n_warm_ups: int = 1
    n_calls: int = 1


def load(module: str) -> Comparison:
    """Return the comparison that a module of this folder defines."""
    return import_module(module).COMPARISON


def run(module: str, folder: Path, n_rounds: int) -> pd.DataFrame:
    """Prepare and check a comparison, then measure its candidates in turn.

    Returns
    -------
    DataFrame
        A row per process: ``comparison``, ``candidate``, ``round``, ``seconds`` (median of its
        calls), ``peak_mb`` (resident memory, of the process or the largest one that it started).
    """
    comparison = load(module)
    _in_a_process(module, folder, n_threads=comparison.n_threads)
    names = list(comparison.candidates)
    # Who comes first changes, so that no one always follows the same other.
    turns = [(i, names[(i + j) % len(names)]) for i in range(n_rounds) for j in range(len(names))]
    rows = []
    for number, name in tqdm(turns, desc=module, unit="process", leave=False, disable=None):
        figures = json.loads(_in_a_process(module, folder, name, n_threads=comparison.n_threads))
        rows.append({"comparison": module, "candidate": name, "round": number, **figures})
    return pd.DataFrame(rows)


def _in_a_process(*arguments: str | Path, n_threads: int) -> str:
    """Run ``measure.py``; return the last line that it prints."""
    libraries = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    threads = {f"{library}_NUM_THREADS": str(n_threads) for library in libraries}
    result = subprocess.run(
        [sys.executable, Path(__file__).with_name("measure.py"), *arguments],
        env={**os.environ, **threads, "TQDM_DISABLE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()[-1]
