"""The last lines of a run: what came out and where it is, or what went wrong."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlens.names import printable
from stemlens.rows import read_rows
from stemlens.workflow.progress import RunningJob

MOST_FAILURES = 10
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) (?P<message>.*)")


def results_lines(results: str, *, networks: Mapping[str, str], mse_measure: str) -> list[str]:
    """Say where the results of a whole run are, the explorer first, and its headline numbers.

    Numbers are of the networks that are studied, by task in `networks`, and verdicts by
    `mse_measure`; without such a network there are none. Paths are printed as the results folder is
    given.
    """
    return [
        *(_headline(Path(results) / "tables", networks, mse_measure) if networks else []),
        f"explorer: {results}/explorer.html (open it in a browser)",
        f"verdicts: {results}/hypotheses.md",
        f"figures:  {results}/figures",
        f"tables:   {results}/tables",
        "report:   the same command with --report report.zip",
    ]


def _headline(tables: Path, networks: Mapping[str, str], mse_measure: str) -> list[str]:
    scores = [
        row
        for row in _rows(tables / "performance_over_seeds.csv", training="trained")
        if row["network"] == networks[row["task"]]
    ]
    verdicts = Counter(
        row["verdict"]
        for row in _rows(tables / "hypotheses.csv", training="trained")
        if row["task"] in networks
        and row["network"] in ("", networks[row["task"]])
        and row["mse_measure"] in ("", mse_measure)
    )
    counts = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.most_common())
    return [
        *_score_line("macro F1, instruments", scores, task="instrument", metric="f1"),
        *_score_line("accuracy, moods", scores, task="mood", metric="accuracy"),
        f"hypotheses, {', '.join(dict.fromkeys(networks.values()))} trained: {counts}",
    ]


def failure_lines(jobs: Sequence[RunningJob]) -> list[str]:
    """Say what went wrong in jobs that failed, a line and the log each.

    A cluster reports all jobs of a submission together; where some of them logged an error, only
    those are named.
    """
    errors = {job: error_message(job) for job in jobs}
    named = {job: error for job, error in errors.items() if error} or errors
    lines = []
    for job, error in list(named.items())[:MOST_FAILURES]:
        message = error or (
            "it ended without a message; it may have been killed, or out of memory or disk"
        )
        lines += [f"{job} failed: {message}", *(f"    log: {log}" for log in job.logs)]
    if len(named) > MOST_FAILURES:
        lines.append(f"and {len(named) - MOST_FAILURES} other jobs")
    return lines


def error_message(job: RunningJob) -> str | None:
    """Find the one line that says what went wrong in a job; None where its log has none."""
    for log in map(Path, job.logs):
        # An older log is that of an earlier attempt.
        if not log.exists() or log.stat().st_mtime < job.start_s:
            continue
        lines = log.read_text("utf-8", errors="replace").splitlines()
        entries = [match for match in map(LOG_LINE.match, lines) if match]
        if entries and entries[-1]["level"] == "ERROR":
            # Below what is unexpected stands a traceback, which ends in the error.
            is_foreseen = lines[-1] == entries[-1].string
            return entries[-1]["message"] if is_foreseen else printable(lines[-1])
    return None


def _rows(table: Path, **values: str) -> list[dict[str, str]]:
    """Read the rows of a CSV table that have these values."""
    return [
        row
        for row in read_rows(table)
        if all(row[column] == value for column, value in values.items())
    ]


def _score_line(
    name: str, scores: Sequence[Mapping[str, str]], *, task: str, metric: str
) -> list[str]:
    """Write a task's score on test songs with its interval; nothing where it has no network."""
    return [
        f"{name}: {float(row['value']):.2f}{_interval(row)} on {row['n_songs']} test songs"
        for row in scores
        if row["task"] == task
        and row["metric"] == metric
        and row["class"] in ("macro", "samples")
        and row["value"]
    ]


def _interval(row: Mapping[str, str]) -> str:
    if not row["ci_low"]:
        return ""
    return f" [{float(row['ci_low']):.2f}, {float(row['ci_high']):.2f}]"
