"""A page → its blocks and containers, in one pass over the parser's events: no tree is built.

A *block* is the text between two block-level tags. A *container* is a block-level element. Containers are numbered in
document order and so are blocks, so all blocks inside a container stand next to each other; what is asked about a
container's text is answered by the difference of two prefix sums (:mod:`cleaner.features`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from cleaner.metadata import Head
from cleaner.streamed import Event, Recorder, in_place, is_streamed
from cleaner.text import squeeze

_BLOCK, _INLINE, _LINK, _BREAK, _CELL, _SKIPPED, _IMAGE, _BOLD, _TIME, _HEAD, _TITLE, _ROOT, _PRE, _RUBY = range(14)
_TAGS_OF = {
    # What is not known is a block, too: sites make up elements for the parts of their pages.
    _BLOCK: "address article aside blockquote body caption center col colgroup dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr legend li main menu nav noscript ol p section "
    "summary table tbody template tfoot thead tr ul",
    # The last line is how news agencies mark names and numbers in their sentences.
    _INLINE: "abbr acronym bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rb s samp small "
    "span strike sub sup tt u var wbr picture source embed label button output meter progress slot map area "
    "chron location money num org person place",
    _LINK: "a",
    _BREAK: "br",
    _CELL: "td th",
    # Nothing in these is text for readers; rp, rt and rtc, in ruby, say how the characters below them are pronounced.
    _SKIPPED: "script style svg math iframe object applet select option datalist textarea input canvas audio "
    "video noframes rp rt rtc",
    _IMAGE: "img",
    _BOLD: "b strong",
    _TIME: "time",
    _HEAD: "meta link",
    _TITLE: "title",
    _ROOT: "html",
    _PRE: "pre",
    _RUBY: "ruby",
}
_OPENING = (_BLOCK, _CELL)


class _Kinds(dict[str, int]):
    def __missing__(self, tag: str) -> int:
        # A name with a colon is a word processor's or a social network's; browsers show what is in it within the line.
        return _INLINE if ":" in tag else _BLOCK


KINDS = _Kinds((tag, kind) for kind, tags in _TAGS_OF.items() for tag in tags.split())
WITHIN_A_LINE = frozenset(tag for tag, kind in KINDS.items() if kind in (_INLINE, _LINK, _BOLD, _TIME))
"""Elements that do not end a block."""
# Inline elements that tell something of the block they stand in, a bit each.
MARKS = {"time": 1, "button": 2, "label": 4, "em": 8, "i": 8, "code": 16, "small": 32, "sup": 64}
# A button in it opens and closes what follows.
OPENS = 128
# These end a drawing, a formula or a pronunciation that was not closed, as the HTML standard has it.
_BREAKING_OUT = (
    "article aside blockquote body br center dd div dl dt em figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol "
    "p pre section table ul"
)
BREAKING_OUT = frozenset(_BREAKING_OUT.split())
# Of a block with more links, which is no paragraph, the others lose their addresses: where a link stands in the text
# is found by squeezing all that comes before.
MAX_LINKS = 500
# lxml gives elements without attributes a mapping that cannot be pickled.
_NONE: Mapping[str, str] = {}
_NOFRAMES = re.compile(rb"</?noframes\b[^<>]{0,200}>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
# A page with so many links that nobody closes is torn. Of the development pages three in a thousand are.
UNCLOSED = 3


class Piece(NamedTuple):
    """A block as the walk found it."""

    text: str
    container: int
    """The innermost container."""
    link_chars: int
    """Code points inside links, white space included."""
    links: int
    bold_chars: int
    marks: int
    """Which of ``MARKS`` stand in it, and ``OPENS``."""
    images: int
    """Images between the block before and this one's end."""
    broken: bool
    """A line break inside a container, not the container, ended the block before."""
    hrefs: tuple[tuple[int, int, str], ...] = ()
    """Start, end and address of its links, where they were asked for."""


@dataclass(slots=True)
class Segments:
    """A page in columns."""

    pieces: list[Piece] = field(default_factory=list)
    parents: list[int] = field(default_factory=lambda: [0])
    """The container around each container; container 0 is the page and its own parent."""
    tags: list[str] = field(default_factory=lambda: [""])
    attributes: list[Mapping[str, str]] = field(default_factory=lambda: [{}])
    firsts: list[int] = field(default_factory=lambda: [0])
    """The number of the first block inside each container …"""
    lasts: list[int] = field(default_factory=lambda: [0])
    """… and one more than the number of the last."""
    ends: list[int] = field(default_factory=lambda: [0])
    """One more than the number of the last container inside each container."""
    head: Head = field(default_factory=Head)
    gave_up: bool = False
    """The parser met its limits before the page's end."""
    torn: bool = False
    """Some links are never closed, so that what stands below one may be in it by mistake."""


