"""Fuzz the readers of JSON lines, WARC and the other formats: ``python -m fuzz.fuzz_readers``."""

import json
import random

import atheris

with atheris.instrument_imports(include=["cleaner"]):
    from fuzz.run import fuzz


def _in_a_record(rng: random.Random, line: bytes) -> bytes:
    key = rng.choice(("text", "html", "id", "url", "content"))
    return json.dumps({key: line.decode()}).encode()


if __name__ == "__main__":
    fuzz("readers", _in_a_record)
