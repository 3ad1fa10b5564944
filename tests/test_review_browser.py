"""The review as people use it: in a browser, by keys, with reloads, kills, and documents that mean harm."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner
from tests.browser import Command, open_browser, open_page
from tests.conftest import ROOT
from tests.test_pages import check_truth, run

PLAY = "Advertisement"


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found


def shoot(page, name, whole=False):
    """Keep a picture where somebody asks for it, to be looked at."""
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"review-{name}.png", full_page=whole)


def number_of(page):
    return int(re.search(r"#(\d+)$", page.url)[1])


def press(page, key):
    """Press a key, and wait until what it does is done."""
    before = number_of(page)
    page.keyboard.press(key)
    page.wait_for_function("number => location.hash !== '#' + number && !state.busy", arg=before)


def judge(page):
    """Give a verdict on the item that is shown: the play is no advertisement, the rest is right."""
    target = page.locator(".role-target").first
    words = target.evaluate("node => node.lastChild.textContent")
    is_play = words == PLAY and "plays.txt" in page.locator(".facts").inner_text()
    press(page, "w" if is_play else "r")
    return is_play


def count_of(page):
    return int(page.locator(".count strong").inner_text())


def test_ten_removals_by_keyboard_a_reload_a_kill_and_a_fixture(browser, reviewed_run, tmp_path):
    store = tmp_path / "mine.jsonl"
    first = [
        "--store",
        store,
        "--sample",
        "300",
        *(x for c in ("advertisement", "share", "copyright", "related", "caption") for x in ("--category", c)),
    ]
    found_play = False
    with Command(reviewed_run, *first) as command, open_page(browser, command.address) as page:
        page.wait_for_selector(".item")
        assert "token" not in page.url
        for _ in range(5):
            found_play |= judge(page)
        assert count_of(page) == 5
        at = number_of(page)
        page.reload()
        page.wait_for_selector(".item")
        assert (number_of(page), count_of(page)) == (at, 5)
        press(page, "b")
        page.reload()
        page.wait_for_selector(".item")
        assert number_of(page) == at - 1
        assert page.locator('[aria-pressed="true"]').count() == 1
        press(page, "n")
        found_play |= judge(page)
        command.end(signal.SIGKILL)
    with Command(reviewed_run, "--store", store) as command, open_page(browser, command.address) as page:
        page.wait_for_selector(".item")
        assert (number_of(page), count_of(page)) == (7, 6)
        while count_of(page) < 10 or not found_play:
            if judge(page):
                found_play = True
                page.keyboard.press("f")
                page.wait_for_selector(".message:has-text('fails today')")
                page.keyboard.press("p")
                page.wait_for_selector(".message:has-text('1 protect rule written')")
        judged = count_of(page)
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
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_pages.py", "-k", "test_page"]
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


def test_category_bounds_undo_skip_and_results(browser, reviewed_run, tmp_path):
    with Command(reviewed_run, "--store", tmp_path / "r.jsonl") as command, open_page(browser, command.address) as page:
        page.wait_for_selector(".item")
        page.keyboard.press("c")
        page.keyboard.type("newsl")
        page.keyboard.press("Enter")
        page.wait_for_selector(".last:has-text('other category: newsletter')")
        press(page, "s")
        assert "1 skipped" in page.locator(".count").inner_text()
        page.keyboard.press("u")
        page.wait_for_function("() => location.hash === '#2' && !state.busy")
        before = page.evaluate("state.item.end")
        page.keyboard.press("e")
        page.wait_for_selector(".bounds")
        page.keyboard.press("ArrowDown")
        page.wait_for_function("end => state.bounds && state.bounds.end > end && !state.busy", arg=before)
        press(page, "Enter")
        page.keyboard.press("v")
        page.wait_for_selector(".figures")
        assert page.locator("tbody tr").count() >= 2
        page.keyboard.press("v")
        page.wait_for_selector(".item")
        assert number_of(page) == 3


def test_what_is_selected_becomes_the_span(browser, reviewed_run, tmp_path):
    with Command(reviewed_run, "--store", tmp_path / "r.jsonl") as command, open_page(browser, command.address) as page:
        page.wait_for_selector(".item")
        page.keyboard.press("d")
        page.wait_for_function("() => state.whole && !state.busy")
        page.keyboard.press("e")
        page.wait_for_selector(".bounds")
        text = page.evaluate("state.item.parts[0].pieces.map(([text]) => text).join('')")
        start = page.evaluate(
            """() => {
                const holder = document.querySelector(".text");
                const range = document.createRange();
                range.setStart(holder.firstChild.lastChild || holder.firstChild, 1);
                range.setEnd(holder.lastChild.lastChild || holder.lastChild, 1);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                takeSelection();
                return state.item.parts[0].pieces.slice(0, -1).reduce((sum, [text]) => sum + Array.from(text).length, 0);
            }"""
        )
        page.wait_for_function("() => !state.busy")
        assert page.evaluate("[state.bounds.start, state.bounds.end]") == [1, start + 1]
        assert len(text) > start


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_hostile_documents_show_as_text(browser, reviewed_run, tmp_path, theme, size):
    with (
        Command(reviewed_run, "--store", tmp_path / "r.jsonl", "--sample", "500") as command,
        open_page(browser, command.address, theme=theme, size=size) as page,
    ):
        page.wait_for_selector(".item")
        shoot(page, f"{theme}-{size}")
        hostile = page.evaluate(
            """async () => {
                for (let number = 0; number < state.overview.of; number += 1) {
                    const item = await ask("/item?number=" + number);
                    if (item.document.id.includes("hostile")) return number;
                }
            }"""
        )
        page.evaluate("number => show(number, {whole: true})", hostile)
        page.wait_for_function("() => state.item && state.item.document.id.includes('hostile') && !state.busy")
        shoot(page, f"{theme}-{size}-hostile")
        shown = page.locator(".reading").inner_text()
        for part in (
            "<script>document.title",
            "onerror=",
            "</mark></article>",
            "<svg onload",
            "␛[31m",
            "⟨U+202E⟩",
            "␀␇",
        ):
            assert part in shown
        assert page.locator(".item script, .item img, .item svg, .item b, .item [onerror]").count() == 0
        assert page.locator(".item a").count() == 0, "an address that is a script is no link"
        assert "<b>hostile</b>" in page.locator(".source").inner_text()
        assert "owned" not in page.title()
        scrolls = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        assert not scrolls, "the page is wider than the window"


def test_the_policy_stops_what_would_get_through(browser, reviewed_run, tmp_path):
    with (
        Command(reviewed_run, "--store", tmp_path / "r.jsonl") as command,
        open_page(
            browser, command.address, faults="Content Security Policy|Trusted(HTML|Script)|HTMLScriptElement"
        ) as page,
    ):
        page.wait_for_selector(".item")
        page.evaluate(
            "() => { const s = document.createElement('script'); s.append('window.owned = 1'); document.body.append(s) }"
        )
        with pytest.raises(Exception, match="TrustedHTML"):
            page.evaluate("document.body.innerHTML = '<p>'")
        with pytest.raises(Exception, match="Failed to fetch"):
            page.evaluate("fetch('http://127.0.0.1:9/')")
        assert page.evaluate("window.owned") is None


def test_a_server_that_is_gone_is_said_and_nothing_is_shown_as_saved(browser, reviewed_run, tmp_path):
    with (
        Command(reviewed_run, "--store", tmp_path / "r.jsonl") as command,
        open_page(browser, command.address, faults="ERR_CONNECTION") as page,
    ):
        page.wait_for_selector(".item")
        command.end(signal.SIGKILL)
        page.keyboard.press("r")
        page.wait_for_selector(".failure:has-text('start')")
        assert number_of(page) == 1
        assert count_of(page) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_text_is_tried(browser, theme, size):
    with Command("--try") as command, open_page(browser, command.address, theme=theme, size=size) as page:
        page.get_by_role("button", name="An example").click()
        page.wait_for_selector(".sides")
        assert page.locator(".reasons li").count() >= 5
        page.get_by_label("Text or HTML").fill(
            "<h1>Open</h1><script>document.title = 'owned'</script><p>The <b>ferry</b>."
        )
        page.keyboard.press("Control+Enter")
        page.wait_for_function("() => !state.busy && document.querySelector('.summary').textContent.includes('html')")
        shoot(page, f"try-{theme}-{size}", whole=True)
        assert "owned" not in page.title()
        assert page.get_by_role("button", name="Review", exact=True).count() == 0


def test_everything_has_a_name_for_those_who_do_not_see_it(browser, reviewed_run, tmp_path):
    with Command(reviewed_run, "--store", tmp_path / "r.jsonl") as command, open_page(browser, command.address) as page:
        page.wait_for_selector(".item")
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, textarea, progress, a, [tabindex]")].filter(
                (node) => !node.closest("[hidden]") &&
                    !(node.textContent.trim() || node.getAttribute("aria-label") || node.labels?.length)
            ).map((node) => node.outerHTML)"""
        )
        assert unnamed == []
        assert page.evaluate("document.querySelectorAll('main, h1').length") == 2
        assert page.locator("[aria-live=polite]").count() == 1
