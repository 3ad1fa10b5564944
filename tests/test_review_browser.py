"""The review as people use it: in a browser, by keys, with reloads, kills, and documents that mean harm."""

import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import cleaner
from tests.browser import Page, complaints, open_browser, set_window
from tests.conftest import ROOT
from tests.reviewing import Command
from tests.test_pages import check_truth, run

_selenium = partial(pytest.importorskip, reason="Selenium is not installed")
ActionChains = _selenium("selenium.webdriver.common.action_chains").ActionChains
Keys = _selenium("selenium.webdriver.common.keys").Keys
JavascriptException = _selenium("selenium.common.exceptions").JavascriptException

LOOKS = [("light", 1280, 860), ("dark", 1280, 860), ("light", 390, 844), ("dark", 390, 844)]

PLAY = "Advertisement"


@pytest.fixture(scope="module")
def browser():
    browser = open_browser()
    yield browser
    browser.quit()


class ReviewPage(Page):
    """The review in the browser."""

    expected = None
    """What the page may complain of, a pattern."""

    def open(self, address, first=".item"):
        self.browser.get(address)
        self.wait(first)
        self.settle()

    def reload(self):
        self.browser.refresh()
        self.wait(".item")
        self.settle()

    def text(self, selector):
        return self.all(selector)[0].text

    @property
    def number(self):
        return int(re.search(r"#(\d+)$", self.browser.current_url)[1])

    @property
    def judged(self):
        return int(self.text(".count strong"))

    def settle(self, condition="true"):
        """Wait until nothing is under way and the condition, in JavaScript, is true."""
        self.until(lambda: self.run(f"!state.busy && ({condition})"))

    def press(self, key):
        """Press a key that leads to another item."""
        before = self.number
        self.keys(key)
        self.settle(f"location.hash !== '#{before}'")

    def judge(self):
        """Give a verdict on the item that is shown: the play is no advertisement, the rest is right."""
        words = self.run("document.querySelector('.role-target').lastChild.textContent")
        is_play = words == PLAY and "plays.txt" in self.text(".facts")
        self.press("w" if is_play else "r")
        return is_play

    def shoot(self, name):
        """Keep a picture where somebody asks for it, to be looked at."""
        if os.environ.get("SCREENSHOTS"):
            self.browser.save_screenshot(str(Path(os.environ["SCREENSHOTS"]) / f"review-{name}.png"))


@pytest.fixture
def page(browser):
    set_window(browser, 1280, 860)
    complaints(browser)
    page = ReviewPage(browser)
    yield page
    said = complaints(browser)
    if page.expected is None:
        assert said == []
    else:
        assert said
        assert all(re.search(page.expected, complaint) for complaint in said), said


def test_ten_removals_by_keyboard_a_reload_a_kill_and_a_fixture(page, reviewed_run, tmp_path):
    store = tmp_path / "mine.jsonl"
    categories = ("advertisement", "share")
    asked = ["--store", store, "--sample", 300, *(word for name in categories for word in ("--category", name))]
    found_play = False
    with Command(reviewed_run, *asked) as command:
        page.open(command.address)
        assert "token" not in page.browser.current_url
        for _ in range(5):
            found_play |= page.judge()
        assert (page.number, page.judged) == (6, 5)
        page.reload()
        assert (page.number, page.judged) == (6, 5)
        page.press("b")
        page.reload()
        assert page.number == 5
        assert len(page.all('[aria-pressed="true"]')) == 1
        page.press("n")
        found_play |= page.judge()
        command.end(signal.SIGKILL)
    with Command(reviewed_run, "--store", store) as command:
        page.open(command.address)
        assert (page.number, page.judged) == (7, 6)
        while page.judged < 10 or not found_play:
            if page.judge():
                found_play = True
                page.keys("f")
                page.wait(".message", "fails today")
                page.keys("p")
                page.wait(".message", "1 protect rule written")
        judged = page.judged
        status, said = command.end(signal.SIGINT)
        assert (status, f"{judged} of" in said) == (0, True)
    (case,) = (tmp_path / "mine.fixtures").glob("*/*/case.toml")
    truth, _, result = run(case.parent)
    with pytest.raises(AssertionError, match=r"lost \['Advertisement'\].*advertisement.en.label"):
        check_truth(truth, result)
    truth, _, result = run(case.parent, cleaner.Options(rules=tmp_path / "mine.rules.toml"))
    check_truth(truth, result)
    check_with_pytest(tmp_path)
    check_exports(reviewed_run, store, tmp_path, judged)


