import pytest
from model_run import run_models


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A whole run of small models."""
    return run_models(tmp_path_factory.mktemp("results"))
