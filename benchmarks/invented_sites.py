"""Invented news sites with templates of their own, and stories that share much with each other.

Each page is a list of lines, and each line says what it is:

- ``template``: what the site prints on all its pages, on those of a section, or in a story's middle, for years;
- ``passing``: what it prints for a few days: a campaign, teasers of other stories, the day's first story with its lead;
- ``news``: the story, and with it what many stories share and what is no template: wire copy under several addresses,
  live stories in many versions, standing crossheads, a column's refrain, paragraphs of background, quotes, corrections,
  results of matches, a weather report that has the same headline every day;
- ``field``: headline, byline and date.

The words of each language are in ``sites/``. Everything follows from the seed.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

WORDS = Path(__file__).parent / "sites"
SIZES = (20, 25, 32, 45, 60, 80, 110, 150, 220, 320, 480, 700, 1100, 2000)
PER_LANGUAGE = 3
FIRST_DAY = date(2024, 1, 1)
YEAR = 400
WEEK = 6
NAMES = ("Courier", "Tidings", "Lantern", "Gazette", "Beacon", "Mirror", "Post", "Herald")


class Line(NamedTuple):
    """One line of a page, or one block."""

    text: str
    kind: str
    """``template``, ``passing``, ``news`` or ``field``."""
    part: str = "p"
    """The element that it is in HTML, with its class."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site."""

    site: str
    language: str
    address: str
    day: date | None
    lines: tuple[Line, ...]
    html: bool = False

    @property
    def text(self) -> str:
        """What an extractor prints of it, or its HTML."""
        return as_html(self) if self.html else "\n".join(line.text for line in self.lines)

    def record(self) -> dict[str, Any]:
        """A record of JSON lines."""
        day = {} if self.day is None else {"date": self.day.isoformat()}
        return {"url": self.address, **day, "html" if self.html else "text": self.text}


class _Story(NamedTuple):
    title: str
    author: str
    body: list[Line]


@dataclass(slots=True)
class _Site:
    """One site: what it repeats, and how its pages look."""

    name: str
    domain: str
    words: dict[str, Any]
    rng: random.Random
    pages: int
    days: int
    """How many days its pages are from; 0 for pages that do not say."""
    whole: bool
    """Whether menus and all are in the text, or only what extractors leave."""
    html: bool
    language: str
    tells: dict[int, _Story] = field(default_factory=dict)

    def title(self) -> str:
        """A headline of two parts: with one, two stories of a large site would often have the same."""
        one, two = self.rng.sample(self.words["titles"], 2)
        return f"{self.fill(one)} – {self.fill(two)}"

    def fill(self, pattern: str, **more: Any) -> str:
        """A pattern with its slots filled."""
        rng, words = self.rng, self.words
        slots = {"who": rng.choice(words["people"]), "where": rng.choice(words["places"]), "n": rng.randint(2, 98)}
        return str(pattern.format(**(slots | {"site": self.name} | more)))


def invented_pages(seed: int = 1) -> Iterator[Page]:
    """All pages of all sites, site by site."""
    rng = random.Random(seed)
    for path in sorted(WORDS.glob("*.toml")):
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        wire = _wire(words, random.Random(f"{seed} {path.stem}"))
        for number in range(PER_LANGUAGE):
            site = _site(path.stem, number, words, rng, seed)
            yield from _pages(site, wire)


def _site(language: str, number: int, words: dict[str, Any], rng: random.Random, seed: int) -> _Site:
    name = f"{words['places'][number]} {NAMES[rng.randrange(len(NAMES))]}"
    ending = rng.choice(("example.com", "example.org", "co.uk", "com.au", "news"))
    domain = f"www.{language}{number}-{name.rsplit(maxsplit=1)[-1].lower()}.{ending}".replace("example.", "")
    turn = "deenesfritnlplptrusvswtrvizhjaar".find(language) // 2 * PER_LANGUAGE + number
    days = (YEAR, YEAR, WEEK, 0, YEAR, 1, YEAR)[turn % 7]
    whole, html = turn % 2 == 0, turn % 3 == 0
    own = random.Random(f"{seed} {language} {number}")
    size = SIZES[turn % len(SIZES)]
    return _Site(name, domain, words, own, size, days, whole or html, html, language)


