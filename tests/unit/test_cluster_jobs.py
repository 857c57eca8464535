import logging
from pathlib import Path

import pytest
from stemlens.errors import InputError
from stemlens.workflow.cluster_jobs import demand_no_jobs_left, note_run_id

OF_RUN = 'case "$*" in *--name=run-a*) echo 17; echo 21 ;; esac'
"""A squeue that knows two jobs of the run-a, and none of others."""


@pytest.fixture
def squeue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is found as squeue; there is no other."""
    program = tmp_path / "bin/squeue"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:/bin")
    return program


def answer_with(squeue: Path, script: str) -> None:
    squeue.write_text(f"#!/bin/sh\n{script}\n")
    squeue.chmod(0o755)


def test_jobs_of_the_last_run_are_named_with_the_command_that_ends_them(
    tmp_path: Path, squeue: Path
) -> None:
    answer_with(squeue, OF_RUN)
    note_run_id(tmp_path, "run-a")
    with pytest.raises(InputError, match=r"still write there \(2\).*scancel 17 21$") as refused:
        demand_no_jobs_left(tmp_path)
    assert "\n" not in str(refused.value)


def test_jobs_of_other_runs_are_no_obstacle(tmp_path: Path, squeue: Path) -> None:
    answer_with(squeue, OF_RUN)
    demand_no_jobs_left(tmp_path)
    note_run_id(tmp_path, "run-a")
    note_run_id(tmp_path, "run-b")
    demand_no_jobs_left(tmp_path)
    note_run_id(tmp_path, "run-a")
    note_run_id(tmp_path, None)
    demand_no_jobs_left(tmp_path)


def test_nothing_starts_while_slurm_does_not_answer(tmp_path: Path, squeue: Path) -> None:
    answer_with(squeue, "echo 'Unable to contact slurm controller' >&2; exit 1")
    note_run_id(tmp_path, "run-a")
    with pytest.raises(InputError, match=r"does not say.*Unable to contact slurm controller"):
        demand_no_jobs_left(tmp_path)


def test_where_slurm_is_not_installed_there_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    note_run_id(tmp_path, "run-a")
    with caplog.at_level(logging.WARNING, "stemlens"):
        demand_no_jobs_left(tmp_path)
    assert "no squeue here" in caplog.text
