"""Every fault at every rule: what happened, and the page that says so."""

import contextlib
import random
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults.damage import Truncation, drawn_truncation, jump_clock
from faults.disturbed_run import (
    OPTIONS,
    TARGETS,
    VARIANTS,
    WITHOUT_MOODS,
    DisturbedRun,
    differing,
    durations_s,
    new_project,
    place_variants,
    run_undisturbed,
    small_disk,
    start_again,
    why_no_mounts,
)
from snakemake_project import ROOT, Project

PAGE = ROOT / "docs/faults.md"
HEAD = Path(__file__).with_name("page.md")
OF_JOBS = ("kill_job", "kill_all", "sigint", "sigterm", "second_run")
OF_DISK = ("full_disk", "read_only")
COLUMNS = {
    "kill_job": "job killed",
    "kill_all": "all killed",
    "sigterm": "SIGTERM",
    "sigint": "SIGINT",
    "full_disk": "disk full",
    "read_only": "read-only",
    "truncated": "cut off",
    "clock": "clock jumps",
    "second_run": "second run",
}
MOST_NAMED = 8
"""Files that are cut off at once; a run names ten."""


@dataclass
class Matrix:
    """What happened at each rule at each fault, and what was not as it should be."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    n_starts: int = 0


def run_matrix(folder: Path, seed: int) -> Matrix:
    """Run everything without faults, then with all of them, and compare."""
    matrix = Matrix()
    undisturbed = new_project(folder / "undisturbed")
    run_undisturbed(undisturbed)
    reason = why_no_mounts(folder / "mount")
    matrix.skipped = dict.fromkeys(OF_DISK, reason) if reason else {}
    project = start_again(undisturbed, folder / "disturbed")
    disk = contextlib.nullcontext() if reason else small_disk(project.folder / "results", "500m")
    with disk:
        disturb(matrix, undisturbed, project, folder / "notes", seed)
    return matrix


def disturb(matrix: Matrix, undisturbed: Project, project: Project, notes: Path, seed: int) -> None:
    """Run a project with all faults, then damage what it made and let it recover."""
    faults = [fault for fault in (*OF_JOBS, *OF_DISK) if fault not in matrix.skipped]
    durations = durations_s(undisturbed)
    run = DisturbedRun(project, notes, faults, seed=seed, durations=durations)
    run.finish(*TARGETS)
    place_variants(undisturbed, project)
    run.finish(*VARIANTS, config=WITHOUT_MOODS)
    matrix.n_starts = len(run.outputs)
    matrix.problems += [f"the disturbed run differs: {x}" for x in differing(undisturbed, project)]
    note_hits(matrix, run, faults)
    draw = random.Random(seed)
    cut_off(matrix, project, run.files(), draw)
    jump_clock(project, draw)
    project.succeed(*TARGETS, *OPTIONS)
    project.succeed(*VARIANTS, *OPTIONS, config=WITHOUT_MOODS)
    matrix.problems += [f"the repaired run differs: {x}" for x in differing(undisturbed, project)]
    for targets, config in ((TARGETS, None), (VARIANTS, WITHOUT_MOODS)):
        planned = project.planned(config, targets=targets)
        matrix.problems += [f"a run plans again: {rule}" for rule in planned]
    parts = [str(file) for file in project.folder.rglob(".part-*")]
    matrix.problems += [f"a part of a file is left: {file}" for file in parts]
    for cells in matrix.cells.values():
        cells["clock"] = "again"


def note_hits(matrix: Matrix, run: DisturbedRun, faults: list[str]) -> None:
    """Fill the cells of what happened while jobs ran."""
    rules = sorted({rule for rule, _ in run.said})
    for rule in rules:
        cells = matrix.cells.setdefault(rule, {})
        for fault in faults:
            if (rule, fault) not in run.said:
                matrix.problems.append(f"{rule}: was never hit by {fault}")
                continue
            cells[fault] = _word(run, rule, fault)
    for said in run.second_runs():
        if "another run is writing there" not in said and "has deleted it" not in said:
            matrix.problems.append(f"a second run was not refused: {said[-500:]}")
    for output in run.outputs:
        if "Traceback (most recent call last)" in output:
            start = output.index("Traceback (most recent call last)")
            matrix.problems.append(f"a traceback: {output[max(0, start - 300) : start + 2500]}")


def _word(run: DisturbedRun, rule: str, fault: str) -> str:
    if fault == "second_run":
        return "refused"
    if fault == "sigterm":
        return "ended"
    if fault in OF_DISK:
        if run.lived_through(rule, fault):
            return "done"
        return "line, again" if "cannot be written" in run.said[rule, fault] else "again"
    return "resumed" if run.resumed(rule, fault) else "again"


def cut_off(
    matrix: Matrix, project: Project, outputs: Mapping[str, list[Path]], draw: random.Random
) -> None:
    """Cut off a file of each rule, see that a run names it, and delete it as the run says."""
    cuts: dict[str, Truncation] = {}
    for rule, files in outputs.items():
        there = [project.folder / file for file in files if (project.folder / file).exists()]
        matrix.cells[rule]["truncated"] = "line" if there else "no file"
        if there:
            cuts[rule] = drawn_truncation(there, draw)
    rules = list(cuts)
    for start in range(0, len(rules), MOST_NAMED):
        batch = {rule: cuts[rule] for rule in rules[start : start + MOST_NAMED]}
        with contextlib.ExitStack() as stack:
            for cut in batch.values():
                stack.enter_context(cut)
            printed = project.run(*TARGETS, *OPTIONS)
        for rule, cut in batch.items():
            named = _named(cut.file, outputs[rule], project)
            if printed.returncode == 0 or named not in printed.stdout:
                matrix.problems.append(f"{rule}: cut off unnoticed: {cut.file}")
                matrix.cells[rule]["truncated"] = "unnoticed"
    for rule, cut in cuts.items():
        output = project.folder / _named(cut.file, outputs[rule], project)
        shutil.rmtree(output) if output.is_dir() else output.unlink()


def _named(file: Path, outputs: list[Path], project: Project) -> str:
    """The output that a file is or lies in, as a run names it."""
    path = file.relative_to(project.folder)
    return str(next(out for out in outputs if path == out or out in path.parents))


def write_page(matrix: Matrix, seed: int, seconds: float) -> None:
    """Write the table for the docs."""
    n_cells = sum(map(len, matrix.cells.values()))
    run = (
        f"This page is of seed {seed}: {len(matrix.cells)} rules, {n_cells} faults,"
        f" {matrix.n_starts} starts of Snakemake, {seconds / 60:.0f} minutes on two cores."
    )
    skipped = [f"- {COLUMNS[fault]}: not tried, {why}" for fault, why in matrix.skipped.items()]
    rows = [
        "| Rule | " + " | ".join(COLUMNS.values()) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
        *(
            f"| `{rule}` | " + " | ".join(cells.get(fault, "–") for fault in COLUMNS) + " |"
            for rule, cells in sorted(matrix.cells.items())
        ),
    ]
    head = HEAD.read_text("utf-8").format(run=run)
    PAGE.write_text(head + "\n".join([*skipped, *rows]) + "\n", "utf-8")


def timed_matrix(folder: Path, seed: int) -> Matrix:
    """Run the matrix and write its page."""
    start = time.monotonic()
    matrix = run_matrix(folder, seed)
    write_page(matrix, seed, time.monotonic() - start)
    return matrix
