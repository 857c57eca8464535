from pathlib import Path

import pytest
from snakemake_project import Project, copy_project

SMALL = Path(__file__).with_name("small.yaml")


@pytest.fixture(scope="session")
def small_config() -> Path:
    return SMALL


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The experiment on a small demo corpus, run to its end; tests leave it as it is."""
    project = copy_project(tmp_path_factory.mktemp("finished"))
    project.configfiles.append(SMALL)
    project.succeed()
    return project
