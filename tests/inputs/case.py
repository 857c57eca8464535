"""Kinds of input: how each is made, what reads it, and what is to become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stemlens.errors import InputError

WORKS, REFUSED = "works", "refused"


@dataclass(frozen=True)
class Case:
    """A kind of input.

    Attributes
    ----------
    kind
        What is odd about it.
    where
        What it is given as.
    read
        Makes it in an empty folder and has it read. Returns what shows that it was read rightly,
        after checking it; an `InputError` refuses it.
    refusal
        Regular expression of the message; empty if it is to work.
    """

    kind: str
    where: str
    read: Callable[[Path], str]
    refusal: str = ""

    @property
    def expected(self) -> str:
        """`WORKS` or `REFUSED`."""
        return REFUSED if self.refusal else WORKS


@dataclass(frozen=True)
class Outcome:
    """What became of an input: `WORKS` or `REFUSED`, and what shows it or the line that says why.

    Paths in `line` begin in the folder of the case.
    """

    result: str
    line: str


def outcome_of(case: Case, folder: Path) -> Outcome:
    """Make the input of a case and have it read; any other error than a refusal is raised."""
    try:
        return Outcome(WORKS, case.read(folder))
    except InputError as error:
        return Outcome(REFUSED, str(error).replace(f"{folder}/", "").replace(str(folder), "."))


def refused_by_all(*readers: Callable[[], object]) -> None:
    """Demand that each reader refuses, and raise the first refusal; nothing if none refuses."""
    refusals = []
    for reader in readers:
        try:
            reader()
        except InputError as error:
            refusals.append(error)
    assert len(refusals) in (0, len(readers)), f"only some refuse: {refusals}"
    if refusals:
        raise refusals[0]
