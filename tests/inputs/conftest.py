import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "on_demand: minutes of fuzzing; pytest -m on_demand")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the long campaigns unless they are asked for."""
    if "on_demand" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("on_demand"):
            item.add_marker(pytest.mark.skip(reason="on demand: pytest -m on_demand"))
