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
``NOTE`` (optional)
    What a reader of its table has to know.
``seconds_of(contestant, elapsed_s, result)`` (optional)
    The figure of a call, where it is not simply the time that the call took.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

OURS = "stemlens"


@dataclass(frozen=True)
class Target:
    """How a figure of ours shall stand to that of another contestant.

    Attributes
    ----------
    reference
        The other contestant.
    figure
        ``seconds``, ``peak_mb`` (largest resident memory of the process, or of one that it started)
        or ``added_mb`` (what the work added to that of the process).
    at_least
        The least ratio, theirs ÷ ours.
    at_most_more
        Instead of a ratio: the largest difference, ours − theirs, in the figure's unit.
    ours
        Which of our contestants, where there are several.
    reason
        Why it cannot be reached here, where that is so.
    """

    reference: str
    figure: str = "seconds"
    at_least: float | None = None
    at_most_more: float | None = None
    ours: str = OURS
    reason: str = ""

    def reached(self, medians: Mapping[str, Mapping[str, float]]) -> tuple[float, bool]:
        """Ratio or difference of the medians (contestant → figures), and whether it will do."""
        ours, theirs = medians[self.ours][self.figure], medians[self.reference][self.figure]
        if self.at_most_more is not None:
            return ours - theirs, ours - theirs <= self.at_most_more
        assert self.at_least is not None
        return theirs / ours, theirs / ours >= self.at_least


def load_contest(name: str) -> ModuleType:
    """Import ``contests/<name>.py``."""
    return importlib.import_module(f"contests.{name}")
