"""Scrapy itself: items of every kind. That a crawl runs the pipeline is shown by ``test_engine_examples``."""

from dataclasses import dataclass

import pytest

from cleaner.engines import Keys, Step
from cleaner.engines.scrapy import CleanerPipeline
from cleaner.engines.step import ERROR
from tests.engines import WHY
from tests.test_batch import DOCUMENT, PAGE

pytestmark = pytest.mark.filterwarnings("ignore")
scrapy = pytest.importorskip("scrapy", reason="needs the extra scrapy")
crawlers = pytest.importorskip("scrapy.crawler", reason="needs the extra scrapy")
collectors = pytest.importorskip("scrapy.statscollectors", reason="needs the extra scrapy")


@pytest.fixture
def crawler():
    made = crawlers.Crawler(scrapy.Spider, {"CLEANER_STEP": Step(language="de")})
    made.stats = collectors.MemoryStatsCollector(made)
    return made


@dataclass
class Story:
    url: str
    html: str | None
    text: str | None = None
    language: str | None = None


def test_dicts(crawler):
    pipeline = CleanerPipeline.from_crawler(crawler)
    item = {"url": "https://e.example/1", "html": PAGE, "n": 1}
    assert pipeline.process_item(dict(item)) == Step(language="de")(item)
    assert list(pipeline.process_item(dict(item))) == ["url", "text", "n", "title", "byline", "published", "language"]


def test_items_with_fixed_fields(crawler):
    class Item(scrapy.Item):
        html, text, title = scrapy.Field(), scrapy.Field(), scrapy.Field()

    pipeline = CleanerPipeline.from_crawler(crawler)
    row = Step()({"html": PAGE})
    item = pipeline.process_item(Item(html=PAGE))
    assert dict(item) == {"html": None, "text": row["text"], "title": row["title"]}
    assert pipeline.process_item(Story("u", PAGE)) == Story("u", None, row["text"], "de")


def test_what_is_counted(crawler):
    pipeline = CleanerPipeline.from_crawler(crawler)
    assert pipeline.process_item({"text": None}) == {"text": None, ERROR: WHY}
    author = {"name": "Jane Doe"}
    assert pipeline.process_item(author) is author
    for _ in range(3):
        pipeline.process_item({"text": DOCUMENT})
    counted = {name: crawler.stats.get_value(f"cleaner/{name}") for name in ("cleaned", "failed", "no_document")}
    assert counted == {"cleaned": 3, "failed": 1, "no_document": 1}


def test_fields_by_other_names():
    pipeline = CleanerPipeline(Step(keys=Keys(text="body")))
    assert pipeline.process_item({"body": DOCUMENT}) == Step(keys=Keys(text="body"))({"body": DOCUMENT})
