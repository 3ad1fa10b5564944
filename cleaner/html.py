"""A page → its blocks, in one pass over the tree and without recursion, and what the page says about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from cleaner.encoding import decode_html
from cleaner.extract import mark_main
from cleaner.fields import parse_date
from cleaner.model import Block, Document, Page
from cleaner.options import Options
from cleaner.text import squeeze

# Nothing in these is text for readers.
SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "applet",
        "head",
        "select",
        "option",
        "datalist",
        "textarea",
        "input",
        "canvas",
        "audio",
        "video",
        "map",
        "noframes",
    ]
)
# In noscript stands what readers without JavaScript see: pictures and notices that the page itself replaces.
SKIPPED |= {"noscript"}
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
        "picture",
        "source",
        "button",
    ]
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_END_TAGS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNREAD = re.compile(r"<(script|style)\b[^>]{0,2000}>.{0,200000}?</\1\s*>", re.IGNORECASE | re.DOTALL)

# How long a path a block carries, in elements: the nearest ancestors tell what it is part of.
PATH_DEPTH = 12


def html_document(page: Page, options: Options, meta: Mapping[str, str]) -> Document:
    """Segment a page into blocks and let the extractor say which are main content.

    A page that the parser gives up on is stripped of its tags instead and flagged ``degraded``.
    """
    source = decode_html(page.raw)[0] if isinstance(page.raw, bytes) else page.raw
    # libxml2 drops what stands after </html>; pages close themselves early by mistake, and the story goes on.
    source = _END_TAGS.sub("", _CONTROLS.sub("", source))
    root, gave_up = parse(source)
    if gave_up:
        pieces = [_Piece(line, "", "", 0, -1) for line in _strip_tags(source)]
        return _lay_out(pieces, [True] * len(pieces), dict(meta) | {"flags": "degraded"})
    pieces = list(_segment(root)) if root is not None else []
    said = dict(meta) | (page_meta(root) if root is not None else {})
    texts = [piece.text for piece in pieces]
    densities = [piece.link_chars / len(piece.text) for piece in pieces]
    main = mark_main(root, texts, densities, [p.mark for p in pieces], options.extractor, said.get("language"))
    return _lay_out(pieces, main, said)


def parse(source: str) -> tuple[Any, bool]:
    """The tree of a page (``None`` for a page without any), and whether the parser gave up before its end."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    # libxml2 stops at a nesting of 2048 and returns what it has as if that were the page; only its log tells.
    return root, any(error.type_name in ("ERR_RESOURCE_LIMIT", "ERR_NO_MEMORY") for error in parser.error_log)


class _Piece:
    """A block before it is laid out: text, innermost block tag, path, link characters, the owner's mark."""

    __slots__ = ("link_chars", "mark", "path", "tag", "text")

    def __init__(self, text: str, tag: str, path: str, link_chars: int, mark: int) -> None:
        self.text, self.tag, self.path, self.link_chars, self.mark = text, tag, path, link_chars, mark


