"""Write docs/inputs.md: what became of each kind of input when this was run.

PYTHONPATH=scripts:tests python tests/inputs/write_page.py
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from inputs.case import WORKS, Case, outcome_of
from inputs.corpus import CASES

PAGE = Path(__file__).parents[2] / "docs/inputs.md"
HEAD = """# Inputs: what works, and what is refused

Each row is an input that the tests make and read. An input *works* if what is computed from it is
right: the last column says what shows that. Any other is *refused*, before the first job where
possible, in one line: the file or the key of the config, what was found, what was expected, and
what to do. Paths begin in the folder of the input. What FFmpeg, libsndfile, HDF5 and PyYAML say in
brackets depends on their versions.

Snakemake reads config files before the workflow does. Of a file that is no YAML it says so without
naming it, and of text that is not UTF-8 it shows a traceback.

Beyond this table, tests change bytes of such files and values of the config at random, within the
schema: each is read, or refused in one line. `pytest -m on_demand tests/inputs` does it for longer.

This page is written by `PYTHONPATH=scripts:tests python tests/inputs/write_page.py`.
"""


def row_of(kind: str, where: str, result: str, line: str = "") -> str:
    """One row of the table."""
    shown = line.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return f"| {kind} | {where} | {result} | {shown} |"


def rows_of(case: Case) -> Iterator[str]:
    """Make and read the input of a case in a folder of its own."""
    with TemporaryDirectory() as folder:
        outcome = outcome_of(case, Path(folder))
        assert outcome.result == case.expected, f"{case.kind}: {outcome}"
        yield row_of(case.kind, case.where, outcome.result, outcome.line)


def page() -> str:
    """The whole page."""
    cases = [case for group in CASES.values() for case in group]
    n_work = sum(case.expected == WORKS for case in cases)
    parts = [HEAD, f"{len(cases)} inputs: {n_work} work, {len(cases) - n_work} are refused."]
    for title, group in CASES.items():
        parts += [
            "",
            f"## {title}",
            "",
            row_of("Input", "Given as", "It is", "What shows it, or the line"),
        ]
        parts += ["|---|---|---|---|", *(row for case in group for row in rows_of(case))]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
    PAGE.write_text(page(), "utf-8")
