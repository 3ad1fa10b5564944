"""The fuzzers' seeds, and everything that they have found, through the same checks; atheris is not needed."""

import pytest

pytest.importorskip("fastwarc", reason="needs the extra warc")
pytest.importorskip("zstandard", reason="needs the extra zst")

from fuzz.checks import CHECKS, SEEDS

INPUTS = sorted(path for path in SEEDS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_input(path):
    CHECKS[path.parent.name](path.read_bytes())


def test_every_fuzzer_has_seeds():
    assert {path.parent.name for path in INPUTS} == set(CHECKS)
