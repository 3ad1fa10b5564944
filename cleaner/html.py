"""A page → its document: decode, segment, read what the page says of itself, mark the main content, lay out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import NamedTuple

from cleaner.encoding import html_as_utf8
from cleaner.extract import Marked, mark_main
from cleaner.metadata import read_metadata
from cleaner.model import Block, Category, Document, Page
from cleaner.options import Options
from cleaner.segment import Segments, segment
from cleaner.text import count_words, squeeze

_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNREAD = re.compile(r"<(script|style)\b[^>]{0,2000}>.{0,200000}?</\1\s*>", re.IGNORECASE | re.DOTALL)

# A story that stands in the page's JSON-LD is printed from there if the page itself shows less than this share of its
# words, and if it has at least so many.
SHOWN_SHARE = 0.5
BODY_WORDS = 60
# A path has at most so many steps.
MAX_STEPS = 30
# Less main content than this is no article, in words.
ARTICLE_WORDS = 25


class _Line(NamedTuple):
    """A block before it has its place in the document's text."""

    text: str
    tag: str = ""
    path: str = ""
    link_chars: int = 0
    main: bool = True
    story: float | None = None
    likely: Category | None = None
    links: tuple[tuple[int, int, str], ...] = ()
    against: str = ""
    item: int = 0


def html_document(page: Page, options: Options, meta: Mapping[str, str]) -> Document:
    """Segment a page into blocks and mark which are main content.

    A page that the parser gives up on is stripped of its tags instead and flagged ``degraded``.
    """
    source = html_as_utf8(page.raw) if isinstance(page.raw, bytes) else page.raw.encode("utf-8", "replace")
    source = source.replace(b"\0", b"")
    segments = segment(source, options.links)
    if segments.gave_up:
        return _lay_out([_Line(line) for line in _strip_tags(source.decode())], dict(meta) | {"flags": "degraded"})
    segments.head.address = meta.get("url", "")
    said = read_metadata(segments.head)
    body = said.pop("body", "").splitlines()
    lines = _lines(segments, mark_main(segments, said, options, source)) if segments.pieces else []
    lines = _with_body(lines, [squeeze(line) for line in body if line.strip()])
    if sum(count_words(line.text) for line in lines if line.main) < ARTICLE_WORDS:
        said["flags"] = f"{said.get('flags', '')} no-article".strip()
    said["canonical"] = said.pop("url", "")
    return _lay_out(lines, {key: value for key, value in said.items() if value} | dict(meta))


def _lines(segments: Segments, marked: Marked) -> list[_Line]:
    path = _Paths(segments)
    return [
        _Line(
            piece.text,
            segments.tags[piece.container],
            path.whole(piece.container) if main else path.step(piece.container),
            min(piece.link_chars, len(piece.text)),
            main,
            story,
            likely,
            piece.hrefs,
            marked.reasons.get(number, ""),
            path.item(piece.container) if main else 0,
        )
        for number, (piece, main, story, likely) in enumerate(
            zip(segments.pieces, marked.main.tolist(), marked.story.tolist(), marked.likely, strict=True)
        )
    ]


class _Paths:
    """Tags, ids, classes and roles: of a container alone, or from the page down to it."""

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._steps: dict[int, str] = {}
        self._paths: dict[int, str] = {}

    def step(self, container: int) -> str:
        """The container alone: for the blocks outside the main content that is all that anybody asks."""
        if container not in self._steps:
            tag, given = self._segments.tags[container], self._segments.attributes[container]
            names = (
                f"{given.get('id') or ''} {given.get('class') or ''} {given.get('role') or ''}".strip() if given else ""
            )
            self._steps[container] = f"{tag}[{names[:120]}]" if names else tag
        return self._steps[container]

    def whole(self, container: int) -> str:
        """The way from the page down to the container, its last steps where it is long."""
        if container not in self._paths:
            way: list[str] = []
            at = container
            while at and len(way) < MAX_STEPS:
                way.append(self.step(at))
                at = self._segments.parents[at]
            self._paths[container] = "/".join(reversed(way))
        return self._paths[container]

    def item(self, container: int) -> int:
        """The innermost list item on the way down to the container, 0 where there is none."""
        for _ in range(MAX_STEPS):
            if self._segments.tags[container] == "li":
                return container
            container = self._segments.parents[container]
        return 0


def _with_body(lines: list[_Line], body: list[str]) -> list[_Line]:
    """The lines, and below them the story from the JSON-LD where the page itself does not show it."""
    words = sum(map(count_words, body))
    shown = sum(count_words(line.text) for line in lines if line.main)
    if words < BODY_WORDS or shown >= SHOWN_SHARE * words:
        return lines
    return [
        *(line._replace(main=False) for line in lines),
        *(_Line(text, "script", "script[ld+json]") for text in body),
    ]


def _strip_tags(source: str) -> Iterable[str]:
    return filter(None, map(squeeze, unescape(_TAG.sub("\n", _UNREAD.sub("\n", source))).splitlines()))


def _lay_out(lines: list[_Line], meta: Mapping[str, str]) -> Document:
    blocks: list[Block] = []
    at = 0
    for line in lines:
        blocks.append(Block(len(blocks), line.text, at, *line[1:]))
        at += len(line.text) + 1
    text = "\n".join([line.text for line in lines])
    rest = {key: value for key, value in meta.items() if key != "language"}
    return Document(text, tuple(blocks), "html", meta.get("language"), rest)
