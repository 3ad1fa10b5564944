"""The values that travel through the pipeline. All frozen; knows nothing of rules, detectors or files.

Offsets are half-open, count code points, and always refer to ``Document.text``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from cleaner.errors import AuditError
from cleaner.text import Reading, read_block


class Category(StrEnum):
    """What a span *is*, in the newsroom's own words (``docs/glossary.md``)."""

    HEADLINE = "headline"
    BYLINE = "byline"
    TIMESTAMP = "timestamp"
    STANDFIRST = "standfirst"
    DATELINE = "dateline"
    CROSSHEAD = "crosshead"
    CORRECTION = "correction"
    TABLE = "table"
    LIST = "list"
    AUTHOR_BIO = "author-bio"
    PHOTO_CREDIT = "photo-credit"
    CAPTION = "caption"
    MEDIA_PLAYER = "media-player"
    PAYWALL = "paywall"
    DONATION = "donation"
    NEWSLETTER = "newsletter"
    REGISTRATION = "registration"
    APP_PROMO = "app-promo"
    COOKIE_CONSENT = "cookie-consent"
    ADVERTISEMENT = "advertisement"
    AFFILIATE_DISCLOSURE = "affiliate-disclosure"
    COMMENTS = "comments"
    SHARE = "share"
    RELATED = "related"
    NAVIGATION = "navigation"
    TAGS = "tags"
    ATTRIBUTION = "attribution"
    COPYRIGHT = "copyright"
    UI = "ui"
    TECHNICAL = "technical"
    EMBED = "embed"
    OTHER = "other"


FIELD_CATEGORIES = frozenset({Category.HEADLINE, Category.BYLINE, Category.TIMESTAMP})
"""Categories that leave the text and fill a field of the result."""

ARTICLE_CATEGORIES = frozenset(
    {
        Category.STANDFIRST,
        Category.DATELINE,
        Category.CROSSHEAD,
        Category.CORRECTION,
        Category.TABLE,
        Category.LIST,
    }
)
"""Categories that are part of the article: kept unless an option says otherwise."""


class Strength(StrEnum):
    """How far one finding may be trusted on its own."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return _RANKS[self]


_RANKS = {Strength.STRONG: 0, Strength.MEDIUM: 1, Strength.WEAK: 2}


@dataclass(frozen=True, slots=True)
class Page:
    """One raw input, as it came.

    ``raw`` is the page's bytes or its text; ``kind`` is ``"html"`` or ``"text"``; ``encoding`` names how bytes were
    (or would be) decoded, ``None`` for a ``str`` input.
    """

    raw: str | bytes
    kind: str
    url: str | None = None
    id: str | None = None
    encoding: str | None = None
    site: str | None = None
    """The site that it belongs to, where the user says; else its address tells."""


class Block(NamedTuple):
    """One unit of layout: a line of a text document, the text between two block-level tags of a page."""

    number: int
    text: str
    start: int
    tag: str = ""
    """Innermost block-level tag, ``""`` in text mode."""
    path: str = ""
    """Tags, classes and ids from the root, ``""`` in text mode."""
    link_chars: int = 0
    """Code points of ``text`` that stand inside links."""
    main: bool | None = None
    """What the extractor says: part of the main content or not; ``None`` where nobody was asked."""
    story: float | None = None
    """The scorer's probability, 0 to 1, that the block is part of the story; ``None`` where it was not asked."""
    likely: Category | None = None
    """What the block is if it is not, by the scorer."""
    links: tuple[tuple[int, int, str], ...] = ()
    """Start and end in ``text``, and address, of its links, where they were asked for (``Options.links``)."""
    against: str = ""
    """What spoke most against its being story, by the scorer; told of the first block of a run."""
    config: str = ""
    """What the site's configuration says against it, for people; ``""`` where it says nothing."""
    item: int = 0
    """A number for the list item around it, the innermost; 0 where there is none or nobody asked."""

    @property
    def end(self) -> int:
        """Offset just after the block's last code point (its line break is outside)."""
        return self.start + len(self.text)

    @property
    def link_density(self) -> float:
        """Share of the block's code points that stand inside links, 0 to 1."""
        return self.link_chars / len(self.text) if self.text else 0.0


