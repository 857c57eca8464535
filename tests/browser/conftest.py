from collections.abc import Iterator
from typing import Any

import pytest
from chromium import Opened, chromium
from explorer_page import Explorer, write_small_explorer


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    return write_small_explorer(tmp_path_factory.mktemp("explorer"))


@pytest.fixture(scope="session")
def shared(browser: Any, explorer: Explorer) -> Iterator[Opened]:
    """One tab for all tests that only look."""
    opened = Opened(browser, explorer.page, viewport={"width": 1440, "height": 900})
    opened.show(view="start")
    yield opened
    opened.context.close()


@pytest.fixture
def opened(shared: Opened) -> Iterator[Opened]:
    """The explorer; whatever a test does in it, nothing fails there and nothing is loaded."""
    shared.complaints.clear()
    yield shared
    assert shared.complaints == []
    assert shared.requests == []
