import sys

import pytest
from model_run import run_models


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A whole run of small models."""
    return run_models(tmp_path_factory.mktemp("results"))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
