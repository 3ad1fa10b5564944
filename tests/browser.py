"""Chromium without a window, for tests that look at pages; they are skipped where it is not installed."""

import re
import shutil
from base64 import b64decode

import pytest

BINARIES = ("chromium", "chromium-browser", "google-chrome")


def open_browser(width=1280, height=900, theme="light"):
    """A browser by Selenium. The caller calls ``quit()``; what the page complained of is in :func:`complaints`."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="Selenium is not installed")
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("no Chromium with its chromedriver here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    set_window(browser, width, height, theme)
    return browser


def set_window(browser, width, height, theme="light"):
    """Its size in pixels, and the theme that the system asks for."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def save_picture(browser, path):
    """The window as a file, in the format that its name says: PNG or WebP."""
    path.parent.mkdir(parents=True, exist_ok=True)
    quality = {"quality": 75} if path.suffix == ".webp" else {}
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": path.suffix[1:], **quality})
    path.write_bytes(b64decode(taken["data"]))


class Page:
    """A page in the browser, and what one does with it."""

    def __init__(self, browser):
        self.browser = browser

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def wait(self, selector, words=""):
        """The first element, with these words in it; waits for it to be there."""
        return self.until(lambda: next((found for found in self.all(selector) if words in found.text), None))

    def until(self, condition):
        """What the condition gives as soon as that is true; what it asks of may be replaced meanwhile."""
        from selenium.common.exceptions import StaleElementReferenceException  # noqa: PLC0415  (may not be there)
        from selenium.webdriver.support.wait import WebDriverWait  # noqa: PLC0415

        replaced = [StaleElementReferenceException]
        return WebDriverWait(self.browser, 15, 0.03, replaced).until(lambda _: condition())

    def run(self, script):
        """What a script gives, which is an expression."""
        return self.browser.execute_script(f"return {script}")

    def keys(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415

        ActionChains(self.browser).send_keys(*keys).perform()


def complaints(browser):
    """What the page wrote to the console since the last call: errors, and what its policy refused."""
    return [entry["message"] for entry in browser.get_log("browser")]


def requests(browser):
    """The addresses that were asked for since the last call."""
    return [
        address
        for entry in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in entry["message"]
        for address in re.findall(r'"documentURL":.*?"url":"([^"]*)"', entry["message"])
    ]
