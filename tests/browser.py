"""A headless browser for the tests of pages: Chromium as the system has it, driven by Playwright."""

import contextlib
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SIZES = {"wide": (1280, 860), "phone": (390, 844)}


@contextlib.contextmanager
def open_browser():
    """The browser; the test is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="no browser tests without playwright")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser tests without one of {', '.join(NAMES)}")
    # Chromium's sandbox does not work for root, who runs tests in containers.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@contextlib.contextmanager
def open_page(browser, address, *, theme="light", size="wide", faults=None):
    """A page of a fresh profile at an address.

    Errors of its scripts, and whatever its policy stops, fail the test; unless ``faults``, a pattern, expects them.
    """
    width, height = SIZES[size]
    phone = {"is_mobile": True, "has_touch": True} if size == "phone" else {}
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, **phone)
    page = context.new_page()
    seen = []
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    try:
        page.goto(address)
        yield page
    finally:
        context.close()
    if faults is None:
        assert not seen
    else:
        assert seen
        assert all(re.search(faults, fault) for fault in seen), seen


class Command:
    """``cleaner review`` as a process, with the address that it prints."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cleaner", "review", *map(str, arguments), "--no-browser"],
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.said = ""
        while not (found := re.search(r"open (http://\S+)", self.said)):
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        self.address = found[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()

    def end(self, number):
        """Send it a signal, and give its exit status and the last it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said
