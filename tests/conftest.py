"""How tests are shared out among processes that run beside each other."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a run: the finished one, or that of a file of tests.

    First, since xdist reads the groups in a hook of the same name.
    """
    for item in items:
        shares_finished = "finished" in getattr(item, "fixturenames", ())
        group = "finished" if shares_finished else f"{item.path.parent.name}/{item.path.stem}"
        item.add_marker(pytest.mark.xdist_group(group))