class _Walk:
    """The target of lxml's parser: takes events, gathers text until a block ends."""

    def __init__(self, links: bool) -> None:
        self.out = Segments()
        self.here = 0
        self.buffer: list[str] = []
        self.drawing = False
        self.skipped = self.in_link = self.in_bold = self.in_pre = self.in_ruby = self.all_links = 0
        # Elements that were skipped and are still open, and, once a block has broken out of them, the container in
        # which each will end: nothing was opened for them, so nothing ends there.
        self.swallowed = 0
        self.holes: list[int] = []
        self.grab: list[str] | None = None
        self.titles: list[str] = []
        self.broken = False
        self.hrefs: list[tuple[int, int, str]] | None = [] if links else None
        self._reset()

    def _reset(self) -> None:
        self.buffer.clear()
        self.link_chars = self.links = self.bold_chars = self.marks = self.images = 0
        if self.hrefs:
            self.hrefs = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = KINDS[tag]
        if self.skipped:
            if self.drawing and tag in BREAKING_OUT:
                self.skipped = 0
                self.holes += [self.here] * self.swallowed
                self.start(tag, attributes)
            elif kind == _SKIPPED:
                self.skipped += 1
            elif kind in _OPENING:
                self.swallowed += 1
        elif kind == _BLOCK:
            if self.buffer:
                self.flush()
            self.broken = False
            self._open(tag, attributes)
        elif kind == _LINK:
            self.in_link += 1
            self.links += 1
            self.all_links += 1
            if self.hrefs is not None and len(self.hrefs) < MAX_LINKS:
                self.hrefs.append((len(self.buffer), -1, attributes.get("href") or ""))
        elif kind == _INLINE:
            self.marks |= MARKS.get(tag, 0)
            if tag == "button" and "aria-expanded" in attributes:
                self.marks |= OPENS
        else:
            _STARTS[kind](self, tag, attributes)

    def end(self, tag: str) -> None:
        kind = KINDS[tag]
        if self.skipped:
            if kind == _SKIPPED:
                self.skipped -= 1
                self._release(self.out.head.linked_data)
            elif kind in _OPENING:
                self.swallowed -= 1
        elif kind == _BLOCK:
            if self.buffer:
                self.flush()
            self.broken = False
            self._close()
        elif kind == _LINK:
            self.in_link -= self.in_link > 0
            if self.hrefs and self.hrefs[-1][1] < 0:
                self.hrefs[-1] = (self.hrefs[-1][0], len(self.buffer), self.hrefs[-1][2])
        elif kind == _BOLD:
            self.in_bold -= self.in_bold > 0
        elif kind == _CELL:
            self._close()
        elif kind == _TITLE:
            self._release(self.titles)
        elif kind == _PRE:
            self._leave_pre()
        elif kind == _RUBY:
            self.in_ruby -= self.in_ruby > 0
        elif kind == _ROOT and self.buffer:
            self.flush()

    def data(self, text: str) -> None:
        if self.skipped or self.grab is not None:
            if self.grab is not None:
                self.grab.append(text)
        elif self.in_pre:
            self._lines(text)
        elif not text.isspace():
            self._gather(text)
        elif self.buffer:
            self.buffer.append(" ")

    def _gather(self, text: str) -> None:
        self.buffer.append(text)
        if self.in_link:
            self.link_chars += len(text)
        if self.in_bold:
            self.bold_chars += len(text)

    def replay(self, events: Iterable[Event]) -> None:
        """Take events that were noted before, to the page's end."""
        for kind, said, attributes in events:
            if kind == "start":
                self.start(said, attributes)
            elif kind == "end":
                self.end(said)
            elif kind == "data":
                self.data(said)
        self.close()

    def close(self) -> Segments:
        if self.buffer:
            self.flush()
        out = self.out
        while self.here:
            self._close()
        out.lasts[0], out.ends[0] = len(out.pieces), len(out.parents)
        # A program that fills in the title may have left an empty one above it.
        out.head.title = next(filter(None, map(squeeze, self.titles)), "")
        out.head.headings = [piece.text for piece in out.pieces if out.tags[piece.container] == "h1"]
        return out

    def flush(self) -> None:
        """End the block: keep it if a reader would see something in it."""
        text = self._bare(self.buffer)
        if text.strip(" |"):
            self.out.pieces.append(
                Piece(
                    text, self.here, self.link_chars, self.links, self.bold_chars, self.marks, self.images,
                    self.broken, self._linked() if self.hrefs else (),
                )
            )  # fmt: skip
        self._reset()

    def _bare(self, parts: list[str]) -> str:
        """Text as it stands in a block: outside preformatted text all white space is one space."""
        text = "".join(parts)
        if _CONTROLS.search(text):
            text = _CONTROLS.sub("", text)
        if self.in_pre:
            return " ".join(text.expandtabs(4).rstrip().splitlines())
        return " ".join(text.split()).removesuffix(" |")

    def _linked(self) -> tuple[tuple[int, int, str], ...]:
        """Where in the squeezed text the links stand."""
        found = []
        for first, last, href in self.hrefs or ():
            start = len(self._bare([*self.buffer[:first], "x"])) - 1
            end = len(self._bare(self.buffer[: last if last >= 0 else None]))
            if href and start < end:
                found.append((start, end, href))
        return tuple(found)

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        out = self.out
        out.parents.append(self.here)
        out.tags.append(tag)
        out.attributes.append(attributes or _NONE)
        out.firsts.append(len(out.pieces))
        out.lasts.append(0)
        out.ends.append(0)
        self.here = len(out.parents) - 1

    def _close(self) -> None:
        if self.holes and self.holes[-1] == self.here:
            self.holes.pop()
            return
        out = self.out
        out.lasts[self.here], out.ends[self.here] = len(out.pieces), len(out.parents)
        self.here = out.parents[self.here]

    def _break(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        if self.buffer:
            self.flush()
        self.broken = True

    def _pre(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.buffer:
            self.flush()
        self._open(tag, attributes)
        self.in_pre += 1

    def _leave_pre(self) -> None:
        if self.buffer:
            self.flush()
        self.in_pre -= self.in_pre > 0
        self._close()

    def _lines(self, text: str) -> None:
        """Preformatted text: its line breaks end blocks, its spaces stay."""
        first, *lines = text.split("\n")
        self._gather(first)
        for line in lines:
            self.flush()
            self._gather(line)

    def _cell(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.buffer:
            self.buffer.append(" | ")
        self._open(tag, attributes)

    def _skip(self, tag: str, attributes: Mapping[str, str]) -> None:
        spoken = tag in ("rp", "rt", "rtc")
        if spoken and not self.in_ruby:
            return
        self.skipped, self.swallowed, self.drawing = 1, 0, spoken or tag in ("svg", "math")
        if tag == "script" and "ld+json" in (attributes.get("type") or ""):
            self.grab = []

    def _image(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self.images += 1

    def _bold(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self.in_bold += 1

    def _time(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self.marks |= MARKS["time"]
        self.out.head.times.append(attributes or _NONE)

    def _head(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            self.out.head.metas.append(attributes or _NONE)
        elif attributes.get("rel") and attributes.get("href"):
            self.out.head.links.append(attributes)

    def _ruby(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self.in_ruby += 1

    def _title(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self.grab = []

    def _root(self, _tag: str, attributes: Mapping[str, str]) -> None:
        language = attributes.get("lang") or attributes.get("xml:lang") or ""
        self.out.head.language = self.out.head.language or language

    def _release(self, to: list[str]) -> None:
        if self.grab is not None:
            to.append("".join(self.grab))
            self.grab = None


_STARTS: dict[int, Callable[[_Walk, str, Mapping[str, str]], None]] = {
    _BREAK: _Walk._break,
    _CELL: _Walk._cell,
    _SKIPPED: _Walk._skip,
    _IMAGE: _Walk._image,
    _BOLD: _Walk._bold,
    _TIME: _Walk._time,
    _HEAD: _Walk._head,
    _TITLE: _Walk._title,
    _ROOT: _Walk._root,
    _PRE: _Walk._pre,
    _RUBY: _Walk._ruby,
}


def segment(source: bytes, links: bool = False) -> Segments:
    """Segment a page in UTF-8. ``links`` asks for the addresses of links.

    A page of frames shows nothing itself; what it says to browsers without frames is read instead.
    """
    segments = _segment(source, links)
    if not segments.pieces and _NOFRAMES.search(source):
        return _segment(_NOFRAMES.sub(b" ", source), links)
    return segments


def _segment(source: bytes, links: bool) -> Segments:
    walk = _Walk(links)
    recorder = Recorder() if is_streamed(source) else None
    # The stubs ask for a target that takes comments, too, and bytes; lxml asks for neither.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=recorder or walk)  # type: ignore[arg-type]
    try:
        etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError):
        (recorder or walk).close()
    if recorder:
        walk.replay(in_place(recorder.events))
    walk.out.torn = _is_torn(walk.all_links, source)
    walk.out.gave_up = met_limits(parser)
    return walk.out


def met_limits(parser: etree.HTMLParser) -> bool:
    """Whether a parser stopped before the page's end: it gives what it has as if that were the page; its log tells.

    libxml2 stops at a nesting of 2048, from 2.14 on only where it makes a tree.
    """
    return any(error.type_name in ("ERR_RESOURCE_LIMIT", "ERR_NO_MEMORY") for error in parser.error_log)


def _is_torn(links: int, source: bytes) -> bool:
    """Whether so many links stay open; the parser tells of an end for each of them, so that the source is asked."""
    missing = links - source.count(b"</a>")
    return missing >= UNCLOSED and missing - source.count(b"</A>") >= UNCLOSED
