"""What leaves the text to fill a field: title, byline, date of publication.

Dates go through dateparser, which knows the month names and orders of some two hundred languages. Relative dates
("2 hours ago") are not resolved: the same input must give the same output tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import cache, lru_cache
from typing import Any

from cleaner.model import Category, Document, Image, Removal
from cleaner.options import Options
from cleaner.text import WORD, squeeze

# Longest text in which a date is looked for, in code points: date lines are short.
MAX_DATE_TEXT = 120
# A byline that fills the field has so many words at most: three names, and what they are.
MAX_NAME_WORDS = 12
# Longer captions are cut, in code points.
MAX_CAPTION = 500

_BY = re.compile(
    r"^\W*(?:(?:written|reported|posted|text|story|article|words|interview|autor(?:in|e|a)?|auteur|författare|автор|текст|"
    r"author|authors|記者|记者|文|取材|redacción|reportage|yazan|haber|מאת|כתב|בקלם|بقلم|كتب)\b\s*)?"
    r"(?:(?:by|von|par|por|di|da|de|door|av|af|autor|przez|od|автор|від|מאת|بقلم)\b)?\s*[:：|]?\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s[|•·]\s")
_CLOCK = (
    r"(?:[T,\s|·•–-]*(?:at|um|kl\.?|à|alle(?: ore)?|a las|às|о|в|om|saat|ore)?"
    r"\s*\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)?"
)
_FRENCH_CLOCK = re.compile(r"(\d)h(\d\d)")  # 05h02, which dateparser knows in French only
_SITE_NAME = re.compile(r"\s*[-–—|·:]\s*\S")
_DATES = tuple(
    re.compile(pattern + _CLOCK, re.IGNORECASE)
    for pattern in (
        r"\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}",
        r"\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:(?:19|20)\d\d|\d\d)\b",
        r"(?:19|20)\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]",
        r"\b\d{1,2}(?:st|nd|rd|th|er|º|ª)?\.?\s+(?:de\s+|d'|ב)?[^\W\d_]{3,14}\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d",
        r"\b[^\W\d_]{3,14}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d",
    )
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one document; see :class:`cleaner.model.CleanResult`."""

    title: str | None = None
    byline: str | None = None
    published: str | None = None
    updated: str | None = None
    section: str | None = None
    site: str | None = None
    url: str | None = None
    image: Image | None = None

    def filled_from(self, other: Fields) -> Fields:
        """These fields, with the gaps filled from another reading."""
        return Fields(*(getattr(self, name) or getattr(other, name) for name in _NAMES))

    def shown(self, options: Options) -> dict[str, Any]:
        """The fields by name, ``None`` for those whose category's action is not ``field``."""
        hidden = {name for category, name in _FIELD_OF.items() if options.action(category) != "field"}
        return {name: None if name in hidden else getattr(self, name) for name in _NAMES}


_NAMES = tuple(field.name for field in dataclass_fields(Fields))
_FIELD_OF = {Category.HEADLINE: "title", Category.BYLINE: "byline", Category.TIMESTAMP: "published"}


def find_fields(document: Document, removals: Iterable[Removal]) -> Fields:
    """Read the fields off the removed spans; what the page's metadata says comes first."""
    said = list(removals)
    meta = document.meta
    return Fields(
        meta.get("title") or _title(said),
        meta.get("byline") or _byline(said),
        meta.get("published") or _published(said, document.language),
        meta.get("updated"),
        meta.get("section"),
        meta.get("site"),
        meta.get("canonical") or meta.get("url"),
        _image(meta, said),
    )


def _image(meta: Mapping[str, str], removals: list[Removal]) -> Image | None:
    """The lead image; the first caption and credit on the page are its own."""
    if "image" not in meta:
        return None
    return Image(
        meta["image"],
        meta.get("image_caption") or _first(removals, Category.CAPTION),
        meta.get("image_credit") or _first(removals, Category.PHOTO_CREDIT),
    )