class _Walk:
    """The state of one walk: the text gathered since the last break, and where we are."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.linked: list[str] = []
        self.steps: list[str] = []
        self.owners: list[Any] = []
        self.links = 0

    def add(self, text: str | None) -> None:
        if text:
            self.text.append(text)
            if self.links:
                self.linked.append(text)

    def flush(self) -> Iterator[_Piece]:
        text = squeeze("".join(self.text))
        if text.strip(" |"):
            owner = self.owners[-1] if self.owners else None
            mark = -1
            if owner is not None:
                mark = int(owner.get("data-cleaner") or -1)
                if mark < 0:
                    self.marks = getattr(self, "marks", -1) + 1
                    mark = self.marks
                    owner.set("data-cleaner", str(mark))
            tag = owner.tag if owner is not None else ""
            linked = min(len(squeeze("".join(self.linked))), len(text))
            yield _Piece(text, tag, "/".join(self.steps[-PATH_DEPTH:]), linked, mark)
        self.text.clear()
        self.linked.clear()


def _segment(root: Any) -> Iterator[_Piece]:
    walk = _Walk()
    skipped = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                walk.add(element.tail)
            continue
        if event == "start":
            if not isinstance(tag, str) or tag in SKIPPED or _hidden(element):
                skipped = element
                continue
            yield from _enter(walk, element, tag)
        else:
            yield from _leave(walk, element, tag)
    yield from walk.flush()


def _enter(walk: _Walk, element: Any, tag: str) -> Iterator[_Piece]:
    if tag == "a":
        walk.links += 1
    elif tag in ("td", "th"):
        if any(part.strip() for part in walk.text):
            walk.add(" | ")
    elif tag == "br" or tag not in INLINE:
        yield from walk.flush()
    if tag not in INLINE and tag not in ("br", "td", "th"):
        walk.steps.append(_step(element, tag))
        walk.owners.append(element)
    walk.add(element.text)


def _leave(walk: _Walk, element: Any, tag: str) -> Iterator[_Piece]:
    if tag == "a":
        walk.links = max(0, walk.links - 1)
    elif tag not in INLINE and tag not in ("br", "td", "th"):
        yield from walk.flush()
        walk.steps.pop()
        walk.owners.pop()
    walk.add(element.tail)


def _step(element: Any, tag: str) -> str:
    names = " ".join(filter(None, (element.get("id"), element.get("class"), element.get("role"))))
    return f"{tag}[{names[:120]}]" if names else tag


def _hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return element.tag not in ("body", "html", "main", "article")
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style)) and element.tag not in ("body", "html", "main", "article")


def _strip_tags(source: str) -> list[str]:
    lines = _TAG.sub("\n", _UNREAD.sub("\n", source)).splitlines()
    return [line for line in map(squeeze, lines) if line]


def _lay_out(pieces: list[_Piece], main: list[bool], meta: dict[str, str]) -> Document:
    blocks: list[Block] = []
    at = 0
    for piece, is_main in zip(pieces, main, strict=True):
        blocks.append(Block(len(blocks), piece.text, at, piece.tag, piece.path, piece.link_chars, is_main))
        at += len(piece.text) + 1
    text = "\n".join(block.text for block in blocks)
    return Document(text, tuple(blocks), "html", meta.pop("language", None) or None, meta)


def page_meta(root: Any) -> dict[str, str]:
    """What the page says about itself in its head: title, byline, published, site, url, language, flags."""
    named = {
        (element.get("property") or element.get("name") or element.get("itemprop") or "").lower(): element.get(
            "content"
        )
        for element in root.iter("meta")
    }
    linked = _linked_data(root)
    heading = next((squeeze("".join(h.itertext())) for h in root.iter("h1")), "")
    title = next((squeeze(t.text or "") for t in root.iter("title")), "")
    said = {
        "title": linked.get("headline") or named.get("og:title") or heading or title,
        "byline": linked.get("author") or named.get("author") or "",
        "published": _date(
            linked.get("datePublished") or named.get("article:published_time") or named.get("date") or ""
        ),
        "site": named.get("og:site_name") or "",
        "language": (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
        .split("-")[0]
        .lower(),
        "flags": "truncated" if linked.get("isAccessibleForFree", "").lower() == "false" else "",
    }
    said["language"] = said["language"] if re.fullmatch("[a-z]{2,3}", said["language"]) else ""
    said["title"] = _own_title(squeeze(said["title"]), heading)
    if said["byline"].startswith(("http:", "https:")):
        said["byline"] = ""
    return {key: squeeze(value) for key, value in said.items() if value}


def _own_title(title: str, heading: str) -> str:
    """The page's title without the site's name, where the heading shows what the name is."""
    return heading if heading and len(heading) >= 15 and heading in title else title


def _date(text: str) -> str:
    match = re.match(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?", text.strip())
    if match:
        return match.group().replace(" ", "T")
    return (parse_date(text.strip()[:60], None) or "") if text.strip() else ""


def _linked_data(root: Any) -> dict[str, str]:
    """Headline, author, date and access of the first news article in the page's JSON-LD."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > 1_000_000:
            continue
        try:
            nodes = list(_nodes(json.loads(script.text, strict=False)))
        except (ValueError, RecursionError):
            continue
        for node in nodes:
            kinds = node.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind.endswith(("Article", "BlogPosting", "Report")) for kind in kinds):
                return {
                    "headline": _string(node.get("headline")),
                    "author": _names(node.get("author")),
                    "datePublished": _string(node.get("datePublished")),
                    "isAccessibleForFree": str(node.get("isAccessibleForFree", "")),
                }
    return {}


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    queue = [data]
    while queue:
        node = queue.pop(0)
        if isinstance(node, list):
            queue = node + queue
        elif isinstance(node, dict):
            yield node
            if isinstance(node.get("@graph"), list):
                queue += node["@graph"]


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _names(value: Any) -> str:
    people = value if isinstance(value, list) else [value]
    names = [p.get("name") if isinstance(p, dict) else p for p in people]
    return ", ".join(name for name in names if isinstance(name, str))
