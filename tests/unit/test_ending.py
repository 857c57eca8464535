import os
from dataclasses import replace
from pathlib import Path

import pytest
from stemlens.errors import InputError
from stemlens.job_log import job_log
from stemlens.workflow.ending import error_message, failure_lines, results_lines
from stemlens.workflow.progress import RunningJob

SCORES = """\
task,network,training,class,metric,value,ci_low,ci_high,seed_std,n_seeds,n_songs,note
instrument,class_prior,,macro,f1,0.5,,,,,16,
instrument,paper,trained,macro,f1,0.8712,0.8449,0.9051,,1,16,
instrument,paper,trained,micro,f1,0.1,0.1,0.1,,1,16,
instrument,paper,untrained,macro,f1,0.2,0.1,0.3,,1,16,
mood,moods,trained,samples,accuracy,0.625,,,,1,4,no interval from fewer than 5 songs
"""
VERDICTS = """\
id,task,network,training,mse_measure,verdict
H1,instrument,paper,trained,,supported
H9,instrument,paper,trained,mse_mean,contradicted
H9,instrument,paper,trained,mse_peak,undecided
M1,mood,moods,trained,,supported
H1,instrument,paper,untrained,,contradicted
H1,instrument,dense64,trained,,contradicted
E1,other,vgg,trained,,contradicted
A1a,instrument,,trained,,undecided
"""
NETWORKS = {"instrument": "paper", "mood": "moods"}


def test_a_good_run_ends_with_its_headline_numbers_and_where_things_are(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "performance_over_seeds.csv").write_text(SCORES, "utf-8")
    (tables / "hypotheses.csv").write_text(VERDICTS, "utf-8")
    assert results_lines(str(tmp_path), networks=NETWORKS, mse_measure="mse_mean") == [
        "macro F1, instruments: 0.87 [0.84, 0.91] on 16 test songs",
        "accuracy, moods: 0.62 on 4 test songs",
        "hypotheses, paper, moods trained: 2 supported, 1 contradicted, 1 undecided",
        f"explorer: {tmp_path}/explorer.html (open it in a browser)",
        f"verdicts: {tmp_path}/hypotheses.md",
        f"figures:  {tmp_path}/figures",
        f"tables:   {tmp_path}/tables",
        "report:   the same command with --report report.zip",
    ]


def a_job(folder: Path, name: str = "cut", start_s: float = 0) -> RunningJob:
    return RunningJob(name, ("song",), (str(folder / f"{name}.log"),), start_s)


def log_error(job: RunningJob, error: Exception) -> None:
    with pytest.raises((SystemExit, type(error))), job_log(job.logs[0]):
        raise error


def test_a_wrong_input_is_told_in_its_own_line_with_the_log(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    log_error(job, InputError("song.wav: holds no sample; copy the song again"))
    assert failure_lines([job]) == [
        "cut song failed: song.wav: holds no sample; copy the song again",
        f"    log: {tmp_path}/cut.log",
    ]


def test_of_any_other_error_the_last_line_of_its_traceback_is_told(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    log_error(job, ZeroDivisionError("division by zero"))
    assert error_message(job) == "ZeroDivisionError: division by zero"


def test_a_job_that_was_killed_left_no_message(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    Path(job.logs[0]).write_text("2026-01-01 10:00:00,000 INFO epoch 3\n", "utf-8")
    assert "may have been killed, or out of memory or disk" in failure_lines([job])[0]


def test_of_a_job_that_the_cluster_ended_its_word_is_told_unless_the_job_has_one(
    tmp_path: Path,
) -> None:
    job = replace(a_job(tmp_path), reported="SLURM status is: 'TIMEOUT'")
    assert failure_lines([job])[0] == "cut song failed: SLURM status is: 'TIMEOUT'"
    log_error(job, InputError("song.wav: holds no sample"))
    assert failure_lines([job])[0] == "cut song failed: song.wav: holds no sample"


def test_the_log_of_an_earlier_attempt_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    job = a_job(tmp_path, start_s=2e9)
    log_error(job, InputError("mended since"))
    os.utime(job.logs[0], (1e9, 1e9))
    assert error_message(job) is None


def test_of_jobs_submitted_together_only_those_with_an_error_are_named(tmp_path: Path) -> None:
    good, bad, unstarted = (a_job(tmp_path, name) for name in ("good", "bad", "unstarted"))
    Path(good.logs[0]).write_text("2026-01-01 10:00:00,000 INFO done\n", "utf-8")
    log_error(bad, InputError("song.wav: holds no sample"))
    lines = failure_lines([good, bad, unstarted])
    assert [line for line in lines if " failed: " in line] == [
        "bad song failed: song.wav: holds no sample"
    ]


def test_of_many_failures_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    lines = failure_lines([a_job(tmp_path, f"job{number}") for number in range(25)])
    assert len([line for line in lines if " failed: " in line]) == 10
    assert lines[-1] == "and 15 other jobs"
