"""Every snippet and command of README and ``docs/`` works: each page is followed from top to bottom in a new folder."""

import gzip
import json
import shutil
import tomllib

import pytest

import cleaner
from cleaner.audit import Source, audit_record
from cleaner.batch import run_batch
from cleaner.io.writers import header_of
from cleaner.options import Options
from tests.conftest import FIXTURES, ROOT
from tests.snippets import Reader, snippets
from tests.test_io_warc import http, record
from tests.warm import programs

ELSEWHERE = {"engines.md": "tests/test_engine_examples.py"}
"""Pages whose snippets need more than this package, and what tests them."""

PAGES = [
    path
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if path.name not in ELSEWHERE and any(snippets(path))
]

RUN = 'input = "scraped"\noutput = "cleaned"\n'
MINE = """[[rule]]
id = "harbour-post.boat"
why = "A line of the Harbour Post."
category = "related"
phrases = ["all about boats"]
hits = ["All about boats"]
"""


def set_the_stage(folder):
    """All that the pages take for granted: a corpus in some formats, rules, options, an earlier run."""
    shutil.copytree(FIXTURES / "demo", folder / "scraped", ignore=shutil.ignore_patterns("README.md"))
    shutil.copy(folder / "scraped" / "bridge.txt", folder / "story.txt")
    shutil.copy(folder / "scraped" / "museum.html", folder / "page.html")
    (folder / "mine.toml").write_text(MINE)
    (folder / "run.toml").write_text(RUN)
    (folder / "files.txt").write_text("scraped/bridge.txt\nscraped/museum.html\n")
    row = {"uid": 1, "link": "https://harbour-post.example/1", "body": (folder / "story.txt").read_text("utf-8")}
    with gzip.open(folder / "news.jsonl.gz", "wt", encoding="utf-8") as rows:
        rows.write(json.dumps(row) + "\n")
    (folder / "crawl").mkdir()
    with gzip.open(folder / "crawl" / "CC-NEWS-20240514000000-00001.warc.gz", "wb") as archive:
        pages = [folder / "page.html", FIXTURES / "pages" / "en" / "html-section-front" / "source.html"]
        archive.writelines(record(http(page.read_bytes()), number) for number, page in enumerate(pages))


def stories_of_a_site(days):
    """Rows of JSON lines, a story a day, each with the site's address at its end."""
    for day in days:
        ship, words = (
            f"{'abcdefghijklmnop'[day % 16]}rrow{'xyz' * (day % 5)}",
            " and ".join(["salt", "tar", "rope"] * (day + 1)),
        )
        story = f"The ferry {ship} brought {words} to the old quay on Tuesday.\n\nThe {ship} sails again with {words}, they said."
        yield {
            "url": f"https://www.example.com/2026/{day // 28 + 1:02}/{day % 28 + 1:02}/{ship}",
            "text": f"{story}\n\nGazeti la Bandari, Mtaa wa Gati 14\n",
        }


def set_the_site(folder):
    """What the pages on templates take for granted: the stories of a site in three files, some pages, a configuration."""
    for name, days in (("corpus", range(40)), ("news", range(40)), ("more", range(40, 70))):
        rows = "".join(json.dumps(row) + "\n" for row in stories_of_a_site(days))
        (folder / f"{name}.jsonl").write_text(rows, encoding="utf-8")
    (folder / "pages").mkdir()
    shutil.copy(folder / "page.html", folder / "pages")
    (folder / "configs").mkdir()
    (folder / "configs" / "example.com.txt").write_text("body: //article\n", encoding="utf-8")


def follow(page, folder):
    """Follow a page from top to bottom; what could not be done here, and why."""
    set_the_stage(folder)
    set_the_site(folder)
    blocks = list(snippets(page))
    if any("cleaned-before/" in block.text for block in blocks):
        run_batch(folder / "scraped", folder / "cleaned-before", Options("careful"))
    reader = Reader(folder, programs())
    for block in blocks:
        reader.follow(block)
    return reader.skipped


def check_articles(folder):
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as rows:
        (article,) = map(json.loads, rows)
    assert article["url"] == "https://news.example/0"
    assert article["title"] == "Sea museum opens its doors after nine years"
    assert "newsletter" not in article["text"]


def check_row(folder):
    (row,) = map(json.loads, (folder / "cleaned" / "ferry.jsonl").read_text("utf-8").splitlines())
    assert "newsletter" not in row["text"]
    assert "Read more" not in row["text"]
    assert row["hostname"] == "harbour-post.example"


PROMISED = {"cc-news.md": check_articles, "trafilatura.md": check_row}
"""What must have come out of a page that was followed."""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_can_be_followed(page, tmp_path):
    skipped = follow(page, tmp_path)
    if promised := PROMISED.get(page.name):
        promised(tmp_path)
    if skipped:
        pytest.skip("followed but for " + "; ".join(skipped))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_data_on_a_page_can_be_read(page):
    for block in snippets(page):
        if block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "json":
            for value in [block.text] if block.text.startswith("{\n") else block.text.splitlines():
                json.loads(value)


def test_the_record_on_the_page_is_that_of_the_document_on_it():
    blocks = list(snippets(ROOT / "docs" / "audit-format.md"))
    document = next(block.text for block in blocks if block.title == "bridge.txt")
    result = cleaner.clean(document)
    made = audit_record(result, Options(), Source("bridge.txt", "utf-8", header_of(result)))
    assert json.loads(next(block.text for block in blocks if block.language == "json")) == made
