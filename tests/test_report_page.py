"""The report in a browser: it opens from the disk, filters, shows a document, and nothing in a document acts."""

from functools import partial
from pathlib import Path

import pytest

from cleaner.report import write_report
from tests.browser import Page, complaints, open_browser, requests, save_picture, set_window
from tests.reports import EVIL, make_runs

_selenium = partial(pytest.importorskip, reason="Selenium is not installed")
ActionChains = _selenium("selenium.webdriver.common.action_chains").ActionChains
Keys = _selenium("selenium.webdriver.common.keys").Keys
Select = _selenium("selenium.webdriver.support.select").Select

# What the page shows for the signs of EVIL that nobody sees, or that change the order of others.
SHOWN = EVIL.translate(
    {
        0x2028: "⟨U+2028⟩",
        0x2029: "⟨U+2029⟩",
        0x1B: "␛",
        0x07: "␇",
        0: "␀",
        0x7F: "␡",
        0x202E: "⟨U+202E⟩",
        0x202C: "⟨U+202C⟩",
    }
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    make_runs(folder)
    write_report(folder / "thorough", folder / "report.html", compare=folder / "careful")
    return folder


@pytest.fixture(scope="module")
def browser():
    browser = open_browser()
    yield browser
    browser.quit()


class Report(Page):
    """The report in the browser."""

    def __init__(self, browser, pages):
        super().__init__(browser)
        self._address = (pages / "report.html").as_uri()

    def open(self, view=""):
        self.browser.get("about:blank")
        self.browser.get(self._address + view)
        self.wait("main h1")
        return self

    def texts(self, selector):
        return [element.text for element in self.all(selector)]

    def choose(self, name, value):
        Select(self.wait(f"select[name={name}]")).select_by_value(value)

    def focus(self):
        return self.browser.switch_to.active_element


@pytest.fixture
def page(browser, pages):
    set_window(browser, 1280, 900)
    complaints(browser)
    requests(browser)
    page = Report(browser, pages)
    yield page
    assert complaints(browser) == []
    assert all(address.startswith(("file:", "about:", "blob:")) for address in requests(browser))
    assert page.run("window.pwned") is None


VIEWS = ["", "#rules", "#sites", "#samples", "#documents", "#failures", "#changes", "#document?n=0"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(page, view):
    page.open(view)
    assert page.wait("nav a[aria-current=page]").text
    assert len(page.wait("main").text) > 100


def test_the_overview_tells_what_went_in_and_out(page):
    page.open()
    tiles = dict(text.split("\n")[::-1] for text in page.texts(".tile"))
    assert (tiles["documents"], tiles["failed"]) == ("27", "2")
    assert int(tiles["characters in"].replace(",", "")) > int(tiles["characters out"].replace(",", ""))


def test_the_charts_are_drawn(page):
    page.open()
    assert page.texts("figure h3") == [
        "Removed share by category", "Removed share by position", "Removed share by length",
        "Removed share by language", "Removed share by site", "Documents by removed share",
    ]  # fmt: skip
    drawn = "[...document.querySelectorAll('canvas')].map(c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size)"
    assert all(colours > 10 for colours in page.run(drawn))
    for summary in page.all("figure details summary"):
        summary.click()
    numbers = page.texts("figure table td.number")
    assert len(numbers) > 50
    assert "" not in numbers


def test_samples_are_filtered_and_the_address_keeps_the_filter(page):
    page.open("#samples")
    everything = page.wait(".found").text
    page.choose("category", "photo-credit")
    page.until(lambda: page.wait(".found").text != everything)
    assert set(page.texts(".sample header .chip")) == {"photo-credit"}
    page.browser.refresh()
    page.until(lambda: page.all(".sample"))
    assert set(page.texts(".sample header .chip")) == {"photo-credit"}
    assert "City of Northport" in page.wait(".sample mark").text


def test_search_narrows_down_while_one_types(page):
    page.open("#samples")
    page.keys("/")
    assert page.focus().get_attribute("name") == "q"
    page.focus().send_keys("City of NORTHPORT")
    page.until(lambda: "q=City" in page.run("location.hash"))
    assert page.all(".sample")
    assert all("City of Northport" in text for text in page.texts(".sample"))
    page.focus().send_keys(" nowhere to be found")
    page.until(lambda: page.wait(".found").text.startswith("Nothing fits"))
    assert page.focus().get_attribute("name") == "q"


def test_tables_sort_by_their_heads(page):
    page.open("#rules")
    page.wait("[data-sort=removals]").click()
    page.until(lambda: page.all("th[aria-sort] [data-sort=removals]"))
    counts = [int(text.replace(",", "")) for text in page.texts("tbody td[data-title=Removals]")]
    assert counts == sorted(counts, reverse=True)
    page.wait("[data-sort=removals]").click()
    page.until(lambda: page.all("th[aria-sort=ascending]"))
    assert [int(text) for text in page.texts("tbody td[data-title=Removals]")] == sorted(counts)


def test_a_rule_leads_to_its_samples_and_a_sample_to_its_document(page):
    page.open("#rules?q=photo-credit")
    rule = page.wait("tbody .rule")
    name = rule.text
    rule.click()
    page.until(lambda: page.all(".sample"))
    assert {text.split("\n")[1] for text in page.texts(".sample header")} == {name}
    page.wait(".sample footer a").click()
    page.wait(".pairs")
    page.until(lambda: "span" in page.focus().get_attribute("class"))
    assert "City of Northport" in page.focus().text


def test_a_document_stands_side_by_side(page):
    page.open("#documents?q=story+4")
    page.wait("tbody th a").click()
    page.wait(".pairs")
    original = "\n".join(page.texts(".pairs td.original"))
    cleaned = "\n".join(page.texts(".pairs td.cleaned"))
    for gone in ("Advertisement", "Read more: Five things to know", "Comments are closed."):
        assert gone in original
        assert gone not in cleaned
    assert "voted on Monday night to rebuild the old harbour bridge" in cleaned
    # Nobody needs to tell colours apart: the category stands in front of the span.
    assert "advertisement" in page.texts(".pairs .chip")


def test_keys_go_from_span_to_span_and_the_reason_shows(page):
    page.open("#documents?q=story+4")
    page.wait("tbody th a").click()
    page.wait(".pairs")
    spans = len(page.all(".pairs .span[tabindex]"))
    seen = []
    for _ in range(spans):
        page.keys("n")
        seen.append(page.focus().get_attribute("data-span"))
        note = page.wait("#note-of-span")
        assert note.is_displayed()
        assert "claim" in note.text or ":" in note.text
    assert len(set(seen)) == spans > 5
    page.keys("p")
    assert page.focus().get_attribute("data-span") == seen[-2]
    page.keys(Keys.ESCAPE)
    assert not page.wait("#note-of-span").is_displayed()


def test_the_reason_shows_under_the_pointer(page):
    page.open("#document?n=0")
    page.wait(".pairs .span[tabindex]")
    span = next(each for each in page.all(".pairs .span") if each.is_displayed())
    ActionChains(page.browser).move_to_element(span).perform()
    page.until(lambda: page.wait("#note-of-span").is_displayed())
    assert page.wait("#note-of-span code").text.count(".") >= 2


def test_everything_can_be_reached_by_keyboard(page):
    page.open("#rules")
    page.keys(Keys.TAB)
    assert page.focus().text == "Skip to the content"
    reached = []
    for _ in range(16):
        page.keys(Keys.TAB)
        reached.append(
            page.focus().get_attribute("href") or page.focus().get_attribute("name") or page.focus().tag_name
        )
    assert any(name.endswith("#samples") for name in reached)
    assert {"q", "category", "button"} <= set(reached)


def test_two_runs_side_by_side(page):
    page.open("#changes")
    gained = page.wait("tbody a[href*='state=gained']")
    gained.click()
    page.until(lambda: page.all(".sample"))
    assert set(page.texts(".sample .state")) == {"removed now, not before"}
    page.wait(".sample footer a").click()
    page.wait(".pairs")
    page.keys("c")
    assert "gained" in page.focus().text
    now = "\n".join(page.texts(".pairs td.cleaned"))
    next(button for button in page.all(".choice button") if button.text == "The other run").click()
    page.until(lambda: page.all(".pairs") and "\n".join(page.texts(".pairs td.cleaned")) != now)
    assert page.texts(".pairs th") == ["Original", "Cleaned by the other run"]


WITHOUT_CHIPS = """cell => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll('.chip').forEach(chip => chip.remove());
    return copy.textContent;
}"""


def test_hostile_documents_show_as_text(page):
    page.open("#documents?site=unknown")
    assert SHOWN in page.wait("tbody th small").get_attribute("textContent")
    page.wait("tbody th a").click()
    page.wait(".pairs")
    shown = page.run(f"[...document.querySelectorAll('.pairs td.original')].map({WITHOUT_CHIPS}).join('')")
    assert shown.count(SHOWN) == 3
    for view in VIEWS:
        page.open(view)
        # Scripts and styles are those of the page, and nothing of a document became an element.
        assert page.all("main script, main style, main img, main iframe, main object, main link") == []
        assert page.run("[...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))")
    page.open("#failures?q=half")
    page.open("#failures")
    assert SHOWN in page.texts("tbody th")


def test_the_policy_forbids_what_the_page_does_not_do_itself(browser, page):
    page.open()
    tries = {
        "markup": "document.body.innerHTML = '<b>x</b>'",
        "a script": "const s = document.createElement('script'); s.append('window.pwned = 9'); document.body.append(s)",
        "a picture": "document.body.append(Object.assign(new Image(), {src: 'file:///x.png'}))",
        "a style": "const t = document.createElement('style'); t.append('* {color: red}'); document.body.append(t)",
        "a request": "fetch('file:///etc/hostname').catch(() => 0)",
        "eval": "window.eval('window.pwned = 9')",
    }
    for what, code in tries.items():
        assert complaints(browser) == []
        # What the driver runs itself may do more than a script of the page, so it only sets a clock.
        browser.execute_script(
            f"setTimeout(() => {{ try {{ {code} }} catch (error) {{ console.error(String(error)) }} }})"
        )
        assert page.until(lambda: complaints(browser)), what
        complaints(browser)
    assert page.run("window.pwned") is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes(browser, page, theme):
    set_window(browser, 1280, 900, theme)
    page.open()
    assert page.run("document.documentElement.dataset.theme") == theme
    paper = page.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, paper[4:-1].split(","))) > 384) == (theme == "light")
    page.wait("#theme").click()
    assert page.run("document.documentElement.dataset.theme") != theme
    assert page.run("getComputedStyle(document.body).backgroundColor") != paper
    page.open()
    assert page.run("document.documentElement.dataset.theme") != theme, "the choice is kept"
    page.run("localStorage.clear()")


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_needs_no_scrolling_to_the_side(browser, page, view):
    set_window(browser, 390, 844)
    page.open(view)
    assert page.run("document.documentElement.scrollWidth") <= 390
    if view.startswith("#document?"):
        page.wait(".pairs")
        assert not page.wait(".pairs td.cleaned").is_displayed()
        assert page.wait(".pairs td.original").is_displayed()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pictures(browser, page, request, theme, width):
    """Every view is painted in its theme, and saved where ``--screenshots`` says."""
    folder = request.config.getoption("--screenshots")
    for view in VIEWS:
        set_window(browser, width, 900, theme)
        page.open(view)
        page.until(lambda: not page.all(".results > p:only-child"))
        assert page.run("getComputedStyle(document.documentElement).colorScheme") == theme
        if folder:
            name = (view.strip("#") or "overview").partition("?")[0]
            save_picture(browser, Path(folder) / f"report-{name}-{theme}-{width}.png")


def test_it_prints(browser, page):
    page.open("#document?n=0")
    page.wait(".pairs")
    assert len(browser.execute_cdp_cmd("Page.printToPDF", {})["data"]) > 10_000
    assert page.run("document.documentElement.dataset.theme") == "light"
