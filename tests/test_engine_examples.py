"""The examples of ``docs/engines.md``, run by their documented commands, give what ``batch`` gives.

With ``pytest --many-documents`` it is 10,000 documents an engine.
"""

import re

import pytest

from benchmarks.engines import BATCH, examples, timed
from tests.conftest import ROOT

EXAMPLES = examples()


@pytest.fixture(scope="module")
def size(request):
    return 10_000 if request.config.getoption("--many-documents") else 40


@pytest.fixture(scope="module")
def batch(size):
    """Format → what ``batch`` makes of the documents in it."""
    return {reads: timed(example, size, None)[1] for reads, example in BATCH.items()}


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(each, marks=pytest.mark.skipif(not each.installed, reason=f"needs the extra {name}"), id=name)
        for name, each in EXAMPLES.items()
    ],
)
def test_an_example_gives_what_batch_gives(example, size, batch):
    _, found = timed(example, size, None)
    assert len(found) == len(batch[example.reads]) > 0.9 * size
    assert {name for name, _ in found.items() ^ batch[example.reads].items()} == set()


def test_every_engine_is_documented_and_has_its_extra():
    engines = {path.stem for path in (ROOT / "cleaner" / "engines").glob("*.py")} - {"__init__", "step", "arrow"}
    assert set(EXAMPLES) == engines
    extras = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name, example in EXAMPLES.items():
        assert example.commands[0] == f"bash set-up.sh .venv '[{name}]'"
        assert re.search(rf"^{name} = \[", extras, re.MULTILINE)
