"""Each kind of input works, or is refused in one line, as docs/inputs.md says."""

import re
from pathlib import Path

import pytest
from inputs.case import REFUSED, Case, outcome_of
from inputs.corpus import CASES
from inputs.write_page import PAGE, row_of

EVERY = [case for group in CASES.values() for case in group]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.where}: {case.kind}")
def test_an_input_works_or_is_refused_in_one_line(case: Case, tmp_path: Path) -> None:
    outcome = outcome_of(case, tmp_path)
    assert outcome.result == case.expected, outcome.line
    assert re.search(case.refusal, outcome.line)
    assert outcome.line.isprintable()
    assert len(outcome.line) < 600


def test_there_are_kinds_enough_and_no_two_alike() -> None:
    assert len(EVERY) >= 100
    assert len({(case.kind, case.where) for case in EVERY}) == len(EVERY)
    assert sum(case.expected == REFUSED for case in EVERY) >= 50


def test_the_page_lists_exactly_these_inputs_and_what_becomes_of_them() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    listed = [line.split(" | ", 3)[:3] for line in lines if line.startswith("| ")]
    expected = [row_of(case.kind, case.where, case.expected).split(" | ", 3)[:3] for case in EVERY]
    assert [row for row in listed if row[0] != "| Input"] == expected
    assert [line[3:] for line in lines if line.startswith("## ")] == [*CASES]
