"""Pages that arrive in parts, put together as the browser puts them together.

React sends a page before all of it is ready. Where something is missing it leaves ``<template id="B:0">`` and, between
the comments ``$?`` and ``/$``, what to show meanwhile. The part follows further down as ``<div hidden id="S:0">``, and
a script moves it to its place. ``<template id="P:0">`` is such a place inside a part. Next.js and Remix print pages so,
and on some of them the article is nothing but such parts.

The names are those of React's own server, ``react-dom/server``, from version 18 on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_PLACE = re.compile(r"[BP]:[0-9a-f]+")
_PART = re.compile(r"S:[0-9a-f]+")
# The script that moves a part. Of newer versions the part has the number of its place.
_MOVE = re.compile(r'"(B:[0-9a-f]+)","(S:[0-9a-f]+)"')


class Event(NamedTuple):
    """What a parser tells of a page."""

    kind: str
    """``start``, ``end``, ``data`` or ``comment``."""
    said: str
    """The tag, the text or the comment."""
    attributes: Mapping[str, str]


class Recorder:
    """A target for lxml's parser that notes all events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.events.append(Event("start", tag, attributes))

    def end(self, tag: str) -> None:
        """An element ends."""
        self.events.append(Event("end", tag, {}))

    def data(self, text: str) -> None:
        """Text."""
        self.events.append(Event("data", text, {}))

    def comment(self, text: str) -> None:
        """A comment."""
        self.events.append(Event("comment", text, {}))

    def close(self) -> list[Event]:
        """The page ends."""
        return self.events


def is_streamed(source: bytes) -> bool:
    """True for a page with places and parts."""
    return b'<template id="B:' in source and b' id="S:' in source


def in_place(events: list[Event]) -> list[Event]:
    """The events of the whole page with every part in its place, instead of what was shown meanwhile.

    A part without a place and a place without a part stay as they are.
    """
    ends = _ends(events)
    places = _places(events, ends)
    left_out = {part: ends[part] + 1 for part in places.values()}
    found: list[Event] = []
    todo = [(0, len(events))]
    while todo:
        at, last = todo.pop()
        while at < last and at not in places:
            if at in left_out:
                at = left_out[at]
            else:
                found.append(events[at])
                at += 1
        if at < last:
            part = places.pop(at)
            meanwhile = ends.get(at - 1) if events[at - 1].kind == "comment" else None
            todo += [(meanwhile or ends[at] + 1, last), (part + 1, ends[part])]
    return events if places else found  # what is left stands in a circle of parts, and so would its text be lost


def _ends(events: list[Event]) -> dict[int, int]:
    """For the start of every element the number of its end, of the page's end if it has none.

    Comments of React's that open and close in one element are told, too.
    """
    ends: dict[int, int] = {}
    opened: list[int] = []
    for number, event in enumerate(events):
        if event.kind == "start" or (event.kind == "comment" and event.said.startswith("$")):
            opened.append(number)
        elif event.kind == "end":
            while opened and events[opened[-1]].kind == "comment":
                opened.pop()
            if opened:
                ends[opened.pop()] = number
        elif event.said == "/$" and event.kind == "comment" and opened and events[opened[-1]].kind == "comment":
            ends[opened.pop()] = number
    return ends | {number: len(events) for number in opened if events[number].kind == "start"}


def _places(events: list[Event], ends: dict[int, int]) -> dict[int, int]:
    """For the start of every place, which is empty, the start of the part that belongs there."""
    parts = _named(events, _PART)
    scripts = (event.said for event in events if event.kind == "data" and '"B:' in event.said)
    moved = dict(move for script in scripts for move in _MOVE.findall(script))
    found: dict[int, int] = {}
    for name, place in _named(events, _PLACE).items():
        part = parts.get(moved.get(name, f"S:{name[2:]}"))
        if part is not None and ends[place] == place + 1:
            found.setdefault(part, place)
    return {place: part for part, place in found.items()}


def _named(events: list[Event], pattern: re.Pattern[str]) -> dict[str, int]:
    """The starts of elements whose whole id the pattern matches, by id, the first of each."""
    named: dict[str, int] = {}
    for number, event in enumerate(events):
        name = event.attributes.get("id") if event.kind == "start" else None
        if name and pattern.fullmatch(name):
            named.setdefault(name, number)
    return named
