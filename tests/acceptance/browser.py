"""A real browser for tests: an installed Chromium, which can reach nothing but the system under test."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed_chromium() -> str:
    """Where a Chromium is; fails with what to install."""
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise AssertionError("No Chromium was found. Install one (on Debian: apt-get install chromium).")


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One person at the page, in a browser of their own. Every request and every complaint is noted."""

    def __init__(self, browser: Browser, url: str, *, language: str = "nb-NO", width: int = 1180) -> None:
        self.url = url
        self.context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.context.route("**/*", self._note)
        self.page.on("console", self._listen)
        # Listened for from the beginning: a browser takes a moment before it tells of choosers.
        self.page.on("filechooser", lambda _chooser: None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, who: str = "0301") -> "Visit":
        self.page.goto(f"{self.url}/upload")
        self.page.locator("a[href='/upload/sign-in']").click()
        self.page.locator("#who").fill(who)
        self.page.locator("main button").click()
        self.page.wait_for_url(f"{self.url}/upload")
        return self

    def drag_in(self, name: str, content: bytes) -> None:
        """Drop a file on the page, as from the desktop."""
        encoded = base64.b64encode(content).decode()
        transfer: Any = self.page.evaluate_handle(
            """([name, encoded]) => {
                const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], name));
                return transfer;
            }""",
            [name, encoded],
        )
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event("#file-form", event, {"dataTransfer": transfer})

    def wait_until_done(self) -> None:
        """Until the file has been tried or posted."""
        self.page.wait_for_url(f"{self.url}/upload/files/**")
        self.page.wait_for_selector(".box:not(#working)")

    def text(self, selector: str = "main") -> str:
        return self.page.locator(selector).first.inner_text()

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def close(self) -> None:
        self.context.close()

    def _note(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        self.hosts.add(address.netloc if address.scheme in ("http", "https") else address.scheme)
        if route.request.url.startswith(self.url):
            route.continue_()
        else:
            route.abort()

    def _listen(self, message: Any) -> None:
        # An answer that is no success is told by the browser; what the page makes of it is looked at.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)
