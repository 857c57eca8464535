"""The harness of the benchmarks; what it measures is no test."""

from pathlib import Path

import pandas as pd
import pytest
import run
from contest import OURS, Target, load_contest
from holding import measurements_table, target_row, targets_table
from project import rule_requests

BENCHMARKS = Path(run.__file__).parent
MEDIANS = {
    OURS: {"seconds": 2.0, "added_mb": 30.0},
    "theirs": {"seconds": 7.0, "added_mb": 10.0},
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("theirs", at_least=3), (3.5, True)),
        (Target("theirs", at_least=4), (3.5, False)),
        (Target("theirs", "added_mb", at_most_more=20), (20, True)),
        (Target("theirs", "added_mb", at_most_more=19), (20, False)),
        (Target(OURS, at_most_more=1, ours="theirs"), (5, False)),
    ],
)
def test_a_target_is_a_ratio_or_a_difference(target: Target, expected: tuple[float, bool]) -> None:
    assert target.reached(MEDIANS) == expected


@pytest.mark.parametrize(
    ("target", "row"),
    [
        (Target("theirs", at_least=3), "| time, theirs ÷ stemlens: ≥ 3 | 3.5 | yes |"),
        (
            Target("theirs", "added_mb", at_most_more=19, reason="a copy"),
            "| added memory, stemlens − theirs: ≤ 19 MB | 20 | no: a copy |",
        ),
        (Target("absent", at_least=3), "| time, absent ÷ stemlens: ≥ 3 | – | not measured |"),
    ],
)
def test_a_target_has_its_answer_in_the_table(target: Target, row: str) -> None:
    assert target_row(target, MEDIANS) == row


@pytest.mark.parametrize("name", run.CONTESTS)
def test_contests_have_what_they_need(name: str) -> None:
    module = load_contest(name)
    assert min(module.THREADS, module.ROUNDS, module.CALLS, module.WARM_UPS + 1) >= 1
    assert OURS in module.CONTESTANTS
    assert all(target.ours in module.CONTESTANTS for target in module.TARGETS)
    assert callable(module.prepare)
    assert callable(module.check)
    figures = {"seconds": 1.0, "peak_mb": 100.0, "added_mb": 10.0}
    rows = pd.DataFrame([{"contestant": c, **figures} for c in module.CONTESTANTS])
    text = "\n".join(measurements_table(name, rows))
    assert text.startswith(f"## {module.TITLE}\n")
    assert all(f"| {c} | 1 | 1 – 1 | 1.00 | 100 | 10 |" in text for c in module.CONTESTANTS)
    targets = [row for row in targets_table({name: rows}) if row.startswith(f"| {module.TITLE} |")]
    assert len(targets) == len(module.TARGETS)


def test_an_unknown_name_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(SystemExit, match=r"found 'gram'; expected .*gram_matrix"):
        run.main(["log_mels", "gram"])


@pytest.mark.parametrize(
    ("folder", "names"), [("contests", run.CONTESTS), ("reports", run.REPORTS)]
)
def test_everything_that_is_there_is_run(folder: str, names: list[str]) -> None:
    files = {path.stem for path in (BENCHMARKS / folder).glob("*.py")} - {"__init__"}
    assert set(names) == files


def test_every_rule_says_what_it_needs() -> None:
    requests = rule_requests()
    assert requests.loc["train_model", "gpu"] == 1
    assert (requests[["threads", "mem_mb"]] >= 1).all(axis=None)
