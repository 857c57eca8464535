"""The run on the terminal: one line that says how far it is and what runs; messages above it.

Snakemake's own output has some ten lines per job, one of them all its inputs. Its log file below
``.snakemake/log`` still has them.
"""

import copy
import logging
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from snakemake_interface_logger_plugins.common import LogEvent

from stemlens.disk import REMEDIES, disk_line
from stemlens.job_log import CLEAR_LINE
from stemlens.names import printable

COMMONPLACE = (
    "Assuming unrestricted shared filesystem usage",
    "Building DAG of jobs",
    "Conda environments: ignored",
    "Execute ",
    "Group jobs: inactive",
    "None",
    "Select jobs to execute",
    "Using shell",
    "host: ",
)
"""How messages start that every run has and nobody needs."""

# What Snakemake says, where it has no event for it.
NOTHING_TO_DO = "Nothing to be done"
INTERRUPTED = "Terminating processes on user request"
TERMINATED = "Will exit after finishing currently running jobs"

OS_ERROR = re.compile(r"\[Errno (?P<number>\d+)\] .*: '(?P<path>.*)'\s*$")
"""How the traceback ends that Snakemake logs where it cannot write a file."""

SILENT = (
    LogEvent.GROUP_INFO,
    LogEvent.JOB_STARTED,
    LogEvent.RESOURCES_INFO,
    LogEvent.WORKFLOW_STARTED,
)


@dataclass(frozen=True)
class RunningJob:
    """A job that has been started, or handed to a cluster.

    Attributes
    ----------
    wildcards
        Their values.
    start_s
        When it was started: seconds since the epoch.
    """

    rule: str
    wildcards: tuple[str, ...]
    logs: tuple[str, ...]
    start_s: float

    def __str__(self) -> str:
        return f"{self.rule} {'/'.join(self.wildcards)}".strip()


