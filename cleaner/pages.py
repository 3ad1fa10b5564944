"""Raw input → Page → Document: which kind it is, how its bytes are decoded, which reader takes it."""

from __future__ import annotations

import re

from cleaner.blocks import text_document
from cleaner.encoding import decode_text
from cleaner.errors import InputError, UsageError
from cleaner.model import Document, Page
from cleaner.options import Options

KINDS = ("auto", "html", "text")

# A page says that it is one within its first bytes; scripts quoted in a text do not begin with a tag.
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?><!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|script|div|article|p|h1|section|main|table|span|a|link|style|header|nav)\b",
    re.IGNORECASE | re.DOTALL,
)
# A byte order mark, and what those of UTF-8 and UTF-16 are in Latin-1, as which bytes are looked at.
_MARKS = "\ufeffï»¿þÿ"
_TAGS = re.compile(r"</?(?:p|div|a|span|br|li|ul|h[1-6]|article|section|td|tr|body|html)\b[^<>]{0,400}>", re.IGNORECASE)


def read_page(
    raw: str | bytes, kind: str = "auto", url: str | None = None, id: str | None = None, site: str | None = None
) -> Page:
    """Take one input as it came. Raises :class:`cleaner.errors.UsageError` for an unknown kind."""
    if kind not in KINDS:
        raise UsageError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if not isinstance(raw, str | bytes):
        raise UsageError(f"a page is str or bytes, not {type(raw).__name__}")
    if kind == "auto":
        kind = guess_kind(raw if isinstance(raw, str) else raw[:4096].replace(b"\0", b"").decode("latin-1"))
    if kind == "text" and isinstance(raw, bytes):
        text, encoding = decode_text(raw)
        return Page(text, kind, url, id, encoding, site)
    return Page(raw, kind, url, id, site=site)


def guess_kind(text: str) -> str:
    """``"html"`` or ``"text"``.

    >>> guess_kind("<!DOCTYPE html><p>Hello"), guess_kind("The <b> tag is bold, she said.")
    ('html', 'text')
    """
    head = text[:4096].lstrip(_MARKS)
    if _HTML_START.match(head):
        return "html"
    return "html" if len(_TAGS.findall(head)) >= 4 and head.lstrip()[:1] == "<" else "text"


def read_document(page: Page, options: Options) -> Document:
    """Segment a page. Raises :class:`cleaner.errors.InputError` if it is no document at all."""
    meta = {"url": page.url} if page.url else {}
    if page.kind == "html":
        from cleaner.html import html_document  # noqa: PLC0415  (text mode must not pay for the HTML libraries)

        return html_document(page, options, meta)
    if not isinstance(page.raw, str):
        raise InputError("a text page must be decoded first")
    return text_document(page.raw, None, meta)
