"""Contests: several ways to do the same work, each measured in processes of its own, in turn.

A contest is a module in ``contests``:

``TITLE``
    What the work is.
``THREADS``, ``ROUNDS``, ``WARM_UPS``, ``CALLS``
    Threads of numerical libraries; processes per contestant; calls in a process that are not
    measured, and that are.
``CONTESTANTS``
    Name → function of the contest's folder that prepares the work and returns it as a function
    without arguments. `OURS` is one of them.
``TARGETS``
    What is to be reached, a list of `Target`.
``prepare(folder)``
    Makes what all contestants need, once.
``check(folder)``
    Raises AssertionError unless all contestants come to the same result.
"""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd

BENCHMARKS = Path(__file__).parent
OURS = "stemlens"


@dataclass(frozen=True)
class Target:
    """How a figure of ours shall stand to that of another contestant.

    Attributes
    ----------
    reference
        The other contestant.
    figure
        ``seconds``, ``peak_mb`` (largest resident memory of the process) or ``added_mb`` (what of
        it the work added).
    at_least
        The least ratio, theirs ÷ ours.
    at_most_more
        Instead of a ratio: the largest difference, ours − theirs, in the figure's unit.
    reason
        Why it cannot be reached here, where that is so.
    """

    reference: str
    figure: str = "seconds"
    at_least: float | None = None
    at_most_more: float | None = None
    reason: str = ""

    def reached(self, medians: pd.DataFrame) -> tuple[float, bool]:
        """Ratio or difference of the medians (contestant → figures), and whether it will do."""
        ours, theirs = medians.loc[OURS, self.figure], medians.loc[self.reference, self.figure]
        if self.at_most_more is not None:
            return ours - theirs, ours - theirs <= self.at_most_more
        return theirs / ours, theirs / ours >= self.at_least


def load_contest(name: str) -> ModuleType:
    """Import ``contests/<name>.py``."""
    return importlib.import_module(f"contests.{name}")


def thread_limits(n_threads: int) -> dict[str, str]:
    """Environment variables that give numerical libraries so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    return dict.fromkeys(names, str(n_threads))


def measure(name: str, contestant: str, folder: Path, n_threads: int) -> dict[str, float]:
    """Seconds and memory of one contestant, in a process of its own."""
    result = subprocess.run(
        [sys.executable, BENCHMARKS / "measure.py", name, contestant, folder],
        env={**os.environ, **thread_limits(n_threads)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(result.stdout.splitlines()[-1])


def hold(name: str, folder: Path) -> pd.DataFrame:
    """Prepare a contest, compare the results, then measure its contestants in turn.

    Returns
    -------
    DataFrame
        A row per process: ``contest``, ``contestant``, ``round``, ``seconds``, ``peak_mb``,
        ``added_mb``.
    """
    contest = load_contest(name)
    folder.mkdir(parents=True, exist_ok=True)
    contest.prepare(folder)
    contest.check(folder)
    rows = []
    for number in range(contest.ROUNDS):
        names = list(contest.CONTESTANTS)
        # Who comes first changes, so that no one always follows the same other.
        for contestant in names[number % len(names) :] + names[: number % len(names)]:
            figures = measure(name, contestant, folder, contest.THREADS)
            rows.append({"contest": name, "contestant": contestant, "round": number} | figures)
    return pd.DataFrame(rows)
