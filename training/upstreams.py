"""Pages as other extractors print them, line by line: what text mode gets to see.

The pages whose blocks somebody has read become texts to learn from: an extractor prints the page, and each of its lines
is what the blocks are that it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import justext
import numpy as np
import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from cleaner.language import STOPLISTS
from cleaner.segment import segment
from cleaner.text import squeeze
from training.labels import UNKNOWN

# A shorter line stands in a longer block by chance.
LEAST_PART = 20
UNSURE = "u"
"""The mark of a line of which nobody knows what it is."""


def _readability(page: str, _language: str | None) -> Iterable[str]:
    summary = Document(page).summary(html_partial=True)
    return [piece.text for piece in segment(summary.encode("utf-8", "replace")).pieces]


def _justext(page: str, language: str | None) -> Iterable[str]:
    names = {code: name for name, code in STOPLISTS.items()}
    stoplist = justext.get_stoplist(names[language]) if language in names else frozenset()
    levels = {} if stoplist else {"stopwords_low": 0, "stopwords_high": 0}
    paragraphs = justext.justext(page.encode("utf-8", "replace"), stoplist, encoding="utf-8", **levels)
    return [paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate]


def _trafilatura(page: str, _language: str | None) -> Iterable[str]:
    return (trafilatura.extract(page) or "").splitlines()


def _resiliparse(page: str, _language: str | None) -> Iterable[str]:
    return extract_plain_text(page, main_content=True).splitlines()


UPSTREAMS: dict[str, Callable[[str, str | None], Iterable[str]]] = {
    "readability_lxml": _readability,
    "justext": _justext,
    "trafilatura": _trafilatura,
    "resiliparse": _resiliparse,
}


def print_page(upstream: str, page: str, language: str | None) -> list[str]:
    """The lines that an extractor prints of a page; none where it fails."""
    try:
        printed = list(UPSTREAMS[upstream](page, language))
    except Exception:  # other people's programs stumble over what pages hold, each in its own way
        return []
    return [line for line in map(squeeze, printed) if line]


def mark_lines(lines: Sequence[str], texts: Sequence[str], labels: np.ndarray) -> list[str]:
    """For every line what the blocks are that hold it or that it holds.

    ``c`` content, ``n`` residue, ``m`` some of both, ``u`` if that is not known.
    """
    whole: dict[str, set[float]] = {}
    for text, label in zip(texts, labels.tolist(), strict=True):
        whole.setdefault(text, set()).add(label)
    longer = [(text, label) for text, label in zip(texts, labels.tolist(), strict=True) if len(text) >= LEAST_PART]
    return [_mark(whole.get(line) or _touching(line, longer)) for line in lines]


def _touching(line: str, blocks: Sequence[tuple[str, float]]) -> set[float]:
    if len(line) < LEAST_PART:
        return set()
    return {label for text, label in blocks if line in text or text in line}


def _mark(labels: set[float]) -> str:
    sure = {label >= 0.5 for label in labels if label != UNKNOWN}
    if len(sure) == 2:
        return "m"
    return UNSURE if not sure or UNKNOWN in labels else "nc"[sure.pop()]