def check_with_pytest(folder):
    """The same as `docs/review.md` tells: by pytest, without the rule and with it."""
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_pages.py::test_page"]
    asked += ["--pages", folder / "mine.fixtures", "--update-fixtures"]
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    fails = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "lost ['Advertisement']" in fails.stdout
    asked += ["--rules", folder / "mine.rules.toml"]
    passes = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert passes.returncode == 0, passes.stdout


def check_exports(output, store, folder, judged):
    asked = [sys.executable, "-m", "cleaner", "review", output, "--store", store, "--export-rules", folder / "r.toml"]
    asked += ["--export-fixtures", folder / "f", "--export-labels", folder / "l.jsonl"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "1 protect rule written" in done.stderr
    assert "1 fixture written, 1 of them failing today" in done.stderr
    assert len((folder / "l.jsonl").read_text().splitlines()) >= judged / 2
    assert (folder / "r.toml").read_bytes() == (folder / "mine.rules.toml").read_bytes()


@pytest.fixture
def review(page, reviewed_run, tmp_path):
    with Command(reviewed_run, "--store", tmp_path / "r.jsonl", "--sample", "500") as command:
        page.open(command.address)
        yield command


@pytest.mark.usefixtures("review")
def test_category_bounds_undo_skip_and_results(page):
    page.keys("c")
    page.wait("dialog input")
    page.keys("newsl", Keys.ENTER)
    page.wait(".last", "other category: newsletter")
    page.press("s")
    assert "1 skipped" in page.text(".count")
    page.keys("u")
    page.settle("location.hash === '#2'")
    page.keys("e")
    page.wait(".bounds")
    end = page.run("state.bounds.end")
    page.keys(Keys.ARROW_DOWN)
    page.settle(f"state.bounds.end > {end}")
    start = page.run("state.bounds.start")
    ActionChains(page.browser).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT).key_up(Keys.SHIFT).perform()
    page.settle(f"state.bounds.start <= {start}")
    page.press(Keys.ENTER)
    page.keys("v")
    page.wait(".figures")
    assert len(page.all("tbody tr")) >= 2
    page.keys("v")
    page.wait(".item")
    assert page.number == 3


