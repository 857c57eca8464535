"""Chromium through Playwright, and the explorer's page in it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
SETTLED = """async () => {
    await import("explorer/main.js");
    for (const figure of document.querySelectorAll("figure")) await figure.drawn;
    for (const part of document.querySelectorAll("[data-part]")) await part.painted;
}"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser; skip the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = next(filter(None, map(shutil.which, NAMES)), own if Path(own).exists() else None)
        if path is None:
            pytest.skip(f"no browser: neither {', '.join(NAMES)} nor Playwright's own Chromium")
        # Without a sandbox, which root may not have; without a click before sound.
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Opened:
    """A tab with an explorer in it, and what it complained of or asked for."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.context = browser.new_context(reduced_motion="reduce", **context)
        self.page = self.context.new_page()
        self.file = file
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._note_dialog)
        self.page.on("request", self._note_request)

    def _note_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note_dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith(("data:", "blob:", self.file.as_uri())):
            self.requests.append(request.url)

    def show(self, **choices: Any) -> Any:
        """Open a view as a link to it does; return the page when all is drawn."""
        address = f"{self.file.as_uri()}#{urlencode(choices)}"
        if self.page.url.startswith(self.file.as_uri()):
            # In two steps: a link to what is shown already would change nothing.
            self.page.evaluate("hash => { location.hash = hash; }", f"#{urlencode(choices)}")
            self.page.wait_for_timeout(0)
        else:
            self.page.goto(address)
        return self.settled()

    def settled(self) -> Any:
        """The page, when all charts are drawn and all maps painted."""
        self.page.evaluate(SETTLED)
        return self.page

    def views(self) -> list[str]:
        """Names of all views, in the order of the navigation."""
        anchors = self.page.locator("#views a")
        names = anchors.evaluate_all("all => all.map((anchor) => anchor.dataset.view)")
        assert names
        return names

    def plotted(self) -> list[Mapping[str, Any]]:
        """Rows of the first chart as Vega has them."""
        return self.settled().evaluate(
            "() => document.querySelector('figure').view.data('rows').map((row) => ({ ...row }))"
        )