def _wire(words: dict[str, Any], rng: random.Random) -> list[tuple[int, list[str]]]:
    """Stories that several sites of a language print on the same day."""
    desk = _Site("", "", words, rng, 0, YEAR, False, False, "")
    return [(rng.randrange(YEAR), [desk.title(), *_paragraphs(desk)]) for _ in range(40)]


def _paragraphs(site: _Site) -> list[str]:
    rng = site.rng
    return [
        " ".join(site.fill(each) for each in rng.sample(site.words["sentences"], rng.randint(2, 3)))
        for _ in range(rng.randint(3, 8))
    ]


def _pages(site: _Site, wire: list[tuple[int, list[str]]]) -> Iterator[Page]:
    rng = site.rng
    fixed = _Fixed(site)
    told: list[tuple[int, _Story]] = []
    while len(told) < site.pages:
        day = rng.randrange(max(1, site.days))
        told += [(day, story) for story in _stories(site, day, wire)]
    del told[site.pages :]
    told.sort(key=lambda pair: pair[0])
    first = dict(reversed(told))
    for number, (day, story) in enumerate(told):
        beside = [other for _, other in told[max(0, number - 9) : number + 9] if other.title != story.title]
        lines = fixed.page(number, day, story, beside, first[day])
        when = FIRST_DAY + timedelta(days=day) if site.days else None
        yield Page(
            site.domain.removeprefix("www."), site.language, f"https://{site.domain}/{number:05}", when, tuple(lines),
            site.html,
        )  # fmt: skip


