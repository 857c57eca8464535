"""A run that was killed goes on, and ends like one that was not."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from snakemake_project import Project, copy_project

STATE = "results/demo/models/instrument/paper/trained-seed0/.resume/state.pt"
LOG = "results/demo/logs/train_model/instrument/paper/trained-seed0.log"


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert process.poll() is None, "the run ended before training was under way"
        time.sleep(0.005)


@pytest.mark.parametrize("killed", ["everything", "only snakemake", "everything, by SIGTERM"])
def test_a_run_killed_in_training_ends_with_the_same_csvs_when_repeated(
    finished: Project, tmp_path: Path, small_config: Path, killed: str
) -> None:
    project = copy_project(tmp_path / "killed")
    project.configfiles.append(small_config)
    process = subprocess.Popen(
        project.command(),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(project.folder / STATE, process)
    if killed == "everything":
        os.killpg(process.pid, signal.SIGKILL)
    elif killed == "everything, by SIGTERM":
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.kill()
    process.wait()

    project.succeed()

    if killed != "only snakemake":
        assert "going on after epoch" in (project.folder / LOG).read_text("utf-8")
    assert project.csvs() == finished.csvs()
    assert project.planned() == {}


def test_a_second_run_beside_a_first_is_refused(tmp_path: Path, small_config: Path) -> None:
    project = copy_project(tmp_path / "locked")
    project.configfiles.append(small_config)
    lock = project.folder / "results/demo/.lock"
    first = subprocess.Popen(
        project.command(),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lock, first)
        second = project.run()
        assert second.returncode != 0
        assert "results/demo: another run is writing there" in second.stdout
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
