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

_PLACE = re.compile(r"[BP]:([0-9a-f]+)")
_PART = re.compile(r"S:([0-9a-f]+)")


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
    parts = _named(events, _PART)
    places = {start: parts[name] for name, start in _named(events, _PLACE, "template").items() if name in parts}
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
            todo += [(_after(events, at, ends[at]), last), (part + 1, ends[part])]
    return events if places else found  # what is left stands in a circle of parts, and so would its text be lost


def _ends(events: list[Event]) -> dict[int, int]:
    """For the start of every element the number of its end, of the page's end if it has none."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for number, event in enumerate(events):
        if event.kind == "start":
            opened.append(number)
        elif event.kind == "end" and opened:
            ends[opened.pop()] = number
    return ends | dict.fromkeys(opened, len(events))


def _named(events: list[Event], pattern: re.Pattern[str], tag: str = "") -> dict[str, int]:
    """The starts of elements whose id the pattern matches, by what it captures, the first of each."""
    named: dict[str, int] = {}
    for number, event in enumerate(events):
        if event.kind == "start" and tag in ("", event.said):
            match = pattern.fullmatch(event.attributes.get("id") or "")
            if match:
                named.setdefault(match[1], number)
    return named


def _after(events: list[Event], place: int, end: int) -> int:
    """The event after a place and after what is shown there meanwhile, if the comments around it are there."""
    if place == 0 or events[place - 1].kind != "comment" or not events[place - 1].said.startswith("$"):
        return end + 1
    depth = 1
    for number in range(end + 1, len(events)):
        event = events[number]
        if event.kind == "comment":
            depth += 1 if event.said.startswith("$") else -1 if event.said == "/$" else 0
            if depth == 0:
                return number
    return end + 1
