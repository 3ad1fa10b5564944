"""What a site configuration says of a page.

The page is marked: its elements get an attribute that says what the file says of them, and it is then segmented like
any other.
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from lxml import etree

from cleaner.segment import WITHIN_A_LINE, Segments, met_limits
from cleaner.site_config import SiteConfig

ATTRIBUTE = "data-site-config"
"""Marks an element: ``body``, or the number of the expression that strips it."""

_BODY = "body"
_CELLS = frozenset(("td", "th"))


class Marking(NamedTuple):
    """A page with its elements marked."""

    source: bytes
    body: str
    """The expression that found the story, ``""`` for none."""
    failed: bool
    """An expression is no XPath, or the file names a story and none is found."""


def mark_page(source: bytes, config: SiteConfig) -> Marking | None:
    """Mark what a configuration says of a page in UTF-8. A page without any elements comes back as it was.

    ``None`` for a page that is too deep: the parser makes a tree of its upper levels only.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        tree = etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        tree = None
    if met_limits(parser):
        return None
    if tree is None:
        return Marking(source, "", failed=bool(config.body))
    for forged in _found(tree, f"//*[@{ATTRIBUTE}]") or ():
        del forged.attrib[ATTRIBUTE]
    failed = False
    story = ""
    body: list[etree._Element] = []
    stripped: list[etree._Element] = []
    for expression in config.body:
        elements = _found(tree, expression)
        failed |= elements is None
        if elements:
            story, body = expression, elements
            _mark(body, _BODY)
            break
    for number, expression in enumerate(config.strip):
        elements = _found(tree, expression)
        failed |= elements is None
        _mark(elements or [], str(number))
        stripped += elements or []
    # When all has been found: an expression may name a tag that another one makes a block.
    # A cell that is stripped stays part of its table; one that holds the story is none of a table's.
    _as_blocks(body, WITHIN_A_LINE | _CELLS)
    _as_blocks(stripped, WITHIN_A_LINE)
    marked: bytes = etree.tostring(tree, encoding="utf-8", method="html")
    return Marking(marked, story, failed or bool(config.body and not story))


def _found(tree: etree._Element, expression: str) -> list[etree._Element] | None:
    """The elements that an expression finds; ``None`` if it is no XPath."""
    try:
        found = tree.xpath(expression)
    except etree.XPathError:
        return None
    if not isinstance(found, list):
        return []
    # Comments and processing instructions have no attributes; texts and attributes are no elements.
    return [each for each in found if isinstance(each, etree._Element) and isinstance(each.tag, str)]


def _mark(elements: list[etree._Element], mark: str) -> None:
    for element in elements:
        element.set(ATTRIBUTE, mark)


def _as_blocks(elements: list[etree._Element], tags: Set[str]) -> None:
    """Make blocks of the elements with these tags, which would be part of the line, or the row, that they stand in."""
    for element in elements:
        if element.tag in tags:
            element.tag = "div"


class Told(NamedTuple):
    """What a configuration says of a page's blocks, a value a block."""

    main: list[bool | None]
    """It is the story or it is not; ``None`` where the file does not say."""
    why: list[str]
    """For people, where it is not."""


def told_of(segments: Segments, config: SiteConfig, body: str) -> Told:
    """What the marks of a page that was segmented again say of its blocks."""
    inside = [False] * len(segments.parents)
    stripped = [""] * len(segments.parents)
    for number, (parent, given) in enumerate(zip(segments.parents, segments.attributes, strict=True)):
        mark = given.get(ATTRIBUTE) or ""
        inside[number] = mark == _BODY or inside[parent]
        stripped[number] = mark if mark not in ("", _BODY) else stripped[parent]
    main: list[bool | None] = []
    why: list[str] = []
    for piece in segments.pieces:
        strip = stripped[piece.container]
        if strip:
            main.append(False)
            why.append(f"{config.file} strips it: {config.strip[int(strip)]}")
        else:
            main.append(inside[piece.container] if body else None)
            outside = bool(body) and not inside[piece.container]
            why.append(f"outside the body that {config.file} names: {body}" if outside else "")
    return Told(main, why)
