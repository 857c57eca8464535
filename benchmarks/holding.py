"""Hold a contest, and write down how it went."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from contest import OURS, Target, load_contest
from tqdm import tqdm

BENCHMARKS = Path(__file__).parent
FIGURES = {"seconds": "time", "peak_mb": "peak memory", "added_mb": "added memory"}


def thread_limits(n_threads: int) -> dict[str, str]:
    """Environment variables that give numerical libraries so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    return dict.fromkeys(names, str(n_threads))


def run_script(script: str, *arguments: str | Path, n_threads: int) -> list[str]:
    """Run a script beside this file in a process of its own; return what it prints."""
    return subprocess.run(
        [sys.executable, BENCHMARKS / script, *arguments],
        env={**os.environ, **thread_limits(n_threads), "TQDM_DISABLE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.splitlines()


def measure(name: str, contestant: str, folder: Path) -> dict[str, float]:
    """Seconds and memory of one contestant."""
    n_threads = load_contest(name).THREADS
    return json.loads(run_script("measure.py", name, contestant, folder, n_threads=n_threads)[-1])


def hold(name: str, folder: Path) -> pd.DataFrame:
    """Prepare a contest, compare the results, then measure its contestants in turn.

    Returns
    -------
    DataFrame
        A row per process: ``contest``, ``contestant``, ``round``, ``seconds``, ``peak_mb``,
        ``added_mb``.
    """
    contest = load_contest(name)
    run_script("prepare.py", name, folder, n_threads=contest.THREADS)
    names = list(contest.CONTESTANTS)
    # Who comes first changes, so that no one always follows the same other.
    turns = [
        (number, names[(number + place) % len(names)])
        for number in range(contest.ROUNDS)
        for place in range(len(names))
    ]
    rows = []
    for number, contestant in tqdm(turns, desc=name, unit="process", leave=False, disable=None):
        figures = measure(name, contestant, folder)
        rows.append({"contest": name, "contestant": contestant, "round": number} | figures)
    return pd.DataFrame(rows)


def medians_of(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Contestant → its figures, from what `hold` returned."""
    figures = rows.groupby("contestant", sort=False)[list(FIGURES)]
    return figures.median().to_dict("index")


def measurements_table(name: str, rows: pd.DataFrame) -> list[str]:
    """Markdown: a contest's contestants, from what `hold` returned."""
    contest, medians = load_contest(name), medians_of(rows)
    lines = [
        f"## {contest.TITLE}",
        "",
        f"{contest.THREADS} thread{'s' if contest.THREADS > 1 else ''}, medians of"
        f" {contest.ROUNDS} processes. {getattr(contest, 'NOTE', '')}".rstrip(),
        "",
        "| | s | from – to | times ours | peak memory, MB | of it added by the work |",
        "|---|---|---|---|---|---|",
    ]
    for contestant in contest.CONTESTANTS:
        figures = medians[contestant]
        seconds = rows.loc[rows["contestant"] == contestant, "seconds"]
        lines.append(
            f"| {contestant} | {figures['seconds']:.3g} | {seconds.min():.3g} – {seconds.max():.3g}"
            f" | {figures['seconds'] / medians[OURS]['seconds']:.2f}"
            f" | {figures['peak_mb']:.0f} | {figures['added_mb']:.0f} |"
        )
    return [*lines, ""]


def targets_table(measured: Mapping[str, pd.DataFrame]) -> list[str]:
    """Markdown: what was to be reached, contest by contest."""
    lines = ["## Targets", "", "| Work | Target | found | reached |", "|---|---|---|---|"]
    for name, rows in measured.items():
        contest, medians = load_contest(name), medians_of(rows)
        lines += [f"| {contest.TITLE} {target_row(t, medians)}" for t in contest.TARGETS]
    return [*lines, ""]


def target_row(target: Target, medians: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown: what was to be reached, what was found, and whether that will do."""
    found, answer = "–", "not measured"
    if {target.reference, target.ours} <= set(medians):
        number, is_reached = target.reached(medians)
        found = f"{number:.3g}"
        answer = "yes" if is_reached else f"no: {target.reason or 'no reason is known'}"
    unit = "s" if target.figure == "seconds" else "MB"
    if target.at_least is not None:
        wanted = f"{target.reference} ÷ {target.ours}: ≥ {target.at_least:.3g}"
    else:
        wanted = f"{target.ours} − {target.reference}: ≤ {target.at_most_more:g} {unit}"
    return f"| {FIGURES[target.figure]}, {wanted} | {found} | {answer} |"
