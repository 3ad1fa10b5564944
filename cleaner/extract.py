"""Which blocks of a page are its main content: readability-lxml and jusText as opinions, alone or together.

This is the only module that knows the two. ``combined`` believes readability-lxml, fills the gaps between its blocks
with what jusText finds good, and falls back to jusText, then to the shape of the blocks, where an opinion is missing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lxml import etree

from cleaner.text import count_words, ends_sentence, squeeze

# readability-lxml walks the tree by recursion and parses what it has printed; jusText looks for each short paragraph's
# neighbours anew. Deeper, larger or more finely cut pages get no second opinion: the one fails on them, the other takes
# time in the square of their length. In levels, code points and elements; news pages rarely reach a tenth of these.
MAX_DEPTH = 300
MAX_TEXT = 2_000_000
MAX_ELEMENTS = 40_000
MAX_PARAGRAPHS = 4_000

# Less main content than this is no answer, in words.
ENOUGH_WORDS = 25


def mark_main(
    root: Any, texts: list[str], densities: list[float], marks: list[int], extractor: str, language: str | None
) -> list[bool]:
    """For every block whether it is main content.

    ``texts`` are the blocks' texts, ``densities`` their link densities (0 to 1), ``marks`` the ``data-cleaner`` mark
    of the element that holds each.
    """
    if extractor == "none" or not texts:
        return [True] * len(texts)
    shape = by_shape(texts, densities)
    size = _measure(root)
    if sum(map(len, texts)) > MAX_TEXT or size.depth > MAX_DEPTH or size.elements > MAX_ELEMENTS:
        return shape
    if size.paragraphs > MAX_PARAGRAPHS and extractor != "readability":
        extractor = "readability"
    readability = ask_readability(root, marks) if extractor != "justext" else None
    justext = ask_justext(root, texts, language) if extractor != "readability" else None
    if readability is not None and not _enough(readability, texts):
        readability = None
    if justext is not None and not _enough(justext, texts):
        justext = None
    if readability is None:
        return justext if justext is not None else shape
    return _filled(readability, justext) if justext is not None else readability


def _enough(main: list[bool], texts: list[str]) -> bool:
    return sum(count_words(text) for text, is_main in zip(texts, main, strict=True) if is_main) >= ENOUGH_WORDS


def _filled(readability: list[bool], justext: list[bool]) -> list[bool]:
    inside = [index for index, is_main in enumerate(readability) if is_main]
    first, last = inside[0], inside[-1]
    return [is_main or (first < index < last and justext[index]) for index, is_main in enumerate(readability)]


class _Size(NamedTuple):
    depth: int
    elements: int
    paragraphs: int


def _measure(root: Any) -> _Size:
    depth = deepest = elements = paragraphs = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        deepest = max(deepest, depth)
        paragraphs += element.tag in ("p", "td", "th", "li", "div", "br", "h1", "h2", "h3", "h4", "dd", "dt", "tr")
        if deepest > MAX_DEPTH or elements > MAX_ELEMENTS:
            break
    return _Size(deepest, elements, paragraphs)


def by_shape(texts: list[str], densities: list[float]) -> list[bool]:
    """Everything from the first paragraph to the last that is not made of links.

    >>> by_shape(["Menu", "The bridge is open again, the city said on Monday, after a year.", "Imprint"], [1, 0, 1])
    [False, True, False]
    """
    prose = [
        index
        for index, (text, density) in enumerate(zip(texts, densities, strict=True))
        if density < 0.5 and count_words(text) >= 10 and ends_sentence(text)
    ]
    if not prose:
        return [density < 0.5 for density in densities]
    return [prose[0] <= index <= prose[-1] and density < 0.8 for index, density in enumerate(densities)]


def ask_readability(root: Any, marks: list[int]) -> list[bool] | None:
    """readability-lxml's opinion; the blocks' marks come back out of its summary."""
    from readability import Document  # noqa: PLC0415

    try:
        summary = Document(etree.tostring(root, encoding="unicode", method="html")).summary(html_partial=True)
        tree = etree.fromstring(summary, etree.HTMLParser())
    except Exception:
        return None
    if tree is None:
        return None
    noted = (element.get("data-cleaner") or "" for element in tree.iter())
    kept = {int(mark) for mark in noted if mark.isdigit()}
    return [mark in kept for mark in marks]


def ask_justext(root: Any, texts: list[str], language: str | None) -> list[bool] | None:
    """jusText's opinion; its paragraphs are found again by their text, in order."""
    import justext  # noqa: PLC0415

    from cleaner.language import STOPLISTS  # noqa: PLC0415

    names = {code: name for name, code in STOPLISTS.items()}
    stoplist = justext.get_stoplist(names[language]) if language in names else frozenset()
    levels = {} if stoplist else {"stopwords_low": 0, "stopwords_high": 0}
    try:
        paragraphs = justext.justext(
            etree.tostring(root, encoding="utf-8", method="html"), stoplist, encoding="utf-8", **levels
        )
    except Exception:
        return None
    good: dict[str, bool] = {}
    for paragraph in paragraphs:
        text = squeeze(paragraph.text)
        good[text] = good.get(text, False) or not paragraph.is_boilerplate
    running = "\n".join(text for text, is_good in good.items() if is_good)
    return [good[text] if text in good else len(text) >= 40 and text in running for text in texts]
