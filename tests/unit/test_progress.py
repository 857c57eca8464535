import io
import logging
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from stemlens.workflow.progress import RunDisplay, shortened


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        """What stands there, where nothing is wider than the terminal."""
        return [line.split("\r\033[K")[-1] for line in self.getvalue().split("\n")]


def told(event: LogEvent | None, message: str = "", **details: object) -> logging.LogRecord:
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, message, None, None)
    record.__dict__.update(details, event=event)
    return record


def started(jobid: int, rule: str, **wildcards: str) -> logging.LogRecord:
    return told(
        LogEvent.JOB_INFO, jobid=jobid, rule_name=rule, wildcards=wildcards, log=[f"{rule}.log"]
    )


def ended(jobid: int) -> logging.LogRecord:
    return told(LogEvent.JOB_FINISHED, f"Finished jobid: {jobid}", job_id=jobid)


def failed(jobid: int, **details: object) -> logging.LogRecord:
    return told(LogEvent.JOB_ERROR, f"Error in job {jobid}", jobid=jobid, **details)


def show(stream: io.StringIO, *records: logging.LogRecord, **options: Any) -> RunDisplay:
    display = RunDisplay(logging.StreamHandler(stream), **options)
    for record in records:
        display.handle(record)
    return display


PLAN = told(LogEvent.RUN_INFO, "Job stats: …", stats={"cut": 3, "train": 1, "total": 4})
CUTS = [started(number, "cut", song=f"song-{number}") for number in (1, 2, 3)]


def test_a_terminal_has_one_line_of_how_far_the_run_is_and_what_runs() -> None:
    terminal = Terminal()
    show(terminal, PLAN, *CUTS, ended(1), told(LogEvent.PROGRESS, done=1, total=4), ended(2))
    show_train = started(4, "train", variant="", task="mood", seed="0")
    assert terminal.lines() == ["1 of 4 jobs done, running: cut ×2"]
    display = show(terminal, PLAN, *CUTS, ended(1), ended(3), show_train)
    assert terminal.lines() == ["2 of 4 jobs done, running: cut song-2, train mood/0"]
    display.close()
    assert terminal.lines() == [""]


def test_a_message_stands_above_the_line_of_the_progress() -> None:
    terminal = Terminal()
    show(terminal, PLAN, CUTS[0], told(None, "left out: two songs"))
    assert terminal.lines() == ["left out: two songs", "0 of 4 jobs done, running: cut song-1"]


def test_a_line_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    show(terminal, PLAN, started(1, "train", name="of-a-name-that-is-long"))
    assert terminal.lines() == ["0 of 4 jobs done, running: train of-a-n…"[:38] + "…"]
    assert shortened("just right", 10) == "just right"


def test_a_file_has_one_line_for_each_finished_job_and_none_for_a_started_one() -> None:
    file = io.StringIO()
    show(file, PLAN, *CUTS, ended(1), told(LogEvent.PROGRESS, done=1, total=4), ended(3))
    first, second = file.getvalue().splitlines()
    assert first.endswith("  1 of 4 jobs done: cut song-1")
    assert second.endswith("  2 of 4 jobs done: cut song-3")


def test_what_every_run_says_is_left_out_and_what_a_person_needs_is_not() -> None:
    file = io.StringIO()
    host = told(LogEvent.WORKFLOW_STARTED, "host, versions, folders")
    show(file, host, PLAN, told(None, "Select jobs to execute..."), told(None, "Creating conda"))
    assert file.getvalue() == "Creating conda\n"


def test_a_failed_job_is_shown_without_its_inputs_and_remembered() -> None:
    shown: list[logging.LogRecord] = []
    printer = logging.StreamHandler(io.StringIO())
    printer.emit = shown.append  # type: ignore[method-assign]
    display = RunDisplay(printer)
    error = failed(1, input=["a.wav", "b.wav"], output=["cut.csv"])
    for record in (PLAN, *CUTS, error):
        display.handle(record)
    (printed,) = shown
    assert vars(printed)["input"] == []
    assert vars(printed)["output"] == ["cut.csv"]
    assert vars(error)["input"] == ["a.wav", "b.wav"]
    assert [str(job) for job in display.failed.values()] == ["cut song-1"]
    assert display.failed[1].logs == ("cut.log",)
    assert list(display.running) == [2, 3]


@pytest.mark.parametrize(
    ("message", "reported"),
    [
        (None, ""),
        (
            "SLURM-job '5' failed, SLURM status is: 'TIMEOUT'. For further error details see the"
            " cluster/cloud log.",
            "SLURM-job '5' failed, SLURM status is: 'TIMEOUT'.",
        ),
        (
            "SLURM sbatch failed. It said 'no'.\n    sbatch call:\n  …",
            "SLURM sbatch failed. It said 'no'.",
        ),
    ],
)
def test_what_the_cluster_says_of_a_failed_job_is_kept_in_a_line(
    message: str | None, reported: str
) -> None:
    display = show(io.StringIO(), PLAN, CUTS[0], failed(1, rule_msg=message))
    assert display.failed[1].reported == reported


def test_a_disk_that_takes_nothing_is_one_line_where_snakemake_has_a_traceback() -> None:
    output = io.StringIO()
    for number, name, path in (
        (30, "Read-only file system", "logs/a.log"),
        (2, "No such file or directory", "none"),
    ):
        traceback = (
            f"Traceback (most recent call last):\n\nOSError: [Errno {number}] {name}: '{path}'\n"
        )
        show(output, told(LogEvent.ERROR, traceback))
    first, *others = output.getvalue().splitlines()
    assert first.startswith("stemlens: logs/a.log: cannot be written: Read-only file system; ")
    assert others[0] == "Traceback (most recent call last):"


def test_a_job_that_is_tried_again_has_not_failed_yet() -> None:
    display = show(io.StringIO(), PLAN, CUTS[0], failed(1), CUTS[0])
    assert display.failed == {}
    assert list(display.running) == [1]


def test_a_dry_run_shows_its_table_once_and_no_job() -> None:
    file = io.StringIO()
    show(file, PLAN, *CUTS, PLAN, is_dry_run=True)
    assert file.getvalue() == "Job stats: …\n"


@pytest.mark.parametrize(("is_dry_run", "n_calls"), [(False, 1), (True, 0)])
def test_a_run_with_nothing_to_do_is_noticed(is_dry_run: bool, n_calls: int) -> None:  # noqa: FBT001
    calls: list[None] = []
    nothing = told(None, "Nothing to be done (all requested files are present).")
    noticed = {"when_nothing_to_do": lambda: calls.append(None)}
    show(io.StringIO(), nothing, is_dry_run=is_dry_run, **noticed)
    assert len(calls) == n_calls


def test_after_ctrl_c_errors_of_the_jobs_it_ended_are_not_shown() -> None:
    file = io.StringIO()
    calls: list[None] = []
    error = told(None, "CalledProcessError in file …")
    error.levelno = logging.ERROR
    interrupt = told(None, "Terminating processes on user request, this might take some time.")
    noticed = {"when_interrupted": lambda: calls.append(None)}
    display = show(file, PLAN, CUTS[0], interrupt, error, **noticed)
    assert file.getvalue() == f"{interrupt.msg}\n"
    assert display.is_stopped
    assert len(calls) == 1


def test_who_asks_for_snakemakes_own_output_gets_nothing_else() -> None:
    display = RunDisplay(None)
    for record in (PLAN, *CUTS, ended(2), failed(1)):
        display.handle(record)
    display.close()
    assert display.n_done == 1
    assert list(display.failed) == [1]
