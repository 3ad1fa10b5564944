"""Fuzz the cleaning of pages: ``python -m fuzz.fuzz_html``."""

import random

import atheris

with atheris.instrument_imports(include=["cleaner"]):
    import cleaner.html  # noqa: F401  (loaded when the first page comes, which would be too late)
    from fuzz.run import fuzz

TAGS = [b"p", b"div", b"h1", b"h2", b"li", b"td", b"aside", b"figcaption", b"article", b"pre", b"title"]


def _in_a_tag(rng: random.Random, line: bytes) -> bytes:
    tag = rng.choice(TAGS)
    return b"<%s>%s</%s>" % (tag, line, tag)


if __name__ == "__main__":
    fuzz("html", _in_a_tag)