def _stories(site: _Site, day: int, wire: list[tuple[int, list[str]]]) -> Iterator[_Story]:
    """One story, or several pages of the same one."""
    rng, words = site.rng, site.words
    luck = rng.random()
    author = rng.choice(words["people"][:4])
    if luck < 0.02:
        yield from _live(site, author)
    elif luck < 0.08:
        near = [told for when, told in wire if not site.days or abs(when - day) <= site.days // 20]
        if near:
            title, *body = rng.choice(near)
            for _ in range(rng.choice((1, 1, 2, 4))):  # under so many addresses
                yield _Story(title, author, [Line(text, "news") for text in body])
    elif luck < 0.13:
        yield _Story(words["weather"], author, [Line(text, "news") for text in _paragraphs(site)])
    else:
        yield _Story(site.title(), author, _body(site))


def _live(site: _Site, author: str) -> Iterator[_Story]:
    """A story that grows, a page for every version."""
    title = site.title()
    body = _paragraphs(site)
    for _ in range(site.rng.randint(5, 16)):
        body = [*_paragraphs(site)[:1], *body]
        yield _Story(title, author, [Line(text, "news") for text in body])


def _body(site: _Site) -> list[Line]:
    """A story of its own, with what stories of this site share."""
    rng, words = site.rng, site.words
    texts = _paragraphs(site)
    if rng.random() < 0.6:
        texts.insert(rng.randint(1, len(texts) - 1), rng.choice(words["heads"]))
    if rng.random() < 0.05:
        texts.insert(rng.randint(1, len(texts) - 1), words["quote"])
    luck = rng.random()
    if luck < 0.3:
        texts.append(words["background"])
    elif luck < 0.38:
        texts.append(words["refrain"])
    elif luck < 0.42:
        texts.append(words["correction"])
    lines = [Line(text, "news", "h2" if text in words["heads"] else "p") for text in texts]
    if luck > 0.9:
        lines.append(Line(words["table"], "news", "h2"))
        lines += [Line(_match(site), "news", "p") for _ in range(rng.randint(5, 9))]
    return lines


def _match(site: _Site) -> str:
    one, two = site.rng.sample(site.words["places"], 2)
    return f"{one} {site.rng.randint(0, 5)}:{site.rng.randint(0, 5)} {two}"


class _Fixed:
    """What a site prints on its pages, and where."""

    def __init__(self, site: _Site) -> None:
        rng, words = site.rng, site.words
        self.site = site
        self.menu = rng.sample(words["sections"], rng.randint(4, 8))
        self.slogan = site.fill(words["slogan"])
        self.promos = [site.fill(each) for each in words["promos"]]
        self.notes = {who: site.fill(words["note"], who=who) for who in words["people"]}
        self.appeal = site.fill(words["appeal"])
        self.feet = [[site.fill(each) for each in words["foot"]] for _ in range(2)]
        self.campaign = site.fill(words["campaign"])
        self.datelines = rng.random() < 0.3
        self.headlines = site.html or rng.random() < 0.7

    def page(self, number: int, day: int, story: _Story, beside: list[_Story], first: _Story) -> list[Line]:
        """One page, line by line."""
        site, rng = self.site, self.site.rng
        lines = self._top(day) if site.whole else []
        if self.headlines:
            lines.append(Line(story.title, "field", "h1"))
        lines += self._under_headline(day, story)
        lines += self._told(number, story)
        lines += self._after(story, beside, first)
        if not site.whole and rng.random() < 0.7:
            lines.append(Line(self.slogan, "template", "div.k7"))
        return [*lines, *self._foot(day)] if site.whole else lines

    def _top(self, day: int) -> list[Line]:
        lines = [Line(self.slogan, "template", "header")]
        lines += [Line(each, "template", "nav") for each in self.menu]
        if day % 60 in (10, 11, 12):
            lines.append(Line(self.campaign, "passing", "div.k1"))
        return lines

    def _under_headline(self, day: int, story: _Story) -> list[Line]:
        site, lines = self.site, []
        lines.append(Line(story.author, "field", "p.byline"))
        if site.days:
            lines.append(Line((FIRST_DAY + timedelta(days=day)).strftime("%d.%m.%Y"), "field", "p.date"))
        if self.datelines:
            lines.append(Line(site.rng.choice(site.words["places"][:4]).upper(), "news"))
        return lines

    def _told(self, number: int, story: _Story) -> list[Line]:
        """The story with what is printed into its middle."""
        site, lines = self.site, list(story.body)
        middle = max(1, min(len(lines), 3) - 1)
        if site.rng.random() < 0.8:
            lines.insert(middle, Line(site.words["label"], "template", "div.ad"))
        if site.rng.random() < 0.5:
            lines.insert(middle + 1, Line(self.promos[number % 2], "template", "div.k2"))
        return lines

    def _after(self, story: _Story, beside: list[_Story], first: _Story) -> list[Line]:
        site, rng, lines = self.site, self.site.rng, []
        lines.append(Line(self.notes[story.author], "template", "div.k3"))
        if rng.random() < 0.85:
            lines.append(Line(self.appeal, "template", "div.k4"))
        if hash_of(story.title) % 4 == 0:  # pages of a section
            lines += [Line(each, "template", "div.k5") for each in site.words["boxes"]]
        if site.whole and beside:
            lines.append(Line(site.words["more"], "template", "h3.k6"))
            lines += [Line(each.title, "passing", "li.k6") for each in rng.sample(beside, min(4, len(beside)))]
            if first.title != story.title:
                lines += [Line(first.title, "passing", "h3.k8"), Line(first.body[0].text, "passing", "p.k8")]
        return lines

    def _foot(self, day: int) -> list[Line]:
        redesigned = self.site.days > WEEK and day > YEAR * 0.6
        return [Line(each, "template", "footer") for each in self.feet[redesigned]]


def hash_of(text: str) -> int:
    """The same for every run, unlike Python's."""
    return sum((place + 1) * ord(char) for place, char in enumerate(text))


def as_html(page: Page) -> str:
    """The page as HTML: the story in an article, everything else around it."""
    title = next((line.text for line in page.lines if line.part == "h1"), "")
    parts = [f'<!DOCTYPE html><html lang="{page.language}"><head><title>{escape(title)}</title></head><body>']
    for line in page.lines:
        tag, _, name = line.part.partition(".")
        given = f' class="{name}"' if name else ""
        inner = escape(line.text)
        if tag in ("nav", "li") or (tag == "h3" and line.kind == "passing"):
            inner = f'<a href="/x">{inner}</a>'
        parts.append(f"<{tag}{given}>{inner}</{tag}>")
    return "".join([*parts, "</body></html>"])
