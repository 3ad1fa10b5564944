"""The sites that the benchmark of templates invents: they say truly what each line is, and follow from the seed."""

import importlib.util
import sys
from itertools import islice

import pytest

import cleaner
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("invented_sites", ROOT / "benchmarks" / "invented_sites.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    yield lambda seed: list(islice(module.invented_pages(seed), 200))
    del sys.modules[spec.name]


def test_the_same_seed_gives_the_same_pages(pages):
    assert pages(1) == pages(1)
    assert pages(1) != pages(2)


def test_a_page_is_read_as_the_lines_that_it_was_made_of(pages):
    for page in [*[p for p in pages(1) if p.html][:5], *[p for p in pages(1) if not p.html][:5]]:
        document = cleaner.clean(page.text, kind="html" if page.html else "text", url=page.address).document
        shown = [" ".join(line.text.split()) for line in page.lines]
        assert [" ".join(block.text.split()) for block in document.blocks] == shown
        assert {line.kind for line in page.lines} <= {"template", "passing", "news", "field"}
