"""The pictures of README and ``docs/``, of our own fixtures, made anew at every test.

``python -m pytest tests/test_pictures.py --screenshots docs/images`` writes those that the pages show.
"""

import io
import json
import re
import tomllib
import xml.etree.ElementTree
from pathlib import Path

import pytest
from rich.console import Console

import cleaner
from cleaner.batch import run_batch
from cleaner.report import write_report
from cleaner.terminal import print_explanation
from tests.browser import Page, open_browser, save_picture, set_window
from tests.conftest import FIXTURES, ROOT
from tests.reviewing import Command

SIZE = (1120, 760)

# Bytes that the pictures of the repository may have together.
ALL_PICTURES = 300_000

MADE = {"explain.svg", "report.webp", "document.webp", "review.webp"}


@pytest.fixture
def images(request, tmp_path):
    return Path(request.config.getoption("--screenshots") or tmp_path)


@pytest.fixture(scope="module")
def browser():
    browser = open_browser(*SIZE)
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run over the English page fixtures, so that there is something to look at."""
    folder = tmp_path_factory.mktemp("pictures")
    with (folder / "news.jsonl").open("w", encoding="utf-8") as rows:
        for case in sorted((FIXTURES / "pages" / "en").glob("*/case.toml")):
            (source,) = case.parent.glob("source.*")
            given = tomllib.loads(case.read_text(encoding="utf-8"))
            row = {"id": case.parent.name, "url": given.get("url"), "language": "en"}
            row["html" if source.suffix == ".html" else "text"] = source.read_text(encoding="utf-8", errors="replace")
            rows.write(json.dumps(row) + "\n")
    run_batch(folder / "news.jsonl", folder / "cleaned", workers=2)
    return folder / "cleaned"


def test_explain(images):
    (document,) = re.findall(
        r'^```text title="bridge.txt"\n(.*?)^```$',
        (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    console = Console(
        file=io.StringIO(), width=100, record=True, force_terminal=True, color_system="truecolor", highlight=False
    )
    print_explanation(cleaner.clean(document), console)
    drawn = console.export_svg(title="cleaner explain bridge.txt", unique_id="explain")
    # Rich asks for its font over the network; the reader's own will do.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL).replace("Fira Code,", "")
    assert "http" not in drawn.replace("http://www.w3.org/", "").replace("https://www.textualize.io", "")
    shown = " ".join("".join(xml.etree.ElementTree.fromstring(drawn).itertext()).split())  # noqa: S314
    assert "advertisement.en.label" in shown
    images.mkdir(parents=True, exist_ok=True)
    (images / "explain.svg").write_text(
        "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", encoding="utf-8"
    )


def test_report(browser, run, images, tmp_path):
    write_report(run, tmp_path / "report.html")
    set_window(browser, *SIZE)
    browser.get((tmp_path / "report.html").as_uri())
    page = Page(browser)
    page.wait(".tile")
    check_saved(browser, images / "report.webp")
    browser.get((tmp_path / "report.html").as_uri() + "#documents?q=telescope")
    page.wait("tbody a[href*=document]").click()
    page.until(lambda: page.all(".pairs"))
    page.run("document.querySelector('.pairs mark').focus()")
    check_saved(browser, images / "document.webp")


def test_review(browser, run, images):
    set_window(browser, *SIZE)
    with Command(run, "--store", run.with_name("review.jsonl"), "--seed", "3") as command:
        browser.get(command.address)
        Page(browser).wait(".item")
        check_saved(browser, images / "review.webp")


def check_saved(browser, path):
    save_picture(browser, path)
    assert path.read_bytes()[8:12] == b"WEBP"
    assert 10_000 < path.stat().st_size < ALL_PICTURES / 3


def test_every_picture_on_a_page_is_there_and_made_here():
    shown = set()
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for words, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert len(words) > 20, f"{page.name}: say what {target} shows, for those who do not see it"
            assert (page.parent / target).is_file(), f"{page.name}: {target}; see {Path(__file__).name}"
            shown.add(Path(target).name)
    images = list((ROOT / "docs" / "images").iterdir())
    assert shown == MADE == {image.name for image in images}
    assert sum(image.stat().st_size for image in images) <= ALL_PICTURES