@dataclass(frozen=True, slots=True)
class Notes:
    """What depends on a block's text alone, by that text, so that it is worked out once. Filled as it is asked for."""

    readings: dict[str, Reading] = field(default_factory=dict)
    matches: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """What the wording rules match in it (:class:`cleaner.rules.match.Match`)."""
    orders: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """What the user's rules match in it."""
    lines: list[Any] = field(default_factory=list)
    """What the line scorer has read of all of them (:class:`cleaner.text_features.LineTexts`), once it was asked."""


class TemplateLine(NamedTuple):
    """What is known of a line that a site repeats on many of its pages."""

    category: Category
    evidence: str
    """On how many pages, of which site, last seen when."""
    bare: str | None = None
    """The line as it stands there, folded, without its edges; ``None`` where its numbers change from page to page."""
    above: bool = True
    """It was seen above the story's paragraphs, …"""
    among: bool = True
    """… among them …"""
    below: bool = True
    """… and below them."""


# So many letters of a word stand for all its forms: "cookie" is found in "cookies", not in "cook".
STEM = 6

# Notices that a strong rule claims are rarely longer, in words; longer paragraphs merely hold its words.
NOTICE_WORDS = 50


@dataclass(frozen=True)
class Document:
    """A page as text, with its blocks in order."""

    text: str
    blocks: tuple[Block, ...]
    kind: str = "text"
    language: str | None = None
    """ISO 639-1 code, ``None`` where nobody knows."""
    meta: Mapping[str, str] = field(default_factory=dict)
    """What the page says about itself: ``title``, ``byline``, ``published``, ``url``, ``site``, …"""

    again: bool = False
    """True for what a first cleaning left of a document: what was never there is not looked for in it."""
    headed: bool = False
    """It is what is left of a page whose headline has been taken out."""
    notes: Notes = field(default_factory=Notes, compare=False, repr=False)
    """What is known of the blocks already: cleaning reads a document more than once."""
    template: Mapping[str, TemplateLine] = field(default_factory=dict, compare=False, repr=False)
    """What its site is known to repeat, by label (:func:`cleaner.text.label_of`); empty where nobody knows."""

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Every block read (:func:`cleaner.text.read_block`)."""
        return tuple([self.read(block) for block in self.blocks])

    def read(self, block: Block) -> Reading:
        """One block read."""
        notes = self.notes.readings
        if block.text not in notes:
            notes[block.text] = read_block(block.text)
        return notes[block.text]

    @cached_property
    def _stories(self) -> frozenset[str]:
        """The paragraphs of running text, each once; short ones that a strong rule claims are notices, not story."""
        return frozenset(
            block.text
            for block, reading in zip(self.blocks, self.readings, strict=True)
            if reading.prose and (reading.word_count > NOTICE_WORDS or not self._claimed(block.text))
        )

    def _claimed(self, text: str) -> bool:
        return any(match.rule.strength is Strength.STRONG for match in self.notes.matches.get(text, ()))

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        """The stems of the words of each of these paragraphs, by its text."""
        return {text: frozenset(word[:STEM] for word in self.notes.readings[text].words) for text in self._stories}

    @cached_property
    def _stories_by_stem(self) -> Counter[str]:
        """Stem → in how many of these paragraphs a word begins with it."""
        counts: Counter[str] = Counter()
        for stems in self._stems.values():
            counts.update(stems)
        return counts

    def paragraphs_with(self, word: str, but: int = -1) -> int:
        """In how many paragraphs of the story a folded word stands, in any form of it; block ``but`` left out.

        Notices are no story, and the copies of a paragraph are one.

        >>> paragraph = "They read the newsletters of their town for years and wrote about them at length."
        >>> block = Block(0, paragraph, 0)
        >>> Document(paragraph, (block,)).paragraphs_with("newsletter")
        1
        """
        stem = word[:STEM]
        count = self._stories_by_stem[stem]
        own = count > 0 and but >= 0 and stem in self._stems.get(self.blocks[but].text, ())
        return count - own

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The blocks' start offsets, for bisection."""
        return tuple(block.start for block in self.blocks)

    def block_at(self, offset: int) -> Block:
        """The block in which an offset lies; the one before it for an offset between two."""
        return self.blocks[max(0, bisect_right(self.starts, offset) - 1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """A detector's claim about a span. Never edited afterwards; ``decide`` answers it."""

    category: Category
    rule: str
    strength: Strength
    start: int
    end: int
    evidence: str
    """The words or the fact that the claim rests on."""
    file: str = ""
    """The file of the user's rule that makes it, ``""`` for every other claim. Such a claim is an order: it acts."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One span taken out of the text, with everything that spoke for it."""

    start: int
    end: int
    text: str
    category: Category
    rule: str
    reason: str
    score: float
    """How sure we are, 0 to 1: a strong rule 1.0, a medium one with a second voice 0.8, a weak one 0.6."""
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What JSON tells of it, wherever it is printed."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "category": self.category.value,
            "rule": self.rule,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Spared:
    """A claim that was heard and refused, and why."""

    finding: Finding
    because: str


@dataclass(frozen=True, slots=True)
class Image:
    """The lead image of a page."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What ``clean`` gives back: the cleaned body, the fields, and the whole record of what was taken out."""

    document: Document
    text: str
    """The cleaned body: ``document.text`` without the removed spans, nothing else rewritten."""
    removals: tuple[Removal, ...] = ()
    spared: tuple[Spared, ...] = ()
    flags: frozenset[str] = frozenset()
    """``truncated``, ``over-budget``, ``no-article``, ``second-opinion`` and others; see ``docs/audit-format.md``."""
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    """When the story was published, ISO 8601."""
    updated: str | None = None
    """When it was last changed, ISO 8601."""
    section: str | None = None
    """The part of the paper it stands in, in the page's words."""
    site: str | None = None
    """The name of the site."""
    url: str | None = None
    """The address that the page calls its own; else the one that it was given with."""
    image: Image | None = None
    """The lead image."""

    @property
    def language(self) -> str | None:
        """ISO 639-1 code of the document's language, ``None`` where it could not be told."""
        return self.document.language

    def fields(self) -> dict[str, Any]:
        """What left the text or stood in the page's head, as JSON has it: title, byline, published and so on."""
        names = ("title", "byline", "published", "updated", "section", "site", "url")
        named = {name: getattr(self, name) for name in names}
        return {**named, "image": asdict(self.image) if self.image else None}

    def restore(self) -> str:
        """Give the document back as it was before cleaning (text mode: exactly the input).

        Raises :class:`cleaner.errors.AuditError` if the record does not fit the text.
        """
        return restore_text(self.text, self.removals)


def apply_removals(text: str, removals: Iterable[Removal]) -> str:
    """Replay a record on the text it was made from.

    >>> apply_removals("We use cookies.", [])
    'We use cookies.'
    """
    kept: list[str] = []
    at = 0
    for removal in removals:
        if removal.start < at or text[removal.start : removal.end] != removal.text:
            raise AuditError(f"this record does not fit this text (at offset {removal.start})")
        kept.append(text[at : removal.start])
        at = removal.end
    return "".join([*kept, text[at:]])


def restore_text(clean: str, removals: Iterable[Removal]) -> str:
    """Put the removed spans back where they stood: the inverse of :func:`apply_removals`.

    >>> gone = Removal(0, 3, "Ad\\n", Category.ADVERTISEMENT, "r", "why", 1.0)
    >>> restore_text("Story.", [gone])
    'Ad\\nStory.'
    """
    parts: list[str] = []
    at = taken = 0
    for removal in removals:
        kept = removal.start - at
        if kept < 0 or taken + kept > len(clean) or removal.end - removal.start != len(removal.text):
            raise AuditError(f"this record does not fit this text (at offset {removal.start})")
        parts += [clean[taken : taken + kept], removal.text]
        taken += kept
        at = removal.end
    return "".join([*parts, clean[taken:]])
