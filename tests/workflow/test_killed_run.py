"""A run that was killed goes on, and ends like one that was not."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import torch
from snakemake_project import Project, copy_project
from stemlens.model.checkpoint import load_checkpoint

MODEL = "instrument/paper/trained-seed0"
STATE = f"results/demo/models/{MODEL}/.resume/state.pt"
LOG = f"results/demo/logs/train_model/{MODEL}.log"
CHECKPOINT = f"results/demo/models/{MODEL}/checkpoint.pt"
TARGETS = [CHECKPOINT, f"results/demo/predictions/{MODEL}.csv"]
LONG = {"training": {"epochs": 8}}
"""Long enough to be killed in their midst."""


def weights(project: Project) -> dict[str, torch.Tensor]:
    network = load_checkpoint(project.folder / CHECKPOINT, torch.device("cpu")).network
    return network.state_dict()


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert process.poll() is None, "the run ended before training was under way"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished run with a longer training."""
    project = finished.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    project.succeed(*TARGETS, config=LONG)
    return project


@pytest.mark.parametrize("killed", ["everything", "only snakemake", "everything, by SIGTERM"])
def test_a_run_killed_in_training_ends_with_the_same_network_when_repeated(
    finished: Project, undisturbed: Project, tmp_path: Path, killed: str
) -> None:
    project = finished.copy(tmp_path / "killed")
    process = subprocess.Popen(
        project.command(*TARGETS, config=LONG),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(project.folder / STATE, process)
    while "INFO epoch 1 " not in (project.folder / LOG).read_text("utf-8"):
        time.sleep(0.005)
    if killed == "everything":
        os.killpg(process.pid, signal.SIGKILL)
    elif killed == "everything, by SIGTERM":
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.kill()
    process.wait()
    log = (project.folder / LOG).read_text("utf-8")

    project.succeed(*TARGETS, config=LONG)

    if killed != "only snakemake":
        whole_log = (project.folder / LOG).read_text("utf-8")
        assert "INFO epoch 1 " in log
        assert whole_log.startswith(log)
        assert "going on after epoch" in whole_log.removeprefix(log)
    csvs = project.csvs()
    assert csvs == undisturbed.csvs()
    assert csvs != finished.csvs()
    expected = weights(undisturbed)
    assert all(torch.equal(values, expected[name]) for name, values in weights(project).items())
    assert project.planned(LONG, targets=TARGETS) == {}


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