@pytest.mark.usefixtures("review")
def test_what_is_selected_by_the_pointer_becomes_the_span(page):
    page.keys("e")
    page.wait(".bounds")
    page.settle("state.bounds")
    first = page.all(".text")[0]
    shown = first.text
    there = ActionChains(page.browser).move_to_element_with_offset(first, -first.size["width"] // 2 + 1, 0)
    there.click_and_hold().move_by_offset(first.size["width"] // 3, 40).release().perform()
    page.settle("state.bounds.start !== state.item.start || state.bounds.end !== state.item.end")
    start, end = page.run("[state.bounds.start, state.bounds.end]")
    text = page.run("state.item.parts.map(part => part.pieces.map(([text]) => text).join('')).join('')")
    begin = page.run("state.item.parts[0].start")
    assert 0 <= start - begin < end - begin <= len(text)
    words = text[start - begin : end - begin].split("\n")[0].split()
    assert words
    assert words[0] in shown


@pytest.mark.usefixtures("review")
@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_hostile_documents_show_as_text(page, theme, width, height):
    set_window(page.browser, width, height, theme)
    page.reload()
    page.shoot(f"{theme}-{width}")
    find = """(async () => {
        for (let number = 0; number < state.overview.of; number += 1) {
            const item = await ask("/item?number=" + number);
            if (item.document.id.includes("hostile")) return show(number, {whole: true});
        }
    })().then(arguments[arguments.length - 1])"""
    page.browser.execute_async_script(find)
    page.settle("state.item.document.id.includes('hostile')")
    page.shoot(f"{theme}-{width}-hostile")
    shown = page.text(".reading")
    for part in ("<script>document.title", "onerror=", "</mark></article>", "<svg onload", "␛[31m", "⟨U+202E⟩", "␀␇"):
        assert part in shown
    assert page.all(".item script, .item img, .item svg, .item b, .item [onerror]") == []
    assert page.all(".item a") == [], "an address that is a script is no link"
    assert "<b>hostile</b>" in page.run("document.querySelector('.source').textContent")
    assert "owned" not in page.browser.title
    assert page.run("document.documentElement.scrollWidth") <= width, "the page is wider than the window"
    assert page.run("document.documentElement.dataset.theme") == theme


@pytest.mark.usefixtures("review")
def test_the_policy_stops_what_would_get_through(page):
    page.expected = r"Content Security Policy|Trusted(HTML|Script)|HTMLScriptElement"
    page.run(
        "(() => { const s = document.createElement('script'); s.append('window.owned = 1'); document.body.append(s) })()"
    )
    assert page.run("window.owned") is None
    with pytest.raises(JavascriptException, match="TrustedHTML"):
        page.run("(document.body.innerHTML = '<p>')")
    ask = "fetch('http://127.0.0.1:9/').catch(error => error.message).then(arguments[0])"
    assert page.browser.execute_async_script(ask) == "Failed to fetch"


def test_a_server_that_is_gone_is_said_and_nothing_is_shown_as_saved(page, review):
    page.expected = "ERR_CONNECTION"
    review.end(signal.SIGKILL)
    page.keys("r")
    page.wait(".failure", "start")
    assert (page.number, page.judged) == (1, 0)


def test_a_page_without_the_key_says_where_it_is(page, review):
    page.expected = "403"
    page.browser.delete_all_cookies()
    page.browser.get(review.address.partition("?")[0])
    assert "holds the key" in page.text("body")


@pytest.mark.parametrize(("theme", "width", "height"), LOOKS)
def test_a_text_is_tried(page, theme, width, height):
    set_window(page.browser, width, height, theme)
    with Command("--try") as command:
        page.open(command.address, "textarea")
        page.wait("button", "An example").click()
        page.wait(".sides")
        assert len(page.all(".reasons li")) >= 5
        page.shoot(f"{theme}-{width}-try")
        text = page.all("textarea")[0]
        text.clear()
        text.send_keys("<h1>Open</h1><script>document.title = 'owned'</script><p>The <b>ferry</b>.")
        text.send_keys(Keys.CONTROL, Keys.ENTER)
        page.wait(".summary", "html")
        assert "owned" not in page.browser.title
        assert [tab.text for tab in page.all(".tab")] == ["Try a text"]


@pytest.mark.usefixtures("review")
def test_everything_has_a_name_for_those_who_do_not_see_it(page):
    unnamed = """[...document.querySelectorAll("button, input, select, textarea, progress, a, [tabindex]")].filter(
        (node) => !node.closest("[hidden]") &&
            !(node.textContent.trim() || node.getAttribute("aria-label") || (node.labels && node.labels.length))
    ).map((node) => node.outerHTML)"""
    assert page.run(unnamed) == []
    assert page.run("document.querySelectorAll('main, h1').length") == 2
    assert page.run("document.querySelectorAll('[aria-live=polite]').length") == 1
    page.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'к', code: 'KeyR', bubbles: true}))")
    page.settle("location.hash === '#2'")
    page.keys("?")
    assert "take the last verdict back" in page.wait("dialog").text
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog"))
