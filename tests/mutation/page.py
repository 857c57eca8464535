"""Write the part of docs/numerics.md on mutants from the report of run.py and what was judged."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "tests/mutation/report.json"
JUDGED = ROOT / "tests/mutation/equivalent.yaml"
PAGE = ROOT / "docs/numerics.md"
HEADING = "## Scores of the mutation tests\n"


def main(tests: Mapping[str, Sequence[str]]) -> None:
    """Write it, with the tests of each group.

    Exits with a message if a mutant survives that is not judged.
    """
    report = json.loads(REPORT.read_text("utf-8"))
    judged = yaml.safe_load(JUDGED.read_text("utf-8"))
    lines = [
        "| Module | Mutants | Killed | Equivalent | Survived | Score |",
        "|---|---|---|---|---|---|",
    ]
    missed = []
    for group, modules in report.items():
        total = [0, 0, 0]
        for module, found in modules.items():
            equivalent = [c for changes in judged.get(module, {}).values() for c in changes]
            changes = [change for _, change in found["survivors"]]
            unjudged = [change for change in changes if change not in equivalent]
            missed += [(module, change) for change in unjudged]
            counts = [found["mutants"], len(changes) - len(unjudged), len(unjudged)]
            total = [a + b for a, b in zip(total, counts, strict=True)]
            lines.append(_row(f"`{module}`", *counts))
        if len(modules) > 1:
            lines.append(_row(f"**{group}**", *total))
    lines += ["", "Which tests have to notice, of `tests/unit` and `tests/properties`:", ""]
    lines += [f"- {group}: {', '.join(names)}" for group, names in tests.items()]
    lines += ["", "What survives and changes nothing that could be tested:", ""]
    survivors = {
        (module, change)
        for modules in report.values()
        for module, found in modules.items()
        for _, change in found["survivors"]
    }
    for module, reasons in judged.items():
        for reason, changes in reasons.items():
            left = [change for change in changes if (module, change) in survivors]
            lines += [f"- `{module}`: {reason}:"] if left else []
            lines += [f"  - `{change}`" for change in left]
    if missed:
        lines += ["", "What survives and no test notices yet:", ""]
        lines += [f"- `{module}`: `{change}`" for module, change in missed]
    head = PAGE.read_text("utf-8").split(HEADING)[0]
    PAGE.write_text(head + HEADING + "\n" + "\n".join(lines) + "\n", "utf-8")
    if missed:
        sys.exit(f"{len(missed)} mutants survive that are not judged equivalent: see {PAGE}")


def _row(name: str, n: int, n_equivalent: int, n_missed: int) -> str:
    """The score is of those that are not equivalent."""
    killed = n - n_equivalent - n_missed
    score = 100 * killed / (n - n_equivalent)
    return f"| {name} | {n} | {killed} | {n_equivalent} | {n_missed} | {score:.1f} % |"
