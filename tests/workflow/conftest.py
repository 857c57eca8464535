import os
from pathlib import Path

import pytest
from filelock import FileLock
from snakemake_project import Project, copy_project

SMALL = Path(__file__).with_name("small.yaml")


@pytest.fixture(scope="session")
def small_config() -> Path:
    return SMALL


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The experiment on a small demo corpus, run to its end; tests leave it as it is.

    Where tests run in several processes, the first that needs it makes it, and each has a copy.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    made = Project(base / "finished", [SMALL])
    with FileLock(base / "finished.lock"):
        if not (base / "finished.done").exists():
            copy_project(made.folder)
            # The other processes wait for it.
            made.succeed("--cores", "all")
            (base / "finished.done").touch()
    return made.copy(tmp_path_factory.mktemp("finished") / "project")
