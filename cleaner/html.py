"""A page → its document: decode, segment, read what the page says of itself, mark the main content, lay out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import NamedTuple

from cleaner.encoding import html_as_utf8
from cleaner.extract import Marked, ask_others, mark_main
from cleaner.metadata import read_metadata
from cleaner.model import Block, Category, Document, Page
from cleaner.options import Options
from cleaner.segment import Segments, segment
from cleaner.site_marks import mark_page, told_of
from cleaner.text import count_words, squeeze

_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNREAD = re.compile(r"<(script|style)\b[^>]{0,2000}>.{0,200000}?</\1\s*>", re.IGNORECASE | re.DOTALL)

# A story that stands in the page's JSON-LD is printed from there if the page itself shows less than this share of its
# words, and if it has at least so many.
SHOWN_SHARE = 0.5
BODY_WORDS = 60
# A slash in a class, "w-1/2", is written as this one: between steps stands the other.
SLASH = "\N{DIVISION SLASH}"
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
    config: str = ""
    item: int = 0


def html_document(page: Page, options: Options, meta: Mapping[str, str]) -> Document:
    """Segment a page into blocks and mark which are main content.

    A page that the parser gives up on is stripped of its tags instead and flagged ``degraded``.
    """
    source = html_as_utf8(page.raw)
    source = source.replace(b"\0", b"")
    segments = segment(source, options.links)
    if segments.gave_up:
        return _lay_out([_Line(line) for line in _strip_tags(source.decode())], dict(meta) | {"flags": "degraded"})
    segments.head.address = meta.get("url", "")
    said = read_metadata(segments.head)
    body = said.pop("body", "").splitlines()
    told = [squeeze(line) for line in body if line.strip()]
    lines = _read_lines(segments, said, told, options, source) if segments.pieces else _with_body([], told)
    if _shown(lines) < ARTICLE_WORDS:
        _flag(said, "no-article")
    said["canonical"] = said.pop("url", "")
    return _lay_out(lines, {key: value for key, value in said.items() if value} | dict(meta))


def _read_lines(
    segments: Segments, said: dict[str, str], body: list[str], options: Options, source: bytes
) -> list[_Line]:
    """The page's blocks as the site's configuration marks them, or, without one, as the extractor does.

    ``body`` is the story that the page's JSON-LD holds.
    """
    config = options.config_of(segments.head.address or said.get("url"))
    marking = mark_page(source, config) if config else None
    if config and (marking is None or marking.failed):
        _flag(said, "site-config-failed")
    if config is None or marking is None:
        marked = mark_main(segments, said, options, source)
        lines = _with_body(_lines(segments, marked), body)
        if options.extractor == "learned" and not marked.teasers and _shown(lines) < ARTICLE_WORDS:
            return _second_opinion(lines, segments, said, source)
        return lines
    segments = segment(marking.source, options.links)
    told = told_of(segments, config, marking.body)
    return _with_body(_lines(segments, mark_main(segments, said, options, source, told.main), told.why), body)


def _second_opinion(lines: list[_Line], segments: Segments, said: dict[str, str], source: bytes) -> list[_Line]:
    """The lines as another extractor marks them, if it finds a story, and a flag that says so."""
    likely = [line.likely or Category.OTHER for line in lines]
    found = ask_others(segments, source.decode(), said.get("language"), likely)
    if found is None:
        return lines
    _flag(said, "second-opinion")
    return [line._replace(main=kept) for line, kept in zip(lines, found, strict=True)]


def _shown(lines: list[_Line]) -> int:
    """The words of the main content."""
    return sum(count_words(line.text) for line in lines if line.main)


def _flag(said: dict[str, str], flag: str) -> None:
    said["flags"] = f"{said.get('flags', '')} {flag}".strip()


def _lines(segments: Segments, marked: Marked, told: Sequence[str] = ()) -> list[_Line]:
    """``told`` is what the site's configuration says against each block."""
    path = Paths(segments)
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
            told[number] if told else "",
            path.item(piece.container) if main else 0,
        )
        for number, (piece, main, story, likely) in enumerate(
            zip(segments.pieces, marked.main.tolist(), marked.story.tolist(), marked.likely, strict=True)
        )
    ]


class Paths:
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
            self._steps[container] = f"{tag}[{names[:120].replace('/', SLASH)}]" if names else tag
        return self._steps[container]

    def whole(self, container: int) -> str:
        """The way from the page down to the container, its last steps where it is long."""
        if container not in self._paths:
            self._paths[container] = self.last(container, MAX_STEPS)
        return self._paths[container]

    def last(self, container: int, steps: int) -> str:
        """The end of the way: at most so many steps."""
        way: list[str] = []
        while container and len(way) < steps:
            way.append(self.step(container))
            container = self._segments.parents[container]
        return "/".join(reversed(way))

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
    if words < BODY_WORDS or _shown(lines) >= SHOWN_SHARE * words:
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
