"""A shopper at a real browser: clicks what people click, and reads what they read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)"
)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser and end it again."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page(browser: Browser, url: str, *, scripts: bool, small: bool) -> Iterator[Page]:
    """Open a window in which nothing may go wrong unseen: errors in scripts fail the test."""
    context = browser.new_context(
        base_url=url,
        java_script_enabled=scripts,
        viewport=PHONE if small else DESKTOP,
        locale="en",
    )
    shown = context.new_page()
    troubles: list[str] = []
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.on("console", lambda said: troubles.append(said.text) if policy(said.text) else None)
    shown.set_default_timeout(10_000)
    yield shown
    context.close()
    assert troubles == []


def policy(text: str) -> bool:
    """Whether the browser complains about our own content policy."""
    return "Content Security Policy" in text
