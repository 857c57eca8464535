import os
from pathlib import Path

import pytest
from filelock import FileLock
from snakemake_project import Project, copy_project

SMALL = Path(__file__).with_name("small.yaml")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the finished run made first, and what waits for it follow other runs."""
    waiting = {item.path for item in items if "finished" in getattr(item, "fixturenames", ())}

    def turn(item: pytest.Item) -> int:
        if item.path.name == "test_finished_run.py":
            return 0
        if item.path.parent != SMALL.parent:
            return 3
        return 2 if item.path in waiting else 1

    items.sort(key=turn)


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
            made.succeed()
            (base / "finished.done").touch()
    return made.copy(tmp_path_factory.mktemp("finished") / "project")