class RunDisplay(logging.Handler):
    """Follows the log of a run, and shows it in place of Snakemake's handler for the terminal.

    On a terminal, the last line is that of the progress. Elsewhere, a finished job is a line.

    Parameters
    ----------
    printer
        Snakemake's handler, which prints the messages; None to follow the run and show nothing.
    is_dry_run
        Whether nothing runs: the table of jobs is shown, and no job.
    when_nothing_to_do
        Called when all that was asked for is there.
    when_interrupted
        Called after Ctrl-C, before Snakemake waits for the jobs that run.

    Attributes
    ----------
    running
        Jobs that run, by Snakemake's number.
    failed
        Jobs that failed and are not tried again, likewise.
    is_stopped
        Whether the run was stopped from outside. Errors of jobs no longer mean anything then, and
        are not shown.
    """

    def __init__(
        self,
        printer: logging.StreamHandler | None,
        *,
        is_dry_run: bool = False,
        when_nothing_to_do: Callable[[], None] = lambda: None,
        when_interrupted: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.running: dict[int, RunningJob] = {}
        self.failed: dict[int, RunningJob] = {}
        self.n_done = self.n_jobs = 0
        self.is_stopped = False
        self._printer = printer
        self._is_dry_run = is_dry_run
        self._is_table_shown = False
        self._is_terminal = printer is not None and printer.stream.isatty()
        self._when_nothing_to_do = when_nothing_to_do
        self._when_interrupted = when_interrupted

    def emit(self, record: logging.LogRecord) -> None:
        """Note what a record says of the run, and show it where a person needs it."""
        event = getattr(record, "event", None)
        message = record.getMessage()
        if self.is_stopped and record.levelno >= logging.ERROR:
            return
        if event == LogEvent.RUN_INFO:
            self._show_table(record)
        elif event == LogEvent.JOB_INFO:
            self._note_start(vars(record))
        elif event == LogEvent.JOB_FINISHED:
            self._note_end(vars(record)["job_id"])
        elif event == LogEvent.PROGRESS:
            self.n_done, self.n_jobs = vars(record)["done"], vars(record)["total"]
            self._draw()
        elif event == LogEvent.JOB_ERROR:
            jobid = vars(record)["jobid"]
            if jobid in self.running:
                self.failed[jobid] = self.running.pop(jobid)
            self._print(_without_inputs(record))
        elif event == LogEvent.ERROR:
            self._print(_without_traceback(record))
        elif event not in SILENT and not message.startswith(COMMONPLACE):
            self._print(record)
        if message.startswith(NOTHING_TO_DO) and not self._is_dry_run:
            self._when_nothing_to_do()
        if message.startswith((INTERRUPTED, TERMINATED)):
            self.is_stopped = True
        if message.startswith(INTERRUPTED):
            self._when_interrupted()

    def close(self) -> None:
        """Clear the line of the progress."""
        self._clear()
        if self._printer:
            self._printer.close()
        super().close()

    def _show_table(self, record: logging.LogRecord) -> None:
        self.n_jobs = vars(record)["stats"]["total"]
        # Snakemake has the table before and after the jobs of a dry run.
        if self._is_dry_run and not self._is_table_shown:
            self._print(record)
            self._is_table_shown = True

    def _note_start(self, job: Mapping) -> None:
        if not self._is_dry_run:
            values = tuple(str(value).strip("/") for value in job["wildcards"].values() if value)
            logs = tuple(map(str, job["log"]))
            self.running[job["jobid"]] = RunningJob(job["rule_name"], values, logs, time.time())
            self.failed.pop(job["jobid"], None)
            self._draw()

    def _note_end(self, jobid: int) -> None:
        self.n_done += 1
        job = self.running.pop(jobid, None)
        if job and not self._is_terminal:
            clock = time.strftime("%H:%M:%S")
            self._write(f"{clock}  {self.n_done} of {self.n_jobs} jobs done: {job}\n")

    def _print(self, record: logging.LogRecord) -> None:
        self._clear()
        if self._printer:
            self._printer.handle(_harmless(record))
        self._draw()

    def _clear(self) -> None:
        if self._is_terminal:
            self._write(CLEAR_LINE)

    def _draw(self) -> None:
        if self._is_terminal and self.running:
            columns = shutil.get_terminal_size().columns
            line = f"{self.n_done} of {self.n_jobs} jobs done, running: {self._what_runs()}"
            # A line as wide as the terminal would be two.
            self._write(CLEAR_LINE + shortened(line, columns - 1))

    def _what_runs(self) -> str:
        """Name what runs, the longest-running first: a job by itself, those of a rule by number."""
        n_of_rule = Counter(job.rule for job in self.running.values())
        names = {}
        for job in sorted(self.running.values(), key=lambda job: job.start_s):
            several = n_of_rule[job.rule] > 1
            names[job.rule] = f"{job.rule} ×{n_of_rule[job.rule]}" if several else str(job)
        return ", ".join(names.values())

    def _write(self, text: str) -> None:
        if self._printer:
            self._printer.stream.write(text)
            self._printer.stream.flush()


def shortened(line: str, n_columns: int) -> str:
    """Cut a line that is longer than `n_columns`, and mark the cut."""
    return line if len(line) <= n_columns else line[: n_columns - 1] + "…"


def _harmless(record: logging.LogRecord) -> logging.LogRecord:
    """Copy what Snakemake says, without commands to the terminal that a file's name may hold."""
    shown = copy.copy(record)
    shown.msg, shown.args = "\n".join(map(printable, record.getMessage().split("\n"))), ()
    return shown


def _without_inputs(record: logging.LogRecord) -> logging.LogRecord:
    """Copy what is said of a failed job, but for its inputs, which can be thousands."""
    short = copy.copy(record)
    vars(short)["input"] = []
    return short


def _without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    """Copy what is said of a file that the disk does not take, in one line; all else as it is."""
    found = OS_ERROR.search(record.getMessage())
    if not found or int(found["number"]) not in REMEDIES:
        return record
    short = copy.copy(record)
    short.msg = f"stemlens: {disk_line(found['path'], int(found['number']))}"
    short.args = ()
    return short