def _first(removals: list[Removal], category: Category) -> str | None:
    text = next((removal.text for removal in removals if removal.category is category), "")
    return squeeze(text.strip().partition("\n")[0])[:MAX_CAPTION] or None


def _title(removals: list[Removal]) -> str | None:
    lines = [r for r in removals if r.category is Category.HEADLINE]
    first = [r for r in lines if not r.rule.endswith(".repetition")] or lines
    if not first:
        return None
    title = squeeze(first[0].text)
    for other in (squeeze(line.text) for line in lines):
        if title.startswith(other) and _SITE_NAME.match(title, len(other)):
            return other  # the same headline, printed once with and once without the site's name
    return title


def _byline(removals: list[Removal]) -> str | None:
    for removal in removals:
        if removal.category is Category.BYLINE:
            name = squeeze(_BY.sub("", squeeze(removal.text), count=1))
            name = _SEPARATOR.split(name)[0]
            for pattern in _DATES:
                name = pattern.split(name)[0]
            name = name.strip(" ,;|·•–-—/")
            # A line that ends with a colon is the slot before a name.
            if _is_name(name) and not removal.text.rstrip().endswith(":"):
                return name
    return None


def _is_name(text: str) -> bool:
    """True for what may be names, of people or an agency: some words without digits, and no sentence."""
    return (
        any(char.isalpha() for char in text)
        and not any(char.isdigit() for char in text)
        and len(WORD.findall(text)) <= MAX_NAME_WORDS
        and not text.endswith((".", "!", "?"))
    )


def _published(removals: list[Removal], language: str | None) -> str | None:
    ranked = sorted(removals, key=lambda r: _DATE_RANK.get(r.category, 9))
    for removal in ranked:
        if removal.category not in _DATE_RANK:
            break
        for date in dates_in(removal.text, language):
            return date
    return None


_DATE_RANK = {
    Category.TIMESTAMP: 0,
    Category.BYLINE: 1,
    Category.COMMENTS: 2,
    Category.NAVIGATION: 3,
    Category.COPYRIGHT: 4,
}


def dates_in(text: str, language: str | None) -> Iterator[str]:
    """ISO 8601 dates (with the time where it is printed) in a short text, first to last.

    >>> list(dates_in("Published: May 14, 2024 10:23 am", "en"))
    ['2024-05-14T10:23']
    >>> list(dates_in("Stand: 28.04.2023 17:23 Uhr", "de"))
    ['2023-04-28T17:23']
    """
    line = squeeze(text[:MAX_DATE_TEXT])
    found = sorted((m.start(), -m.end(), m.group()) for pattern in _DATES for m in pattern.finditer(line))
    end = -1
    for start, negative_end, candidate in found:
        if start < end:
            continue
        parsed = parse_date(candidate, language)
        if parsed:
            end = -negative_end
            yield parsed


@lru_cache(maxsize=4096)
def parse_date(text: str, language: str | None) -> str | None:
    """One printed date as ISO 8601, ``None`` if it is none; minutes where a time is printed."""
    for known in (language, None) if language else (None,):
        parser = _parser(known)
        moment = parser.get_date_data(_FRENCH_CLOCK.sub(r"\1:\2", text))["date_obj"] if parser else None
        if moment is not None:
            clock = bool(re.search(r"\d[:h.]\d\d(?:\D|$)", re.sub(r"^\D*\d+[./-]\d+[./-]\d+|\d{4}", "", text)))
            return str(moment.isoformat(timespec="minutes")[:16] if clock else moment.date().isoformat())
    return None


# dateparser's name where it differs from the ISO 639-1 code.
_DATEPARSER_CODES = {"no": "nb"}


@cache
def _parser(language: str | None) -> Any:
    from dateparser.data.languages_info import language_order  # noqa: PLC0415  (a second to import, and most
    from dateparser.date import DateDataParser  # noqa: PLC0415              documents need no date)

    code = _DATEPARSER_CODES.get(language or "", language)
    if code is not None and code not in language_order:
        return None
    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    return DateDataParser(languages=[code] if code else None, settings=settings)
