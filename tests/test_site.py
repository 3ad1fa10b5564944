"""The documentation as a site: built strictly, all of the program in it, nothing loaded from elsewhere."""

import doctest
import http.server
import importlib.util
import re
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser

import pytest

import cleaner
from cleaner.cli import _commands, cli
from tests.browser import Page, complaints, open_browser, requests, set_window
from tests.conftest import ROOT

for needed in ("mkdocs", "material", "mkdocstrings_handlers.python", "mkdocs_click"):
    pytest.importorskip(needed, reason="needs the extra docs")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Loaded(HTMLParser):
    """The addresses that a page loads by itself, and the anchors in it."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        loaded = {"src", "srcset", "data", "poster"} | ({"href"} if tag == "link" else set())
        self.addresses += [attributes[name] for name in loaded & attributes.keys()]


def test_nothing_is_loaded_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        loaded = Loaded(page.read_text(encoding="utf-8")).addresses
        assert loaded
        assert [address for address in loaded if re.match(r"([a-z]+:)?//", address)] == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", style.read_text(encoding="utf-8")), style


def test_every_public_name_is_on_the_python_page(site):
    page = (site / "api.html").read_text(encoding="utf-8")
    anchors = Loaded(page).anchors
    for name in cleaner.__all__:
        public = getattr(cleaner, name)
        assert anchors & {f"cleaner.{name}", f"{public.__module__}.{name}"}, name
    assert {f"cleaner.errors.{name}" for name in vars(cleaner.errors) if name.endswith("Error")} <= anchors
    assert {"cleaner.Cleaner.__call__", "cleaner.Options.budget", "cleaner.CleanResult.restore"} <= anchors


def test_docstrings_are_shown_as_text(site):
    page = (site / "api.html").read_text(encoding="utf-8")
    assert re.search(r'href="#cleaner\.(errors\.)?UsageError"', page)
    words = re.sub(r"<[^>]+>", "", re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL))
    assert not re.search(r":(class|func|meth|mod|data|attr):|``|&gt;&gt;&gt;", words)


def test_every_command_and_option_is_on_the_page_of_commands(site):
    words = re.sub(r"<[^>]+>", "", (site / "cli.html").read_text(encoding="utf-8"))
    for name in _commands(cli):
        assert f"cleaner {name} [OPTIONS]" in words or name == "rules"
        command = cli
        for part in name.split():
            command = command.commands[part]
        for option in command.params:
            if option.param_type_name == "option":
                assert option.opts[0] in words


def test_links_are_those_of_the_site():
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


@pytest.fixture
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_it_is_looked_at_and_searched(address):
    browser = open_browser()
    try:
        page = Page(browser)
        for width, theme in ((1280, "light"), (1280, "dark"), (390, "light")):
            set_window(browser, width, 900, theme)
            for name in ("index", "api", "cli", "recipes/cc-news", "rules"):
                browser.get(f"{address}{name}.html")
                assert page.wait("h1").text
                assert page.run("document.documentElement.scrollWidth") <= width
                background = page.run("getComputedStyle(document.body).backgroundColor")
                assert (background == "rgb(255, 255, 255)") == (theme == "light")
        set_window(browser, 1280, 900)
        browser.get(f"{address}index.html")
        page.wait("[data-md-component=search-query]").send_keys("CC-NEWS")
        assert page.wait(".md-search-result__link", "CC-NEWS")
        assert complaints(browser) == []
        assert all(asked.startswith((address, "data:", "blob:", "about:")) for asked in requests(browser))
    finally:
        browser.quit()
