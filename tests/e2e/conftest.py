"""A running stack and a browser, for the tests that use the product as a person does."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from local.template import ROOT
from tests.e2e.stack import Stack, running_stack

# What matters on a closed network, and a film that may start by itself.
FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update"
    " --disable-sync --autoplay-policy=no-user-gesture-required"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One stack for all tests that do not stop it."""
    with running_stack(URGENT_SPACING_MS="200") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium: the one that set-up finds."""
    found = subprocess.run([ROOT / "setup/find-browser.sh"], capture_output=True, text=True, check=True)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a context of its own; an error in its console fails the test."""
    errors: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert errors == []
