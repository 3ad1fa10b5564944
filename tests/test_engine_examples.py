"""The examples of ``docs/engines.md``, run by their documented commands, give what ``batch`` gives.

With ``pytest --many-documents`` it is 10,000 documents an engine, and those that start a cluster are run, too: that takes
half a minute each, and ``test_engines_spark`` and ``test_engines_ray`` run the engines themselves.
"""

import re

import pytest

from benchmarks.engines import BATCH, examples, timed
from tests.conftest import ROOT

EXAMPLES = examples()
CLUSTERS = ("spark", "ray")


@pytest.fixture(scope="module")
def many(request):
    return request.config.getoption("--many-documents")


@pytest.fixture(scope="module")
def size(many):
    return 10_000 if many else 40


@pytest.fixture(scope="module")
def batch(size):
    """Format → what ``batch`` makes of the documents in it."""
    return {reads: timed(example, size, None)[1] for reads, example in BATCH.items()}


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(each, marks=pytest.mark.skipif(bool(each.missing), reason=f"needs {each.missing}"), id=name)
        for name, each in EXAMPLES.items()
    ],
)
def test_an_example_gives_what_batch_gives(example, many, size, batch):
    if example.engine in CLUSTERS and not many:
        pytest.skip("starting a cluster takes long: asked for by --many-documents")
    _, found = timed(example, size, None)
    assert len(found) == len(batch[example.reads]) > 0.9 * size
    assert {name for name, _ in found.items() ^ batch[example.reads].items()} == set()


def test_every_engine_is_documented_and_has_its_extra():
    engines = {path.stem for path in (ROOT / "cleaner" / "engines").glob("*.py")} - {"__init__", "step"}
    assert set(EXAMPLES) == engines
    extras = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name, example in EXAMPLES.items():
        assert example.extra == {"arrow": "parquet"}.get(name, name)
        assert example.commands[0] == f"bash set-up.sh .venv '[{example.extra}]'"
        assert re.search(rf"^{example.extra} = \[", extras, re.MULTILINE)
