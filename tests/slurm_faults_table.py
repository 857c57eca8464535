"""The table docs/faults_slurm.md: what was done to a run on SLURM, and what became of it."""

import re
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "docs/faults_slurm.md"
INTRODUCTION = """\
# Faults on SLURM

Each of these was done to a run on a real SLURM of one node, by `make test-slurm` or, what is below
"On demand", by `pytest -m on_demand tests/slurm`, which wrote the tables. Afterwards the results
equalled those of an undisturbed local run byte for byte. [slurm.md](slurm.md) says what to do.
"""
HEADER = "| Fault | What it met | SLURM reported | The run |\n|---|---|---|---|\n"


class Fault(NamedTuple):
    """A row: what was done, to which job, what SLURM said of that job, and what the run did."""

    fault: str
    met: str
    reported: str
    run: str


def write_faults(title: str, faults: list[Fault]) -> None:
    """Write the table of a story, and leave those of others."""
    old = FILE.read_text("utf-8") if FILE.exists() else ""
    sections = dict(re.findall(r"^## (.+)\n\n((?:\|.*\n)+)", old, re.M))
    sections[title] = HEADER + "".join(f"| {' | '.join(fault)} |\n" for fault in faults)
    parts = [f"## {name}\n\n{sections[name]}" for name in sorted(sections)]
    FILE.write_text("\n".join([INTRODUCTION, *parts]), "utf-8")


def reported(job: dict[str, str]) -> str:
    """All that the table says of a job's state; the reason without SLURM's underscores."""
    reason = "" if job["Reason"] == "None" else f" ({job['Reason'].replace('_', ' ')})"
    restarts = f", restarts: {job['Restarts']}" if job["Restarts"] != "0" else ""
    return f"{job['JobState']}{reason}{restarts}"
