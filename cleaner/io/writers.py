"""Render a result for reading."""

from __future__ import annotations

import json
from typing import Any

from cleaner.markdown import to_markdown
from cleaner.model import CleanResult

FORMATS = ("text", "json", "markdown")


def header_of(result: CleanResult) -> str:
    """The title lines above the body: the title, then an empty line; nothing for a document without a title."""
    return f"{result.title}\n\n" if result.title else ""


def render(result: CleanResult, format: str = "text", title: bool = True) -> str:
    """The cleaned document in one of :data:`FORMATS`."""
    if format == "json":
        return json.dumps(as_dict(result), ensure_ascii=False, indent=2) + "\n"
    if format == "markdown":
        return to_markdown(result, title)
    return (header_of(result) if title else "") + result.text


def as_dict(result: CleanResult) -> dict[str, Any]:
    """The fields of a result as JSON has them."""
    return {
        **result.fields(),
        "language": result.language,
        "text": result.text,
        "flags": sorted(result.flags),
        "removals": [removal.as_dict() for removal in result.removals],
    }


def encode(text: str) -> bytes:
    """UTF-8; bytes that could not be decoded (lone surrogates) come out as they went in."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
