"""Start libFuzzer, through atheris, on a check: with lines of the rule packs, so that it comes to where rules are."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris

from cleaner.rules import load_rules
from fuzz.checks import CHECKS, MAX_BYTES, SEEDS

# Of ten changes so many put in, or take out, a whole line; the others are libFuzzer's own, of bytes.
LINE_CHANGES = 4
# An input on which nothing happens for so many seconds hangs: in C code, where the checks cannot stop it.
HANGS = 60
# In MB. The cleaner takes 200; the tracing takes more and more, some 2 GB in an hour.
MEMORY = 8000
CORPUS = Path(__file__).parent / "corpus"
"""What the fuzzers have come to so far, a folder for each; it can be thrown away."""


def fuzz(name: str, wrap: Callable[[random.Random, bytes], bytes]) -> None:
    """Run a check until something is found, or until the arguments, which are libFuzzer's, say stop.

    ``wrap`` makes a line of text one of such a document.
    """
    lines = [line.encode() for rule in load_rules() for line in (*rule.hits, *rule.misses)]

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.randrange(10) >= LINE_CHANGES:
            return bytes(atheris.Mutate(data, max_size))
        return _with_line_changed(data, wrap(rng, rng.choice(lines)), rng)[:max_size]

    seeds, corpus = SEEDS / name, CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_len={MAX_BYTES}", f"-timeout={HANGS}", f"-rss_limit_mb={MEMORY}"]
    # Of several folders libFuzzer writes to the first only. What is found goes to the seeds, where a test tries it.
    options = [*limits, f"-artifact_prefix={seeds}/", *sys.argv[1:], str(corpus), str(seeds)]
    atheris.Setup([sys.argv[0], *options], CHECKS[name], custom_mutator=mutate)
    atheris.Fuzz()


def _with_line_changed(data: bytes, line: bytes, rng: random.Random) -> bytes:
    first, lines = data[:2], data[2:].split(b"\n")
    at = rng.randrange(len(lines))
    change: Sequence[bytes] = rng.choice(((line, b""), (line,), ()))
    lines[at : at + (not change)] = change
    return first + b"\n".join(lines)
