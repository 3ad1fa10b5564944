"""What a page says about itself → fields: title, byline, dates, address, lead picture, access.

Sources in the order in which they are trusted: the JSON-LD of the article, OpenGraph, Dublin Core and what analytics
ask for, plain metas, what the page shows (``<time>``, ``<h1>``, ``<title>``). Whatever a page says is read as hearsay:
nothing here raises for content, nothing recurses, and time is linear in what the page says.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from cleaner.fields import parse_date
from cleaner.text import NO_SPACE_SCRIPT, squeeze

Json = dict[str, Any]

# The longest field, in code points; the body may be longer.
MAX_FIELD = 1_000
# Scripts longer than this are data for the page's program, in code points.
MAX_SCRIPT = 1_000_000
# How much of JSON-LD is looked at: nodes of a page, and items of a value. Articles have a few of each.
MAX_NODES = 2_000
MAX_ITEMS = 100


@dataclass(slots=True)
class Head:
    """What a walk over a page gathers for its metadata."""

    language: str = ""
    """``lang`` or ``xml:lang`` of ``<html>``."""
    title: str = ""
    """Text of ``<title>``."""
    metas: list[Mapping[str, str]] = field(default_factory=list)
    """Attributes of every ``<meta>``."""
    links: list[Mapping[str, str]] = field(default_factory=list)
    """Attributes of every ``<link>`` that has ``rel`` and ``href``."""
    linked_data: list[str] = field(default_factory=list)
    """Contents of every JSON-LD script, as they stand."""
    headings: list[str] = field(default_factory=list)
    """Texts of the ``<h1>`` blocks."""
    times: list[Mapping[str, str]] = field(default_factory=list)
    """Attributes of every ``<time>``."""
    address: str = ""
    """The address that the caller gave, empty if none."""


def read_metadata(head: Head) -> dict[str, str]:
    """The fields that a page fills itself, those without a value left out.

    Keys: ``title``, ``byline``, ``published``, ``updated`` (ISO 8601), ``language`` (ISO 639), ``section``, ``url``,
    ``site``, ``description``, ``image`` (an address), ``image_caption``, ``image_credit``, ``kind``, ``body`` (the text
    that JSON-LD carries) and ``flags`` (``truncated`` if the page says that it is not free to read).

    >>> read_metadata(Head(language="en-GB", metas=[{"name": "author", "content": "Ana Ruiz"}], title="Bridge opens"))
    {'title': 'Bridge opens', 'byline': 'Ana Ruiz', 'language': 'en'}
    """
    said = _gather(head)
    language = _language(said)
    title = _title(said)
    image, caption, credit = _image(said)
    found = {
        "title": title,
        "byline": _byline(said),
        "published": _published(said, language),
        "updated": _updated(said, language),
        "language": language,
        "section": _section(said),
        "url": said.url,
        "site": _first_text(name for name in said.site_names if not _is_address(name)),
        "description": _first_text([*_strings(said.article.get("description"), said), *said.metas_of(_DESCRIPTION)]),
        "image": image,
        "image_caption": caption if _key(caption) != _key(title) else "",
        "image_credit": credit,
        "kind": _kind(said.article) or _first_text(said.metas_of(("og:type",))).lower(),
        "body": _body(said),
        "flags": "truncated" if _truncated(said) else "",
    }
    return {key: value for key, value in found.items() if value}


# Which metas are asked for what, in order of trust.


def _dublin(*terms: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{term}" for term in terms for prefix in ("dc.", "dcterms.", "dc:", "dcterms:"))


# Keys that begin with "itemprop " are microdata, which may speak of any story on the page: they come late.
_TITLE = ("og:title", *_dublin("title"), "parsely-title", "sailthru.title", "twitter:title", "title")
_AUTHOR = (
    "article:author", "article:author_name", "og:article:author", "og:author", *_dublin("creator"), "parsely-author",
    "sailthru.author", "author", "authors", "byl", "itemprop author",
)  # fmt: skip
_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    *_dublin("date.issued", "issued", "date.created", "created", "date"), "parsely-pub-date", "sailthru.date",
    "publish-date", "publish_date", "publishdate", "published-date", "published_time", "published", "pubdate",
    "publication_date", "citation_publication_date", "datepublished", "date", "itemprop datepublished",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time",
    *_dublin("date.modified", "modified"), "lastmod", "last-modified", "datemodified", "itemprop datemodified",
)  # fmt: skip
_SECTION = ("article:section", "og:article:section", "parsely-section", "section", "itemprop articlesection")
_DESCRIPTION = ("og:description", *_dublin("description"), "sailthru.description", "twitter:description", "description")
_IMAGE = (
    "og:image", "og:image:secure_url", "og:image:url", "parsely-image-url", "sailthru.image.full", "twitter:image",
    "twitter:image:src", "thumbnailurl",
)  # fmt: skip
_LANGUAGE = ("og:locale", "content-language", *_dublin("language"), "language")
_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", *_dublin("publisher"))
_TIER = ("article:content_tier",)
_OTHERS = (
    "og:url", "og:type", "itemprop headline", "twitter:creator", "twitter:label1", "twitter:data1", "twitter:label2",
    "twitter:data2",
)  # fmt: skip
_ASKED = (_TITLE, _AUTHOR, _PUBLISHED, _UPDATED, _SECTION, _DESCRIPTION, _IMAGE, _LANGUAGE, _SITE, _TIER, _OTHERS)
_WANTED = frozenset(key for keys in _ASKED for key in keys)
# The attributes that may name a meta.
_NAMING = {"property": "", "name": "", "itemprop": "itemprop ", "http-equiv": ""}


@dataclass(slots=True)
class _Said:
    """All that the page says, in order."""

    head: Head
    metas: dict[str, list[str]]
    """The contents of the metas that are asked for, by name."""
    by_id: dict[str, Json] = field(default_factory=dict)
    """The JSON-LD nodes that others refer to."""
    article: Json = field(default_factory=dict)
    """The JSON-LD of the article, empty if there is none."""
    site_names: list[str] = field(default_factory=list)
    site_keys: set[str] = field(default_factory=set)
    """The names of the site, and of its host, as :func:`_name_key` gives them."""
    sections: set[str] = field(default_factory=set)
    """The names of the section, as :func:`_key` gives them."""
    url: str = ""

    def metas_of(self, keys: Iterable[str]) -> Iterator[str]:
        """What the metas of these names hold, in the order of the names."""
        for key in keys:
            yield from self.metas.get(key, ())

    def is_site(self, text: str) -> bool:
        """The text is nothing but the site's name."""
        return _name_key(text) in self.site_keys


def _gather(head: Head) -> _Said:
    said = _Said(head, _named(head.metas))
    nodes = list(_nodes(_scripts(head.linked_data))) if head.linked_data else []
    said.by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    said.article = _article(nodes, said)
    said.url = _url(said)
    said.site_names = _site_names(said, nodes)
    said.site_keys = _site_keys(said)
    said.sections = {_key(section) for section in islice(_sections(said), MAX_ITEMS)} - {""}
    return said


def _named(metas: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for meta in metas:
        for attribute, name in meta.items():
            if attribute in _NAMING and (key := _NAMING[attribute] + name.lower()) in _WANTED and meta.get("content"):
                named.setdefault(key, []).append(meta["content"])
    return named


# JSON-LD.

_DECODER = json.JSONDecoder(strict=False)
_WRAPPING = re.compile(r"(?:\s|;|\ufeff|<!--|-->|//|/\*|\*/|<!\[CDATA\[|\]\]>)*")
_LOST_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LOST_COMMA = re.compile(r",\s*([}\]])")

_ARTICLES = {
    name.lower(): name
    for name in (
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
        "BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle", "AdvertiserContentArticle",
        "SatiricalArticle", "ScholarlyArticle", "MedicalScholarlyArticle", "TechArticle", "Report",
        "SocialMediaPosting", "BlogPosting", "LiveBlogPosting", "DiscussionForumPosting", "Review", "CriticReview",
    )
}  # fmt: skip


def _scripts(texts: Iterable[str]) -> Iterator[Any]:
    """Every value of every script that can be read."""
    for text in islice(texts, MAX_ITEMS):
        if len(text) <= MAX_SCRIPT:
            yield from _values(text)


def _values(text: str) -> Iterator[Any]:
    """The JSON values of a script, what programs and templates leave around them and in them aside.

    >>> list(_values('<!-- {"a": "x", }; -->'))
    [{'a': 'x'}]
    """
    at, mended = _end(text, 0), False
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RecursionError:
            return
        except ValueError:
            if mended:
                return
            text, at, mended = _mend(text[at:]), 0, True
            continue
        yield value
        at = _end(text, at)


def _end(text: str, at: int) -> int:
    match = _WRAPPING.match(text, at)
    return match.end() if match else at


def _mend(text: str) -> str:
    """Broken JSON without the two commonest faults: a comma too many, and an escape that JSON does not know."""
    text = _LOST_ESCAPE.sub(lambda m: m.group() if m.group(1) in '"\\/bfnrtu' else m.group(1), text)
    return _LOST_COMMA.sub(r"\1", text)


def _nodes(values: Iterable[Any]) -> Iterator[Json]:
    """The nodes that may be the page's own: those on top, and those that a page calls its main entity.

    Items of lists and teasers (``itemListElement``, ``hasPart``, ``mentions``) are other pages' stories.
    """
    waiting = deque(values)
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extendleft(reversed(node[:MAX_NODES]))
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node)


def _kind(node: Json) -> str:
    """The most telling schema.org type of an article, empty for any other node.

    >>> _kind({"@type": ["Article", "http://schema.org/NewsArticle"]}), _kind({"@type": "Person"})
    ('NewsArticle', '')
    """
    types = node.get("@type")
    names = [str(name)[:100].lower() for name in (types if isinstance(types, list) else [types])[:MAX_ITEMS]]
    kinds = [_ARTICLES[bare] for name in names if (bare := re.split("[/:#]", name)[-1]) in _ARTICLES]
    return next((kind for kind in kinds if kind != "Article"), kinds[0] if kinds else "")


def _article(nodes: list[Json], said: _Said) -> Json:
    """The article of the page. Where several scripts speak of it, the later ones fill the gaps of the first."""
    articles = [node for node in nodes if _kind(node)]
    if len(articles) < 2:
        return (articles or [node for node in nodes if _is_page(node)] or [{}])[0]
    head = said.head
    places = {_place(href) for href in (head.address, *_linked(head, "canonical"), *said.metas_of(("og:url",)))} - {""}
    titles = {_key(title) for title in (*said.metas_of(_TITLE), *head.headings[:MAX_ITEMS], head.title)} - {""}
    fits = [_fit(node, places, titles) for node in articles]
    if max(fits) == 0:
        # Three that do not fit are teasers. One or two may name the page by another address and title.
        return articles[0] if len(articles) == 2 else {}
    fitting = [node for node, fit in zip(articles, fits, strict=True) if fit == max(fits)]
    return {key: value for node in reversed(fitting) for key, value in node.items() if value not in (None, "", [], {})}


def _is_page(node: Json) -> bool:
    """It speaks of the page at least: some name author and date there alone."""
    types = node.get("@type")
    return any(name in ("WebPage", "ItemPage") for name in (types if isinstance(types, list) else [types])[:MAX_ITEMS])


def _fit(node: Json, places: set[str], titles: set[str]) -> int:
    """How well an article fits the page: its address counts twice, its headline once."""
    own = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    headline = node.get("headline")
    by_address = any(_place(href) in places for value in own for href in _strings(value, None, "@id"))
    return 2 * by_address + (isinstance(headline, str) and _key(_plain(headline)) in titles)


def _strings(value: Any, said: _Said | None, key: str = "name") -> Iterator[str]:
    """The strings of a JSON-LD value: itself, those of its items, those that its nodes have under ``key``.

    >>> list(_strings(["EPA", {"@type": "Person", "name": "Ana Ruiz"}], None))
    ['EPA', 'Ana Ruiz']
    """
    waiting = deque([] if value is None else [value])
    for _ in range(MAX_ITEMS):
        if not waiting:
            return
        item = waiting.popleft()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting.extendleft(reversed(item[:MAX_ITEMS]))
        elif isinstance(item, dict):
            node = _resolved(item, said, key)
            waiting.appendleft(node.get(key) or (_full_name(node) if key == "name" else node.get("@value")))


def _resolved(item: Json, said: _Said | None, *keys: str) -> Json:
    """The node itself, or the one that it refers to if it has none of the keys."""
    name = item.get("@id")
    if said is None or not isinstance(name, str) or any(key in item for key in keys):
        return item
    return said.by_id.get(name, item)


def _full_name(node: Json) -> Any:
    parts = [node.get("givenName"), node.get("familyName")]
    return " ".join(part for part in parts if isinstance(part, str)) or node.get("@value")


# Fields.


def _byline(said: _Said) -> str:
    """The first names given. A site that names itself as the author is heard only if nobody else is named."""
    own = ""
    for values in _authors(said):
        names = _names(values)
        people = [name for name in names if not said.is_site(name) and not _USER.fullmatch(name)]
        if people:
            return _joined(people)
        own = own or _joined(filter(said.is_site, names))
    return own


def _authors(said: _Said) -> Iterator[Iterable[str]]:
    for key in ("author", "creator"):
        yield _strings(said.article.get(key), said)
    for key in _AUTHOR:
        values = said.metas.get(key)
        if values:
            yield values[:1] if key.startswith("itemprop") else values
    yield _cards(said)


def _cards(said: _Said) -> Iterator[str]:
    """Names on the card that is shown for the page elsewhere: a label, and what it labels."""
    for label, data in (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")):
        if _WRITTEN_BY.fullmatch(_first_text(said.metas_of((label,)))):
            yield _first_text(said.metas_of((data,)))
    yield from (name for name in said.metas_of(("twitter:creator",)) if " " in name)  # others are handles


_NOT_A_NAME = frozenset(["", "null", "none", "undefined", "nan", "false", "true", "admin", "administrator", "unknown"])
_MAIL = re.compile(r"[<(\[]?\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}[>)\]]?")
# What WordPress writes on its cards, by its translations.
_WRITTEN_BY = re.compile(
    r"(?:written by|author|verfasst von|geschrieben von|écrit par|rédigé par|escrito por|scritto da|geschreven door|"
    r"skriven av|skrevet av|skrevet af|napisane przez|написано автором|автор|yazan|كُتب بواسطة|נכתב על ידי|執筆者|作者)",
    re.IGNORECASE,
)
# "jane.doe", "site.example", "page.author": users, hosts and slots.
_USER = re.compile(r"[a-z0-9_-]{1,64}(?:\.[a-z0-9_-]{1,64}){1,5}")
_BY = re.compile(r"^(?:by|par|por)\b:?\s+", re.IGNORECASE)


def _names(values: Iterable[str]) -> list[str]:
    """The names of people and agencies, each once.

    >>> _names(["By Ana Ruiz", "https://social.example/ana", "ana ruiz", "jo@post.example (Jo Doe)"])
    ['Ana Ruiz', 'Jo Doe']
    """
    names: dict[str, str] = {}
    for value in islice(values, MAX_ITEMS):
        for part in re.split("[;|]", _plain(value)):
            name = _BY.sub("", _MAIL.sub("", part).strip(" ,-–—·()[]"), count=1)
            if _is_name(name):
                names.setdefault(_key(name), name)
    return list(names.values())


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)[:MAX_FIELD].rstrip(" ,")


def _is_name(text: str) -> bool:
    if text.lower() in _NOT_A_NAME or "{{" in text or "%%" in text or not any(map(str.isalpha, text)):
        return False
    handle = text.startswith("@") and " " not in text
    return not (handle or _is_address(text))


def _published(said: _Said, language: str) -> str:
    own = _strings([said.article.get("datePublished"), said.article.get("dateCreated")], None)
    return _first_date([*own, *said.metas_of(_PUBLISHED), *_times(said, "published"), *_only_time(said)], language)


def _updated(said: _Said, language: str) -> str:
    own = _strings(said.article.get("dateModified"), None)
    return _first_date([*own, *said.metas_of(_UPDATED), *_times(said, "modified")], language)


_TIME_ROLES = {
    "published": re.compile(r"date-?published|pubdate|\b(?:published|entry-date)\b", re.IGNORECASE),
    "modified": re.compile(r"date-?modified|\b(?:modified|updated)\b", re.IGNORECASE),
}


def _times(said: _Said, role: str) -> Iterator[str]:
    """The dates of the ``<time>`` elements that say what they are."""
    for time in islice(said.head.times, MAX_ITEMS):
        marks = " ".join([*time, time.get("itemprop", ""), time.get("property", ""), time.get("class", "")])
        if _TIME_ROLES[role].search(marks[:MAX_FIELD]):
            yield _moment_of(time)


def _only_time(said: _Said) -> list[str]:
    """The date of the ``<time>`` elements if they agree on one: others are the dates of other stories."""
    dates = [_moment_of(time) for time in said.head.times]
    return dates[:1] if len({moment[:10] for moment in dates}) == 1 else []


def _moment_of(time: Mapping[str, str]) -> str:
    return time.get("datetime") or time.get("content") or ""


def _section(said: _Said) -> str:
    texts = map(_plain, _sections(said))
    return next((text for text in texts if any(map(str.isalpha, text)) and not _is_address(text)), "")


def _sections(said: _Said) -> Iterator[str]:
    yield from _strings(said.article.get("articleSection"), said)
    yield from said.metas_of(_SECTION)


def _body(said: _Said) -> str:
    return "\n".join(filter(None, map(_paragraphs, _strings(said.article.get("articleBody"), None, "@value"))))


def _truncated(said: _Said) -> bool:
    parts = said.article.get("hasPart")
    locked = any(tier.strip().lower() == "locked" for tier in said.metas_of(_TIER))
    return (
        locked
        or _is_false(said.article.get("isAccessibleForFree"))
        or any(
            _is_false(part.get("isAccessibleForFree")) and part.get("cssSelector")
            for part in (parts if isinstance(parts, list) else [parts])[:MAX_ITEMS]
            if isinstance(part, dict)
        )
    )


def _is_false(value: Any) -> bool:
    """What pages write for schema.org's ``False``.

    >>> [_is_false(value) for value in (False, "False", "http://schema.org/False", None, True, "")]
    [True, True, True, False, False, False]
    """
    return value is False or (isinstance(value, str) and value[-40:].strip().lower().rpartition("/")[2] == "false")


def _image(said: _Said) -> tuple[str, str, str]:
    """Address, caption and credit of the lead picture."""
    value = said.article.get("image")
    for item in (value if isinstance(value, list) else [value])[:MAX_ITEMS]:
        node = _resolved(item, said, "url", "contentUrl") if isinstance(item, dict) else {"url": item}
        address = _first_address(_strings([node.get("url"), node.get("contentUrl")], None, "@id"), said)
        if address:
            return address, _first_text(_strings(node.get("caption"), None)), _credit(node, said)
    thumbnails = _strings(said.article.get("thumbnailUrl"), None)
    linked = _linked(said.head, "image_src")
    address = _first_address([*said.metas_of(_IMAGE), *thumbnails, *linked], said)
    return address, "", ""


def _credit(node: Json, said: _Said) -> str:
    for key in ("creditText", "copyrightHolder", "author", "creator"):
        names = _names(_strings(node.get(key), said))
        if names:
            return _joined(names)
    return ""


# Languages.

_CODE = re.compile(r"\s*([a-z]{2,3})(?![a-z])", re.IGNORECASE)
# ISO 639-1. Two letters that are not here are mostly a country ("jp", "ua").
_ISO_639_1 = frozenset(
    [
        "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi", "bm",
        "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee",
        "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu",
        "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is",
        "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw",
        "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms",
        "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os",
        "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "sh", "si",
        "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk",
        "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh",
        "yi", "yo", "za", "zh", "zu",
    ]
)  # fmt: skip
# The codes of ISO 639-2 for the languages that something here knows, and what it calls the languages of Norway and the
# Philippines.
_ISO_639_2 = {
    "afr": "af", "alb": "sq", "ara": "ar", "arm": "hy", "aze": "az", "baq": "eu", "bel": "be", "ben": "bn",
    "bul": "bg", "cat": "ca", "ces": "cs", "chi": "zh", "cym": "cy", "cze": "cs", "dan": "da", "deu": "de",
    "dut": "nl", "ell": "el", "eng": "en", "est": "et", "eus": "eu", "fas": "fa", "fil": "tl", "fin": "fi",
    "fra": "fr", "fre": "fr", "geo": "ka", "ger": "de", "gle": "ga", "glg": "gl", "gre": "el", "guj": "gu",
    "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ice": "is", "ind": "id", "isl": "is",
    "ita": "it", "jpn": "ja", "kan": "kn", "kat": "ka", "kaz": "kk", "kor": "ko", "lav": "lv", "lit": "lt",
    "ltz": "lb", "mac": "mk", "mal": "ml", "mar": "mr", "may": "ms", "mkd": "mk", "msa": "ms", "nb": "no",
    "nep": "ne", "nld": "nl", "nn": "no", "nno": "no", "nob": "no", "nor": "no", "per": "fa", "pol": "pl",
    "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es",
    "sqi": "sq", "srp": "sr", "swa": "sw", "swe": "sv", "tam": "ta", "tel": "te", "tgl": "tl", "tha": "th",
    "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi", "wel": "cy", "zho": "zh", "zul": "zu",
}  # fmt: skip
_NO_LANGUAGE = frozenset(["und", "mul", "mis", "zxx"])


def _language(said: _Said) -> str:
    codes = (
        said.head.language,
        *said.metas_of(_LANGUAGE),
        *_strings(said.article.get("inLanguage"), None, "alternateName"),
    )
    return next(filter(None, map(language_code, codes)), "")


def language_code(tag: str) -> str:
    """The language of a tag, in lower case: ISO 639-1 for each that something here knows; ``""`` if it names none.

    >>> [language_code(tag) for tag in ("pt_BR", "nb-NO", "GER", "haw", "English", "jp")]
    ['pt', 'no', 'de', 'haw', '', '']
    """
    match = _CODE.match(tag)
    code = match.group(1).lower() if match else ""
    code = _ISO_639_2.get(code, code)
    return code if code in _ISO_639_1 or (len(code) == 3 and code not in _NO_LANGUAGE) else ""


# Dates.

_CLOCK = r"(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?::?\d\d)?(?:\s?(?P<half>[AaPp])\.?[Mm]\b)?"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?:[T\s,]{{1,3}}{_CLOCK})?(?!\d)",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T?{_CLOCK})?(?!\d)",
        # As in mails and in the headers of HTTP.
        rf"(?:[A-Z][a-z]{{2}}, )?(?P<day>\d{{1,2}}) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}})(?: {_CLOCK})?(?!\d)",
    )
)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_SECONDS = re.compile(r"(1\d{9})(?:\d{3})?")
_HOLDS_A_DATE = re.compile(r"\d{4}|\d[./-]\d")
_LONGEST_DATE = 60
# What programs print where they have no date.
_NO_DATES = ("0001-", "1900-01-01", "1970-01-01", "9999-")
# dateparser takes milliseconds to find that a text is no date.
_MAX_GUESSES = 3


def _first_date(texts: Iterable[str], language: str) -> str:
    guesses = 0
    for text in islice(texts, MAX_ITEMS):
        printed = squeeze(text[:MAX_FIELD])[:_LONGEST_DATE]
        found = _iso_date(printed)
        if not found and guesses < _MAX_GUESSES and _HOLDS_A_DATE.search(printed):
            guesses += 1
            found = _guessed_date(printed, language)
        if found and not found.startswith(_NO_DATES):
            return found
    return ""


def _iso_date(text: str) -> str:
    """A date in one of the forms that programs print, as ISO 8601 to the minute and without the zone.

    >>> _iso_date("2024-05-14T10:23:00+02:00"), _iso_date("20240514"), _iso_date("Tue, 14 May 2024 10:23:00 GMT")
    ('2024-05-14T10:23', '2024-05-14', '2024-05-14T10:23')
    >>> _iso_date("2024-05-14 09:23 PM"), _iso_date("2024-05-14 12:30 a.m.")
    ('2024-05-14T21:23', '2024-05-14T00:30')
    """
    seconds = _SECONDS.fullmatch(text)
    if seconds:
        return datetime.fromtimestamp(int(seconds.group(1)), UTC).isoformat()[:16]
    match = next(filter(None, (form.match(text) for form in _FORMS)), None)
    return _moment(**match.groupdict()) if match else ""


def _moment(year: str, month: str, day: str, hour: str | None, minute: str | None, half: str | None) -> str:
    try:
        printed = date(int(year), _MONTHS.get(month) or int(month), int(day)).isoformat()
    except ValueError:
        return ""
    if hour is None or minute is None or int(hour) > 23 or int(minute) > 59:
        return printed
    hours = int(hour)
    if half and hours <= 12:  # some print "21:23 PM"
        hours = hours % 12 + 12 * (half in "Pp")
    return f"{printed}T{hours:02}:{int(minute):02}"


def _guessed_date(text: str, language: str) -> str:
    try:
        return parse_date(text, language or None) or ""
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return ""  # dateparser on texts that only look like dates


# Addresses.

_WEB = re.compile("https?://", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_LINE_BREAK = re.compile(r"[\t\r\n]")  # browsers drop them from addresses


def _linked(head: Head, rel: str) -> list[str]:
    return [link["href"] for link in head.links if rel in link.get("rel", "").lower().split() and link.get("href")]


def _url(said: _Said) -> str:
    """The address of the page as it names itself. One that names the front page is a slip of the template."""
    own = _strings([said.article.get("url"), said.article.get("mainEntityOfPage")], None, "@id")
    given = said.head.address
    for href in (*_linked(said.head, "canonical"), *said.metas_of(("og:url",)), *own, given):
        address = _absolute(href, given)
        if address and ("/" in _place(address) or "/" not in _place(given)):
            return address
    return ""


def _absolute(href: str, base: str) -> str:
    """An address on the web, without its fragment; empty for anything else.

    >>> _absolute("/a b?x=1#top", "https://post.example/news/"), _absolute("data:image/png;base64,AAAA", "")
    ('https://post.example/a%20b?x=1', '')
    """
    href = _UNSEEN.sub("", _ENTITY.sub(_resolve, href[: 2 * MAX_FIELD])).strip().partition("#")[0]
    href = _SPACE.sub("%20", _LINE_BREAK.sub("", href))
    try:
        address = href if not href or _WEB.match(href) else urljoin(base, href)
        parts = urlsplit(address)
    except ValueError:  # "http://[": a bracket is taken for an IPv6 address
        return ""
    on_web = parts.scheme in ("http", "https") and parts.netloc.strip(".:@") != "" and "%" not in parts.netloc
    return address if on_web and len(address) <= MAX_FIELD else ""


def _first_address(hrefs: Iterable[str], said: _Said) -> str:
    base = said.head.address or said.url
    return next(filter(None, (_absolute(href, base) for href in hrefs)), "")


def _place(address: str) -> str:
    """What two ways to write an address have in common: host and path.

    >>> _place("https://www.post.example/news/bridge/?utm=1#top")
    'post.example/news/bridge'
    """
    bare = address[: 2 * MAX_FIELD].partition("://")[2].partition("#")[0].partition("?")[0]
    return bare.lower().removeprefix("www.").rstrip("/")


def _is_address(text: str) -> bool:
    return text[:8].lower().startswith(("http:", "https:", "www.", "//"))


# The title, and what the site is called.

# Words that come and go in the name of a site.
_LOOSE = frozenset(["the", "www", "com", "org", "net", "co", "news", "online", "website", "homepage", "home"])
_BEFORE_SITE = re.compile(r"\s+[-–—―|·•:~/»›«‹<>]+\s+|\s*[|｜]\s*")
_AFTER_SITE = re.compile(rf"{_BEFORE_SITE.pattern}|:\s+|：")
_EDGES = " -–—|·•:"
# Between title and site without a space. A hyphen is such a sign only where words have no spaces: "標題-網站".
_GLUE = "-_－–—"
# How many cuts are tried from either end. Names of sites and sections are one to three.
_MAX_CUTS = 4
# Letters and digits of a text that may stand for the title and cut another one: an h1 such as "Live" may not. Letters
# of scripts without spaces count twice.
_TELLING = 12
# Longer ones are no titles but texts, which programs put where a title is asked for and there is none.
MAX_TITLE = 250


def _title(said: _Said) -> str:
    """The first title given that is not the site's name, without the site's name."""
    titles = [title for title in dict.fromkeys(map(_plain, _titles(said)[:MAX_ITEMS])) if title]
    fitting = (title for title in titles if len(title) <= MAX_TITLE and not said.is_site(title))
    title = next(fitting, titles[0] if titles else "")
    keys = {_key(other) for other in titles if _tells(other) and not said.is_site(other)}
    return _own_title(_whole(title, titles), keys, said)


def _titles(said: _Said) -> list[str]:
    """What the page calls itself, in order of trust.

    A lone ``<h1>`` is what readers see; OpenGraph is written for other sites and search engines. Of several headings,
    and of one that ``<title>`` does not know, any may be a logo or a teaser.
    """
    article, head = said.article, said.head
    headings = head.headings[:MAX_ITEMS]
    telling = [text for text in headings if _tells(text)]
    page = _key(head.title)
    return [
        *_strings([article.get("headline"), article.get("name") if _kind(article) else None], None, "@value"),
        *(telling if len(headings) == 1 else ()),
        *said.metas_of(_TITLE),
        *said.metas.get("itemprop headline", ())[:1],
        *(text for text in telling if _key(text) in page),
        head.title,
        *headings,
    ]


def _tells(text: str) -> bool:
    key = _key(text)
    return len(key) + (0 if key.isascii() else len(NO_SPACE_SCRIPT.findall(key))) >= _TELLING


def _whole(title: str, titles: Iterable[str]) -> str:
    """The title as another source has it in full: JSON-LD headlines are often cut at 110 characters."""
    stem = title.rstrip(" .…")
    if len(stem) < 60 or (stem == title and len(stem) < 100):
        return title
    return next((other for other in titles if len(other) > len(title) and other.startswith(stem)), title)


def _own_title(title: str, keys: set[str], said: _Said) -> str:
    """The title without the name of the site or a section, where something else on the page shows it for one."""
    for _ in range(_MAX_CUTS):
        shorter = (_cut_end(title, keys, said) or _cut_start(title, keys, said)).strip()
        if not shorter:
            break
        title = shorter
    return title


def _cut_end(title: str, keys: set[str], said: _Said) -> str:
    for cut in list(_BEFORE_SITE.finditer(title))[-_MAX_CUTS:]:
        left, right = title[: cut.start()], title[cut.end() :]
        if left and (_is_place(right, cut, said) or _key(left) in keys):
            return left
    for name in said.site_names:
        rest = title.removesuffix(name).rstrip()
        if rest != title and rest and rest[-1] in (_GLUE if NO_SPACE_SCRIPT.search(name) else "_"):
            return rest.rstrip(_GLUE + " ")
    return ""


def _cut_start(title: str, keys: set[str], said: _Said) -> str:
    for cut in islice(_AFTER_SITE.finditer(title), _MAX_CUTS):
        left, right = title[: cut.start()], title[cut.end() :]
        kicker = cut.group().strip() not in ":：" and _key(right) in keys
        if right and (_is_place(left, cut, said) or kicker):
            return right
    return ""


def _is_place(text: str, cut: re.Match[str], said: _Said) -> bool:
    """The text names the site, or its section behind the sign that is used for nothing else."""
    return said.is_site(text) or (cut.group().strip() in "|｜" and _key(text) in said.sections)


def _site_names(said: _Said, nodes: list[Json]) -> list[str]:
    """The names that the page gives its site, the best first."""
    sites = [node.get("name") for node in nodes if node.get("@type") == "WebSite"]
    publishers = _strings([sites[:1], said.article.get("publisher")], said)
    first, *others = _SITE
    names = (*said.metas_of((first,)), *publishers, *said.metas_of(others))
    return [name for name in dict.fromkeys(_plain(name).strip(_EDGES) for name in names[:MAX_ITEMS]) if _key(name)]


def _site_keys(said: _Said) -> set[str]:
    host = _place(said.url or said.head.address).partition("/")[0].partition(":")[0]
    label = max(host.split(".")[:-1], key=len, default="")
    first = [_BEFORE_SITE.split(name)[0] for name in said.site_names]  # "Harbour Post | News from the coast"
    return {_name_key(name) for name in (*said.site_names, *first, host, label)} - {""}


def _name_key(name: str) -> str:
    """What the ways to write a site's name have in common.

    >>> _name_key("The Harbour Post") == _name_key("harbour-post online")
    True
    """
    words = re.findall(r"[^\W_]+", name[:MAX_FIELD].casefold())
    return "".join(word for word in words if word not in _LOOSE) or "".join(words)


def _key(text: str) -> str:
    """A title for comparison: its letters and digits alone."""
    return re.sub(r"[\W_]+", "", text[:MAX_FIELD].casefold())


# Text.

# Controls, halves of characters that JSON can write, and what hyphenates or joins unseen.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"</?(?:p|br|div|h[1-6]|li|ul|ol|blockquote|hr|section|article|figure|figcaption|tr|td|table)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_OTHER = re.compile(r"</?[a-z][a-z0-9-]{0,30}(?:\s[^<>]{0,2000})?/?>|<!--[^<>]{0,2000}-->", re.IGNORECASE)
_UNREAD = re.compile(r"<(/?)(script|style)\b[^<>]{0,2000}>", re.IGNORECASE)


def _resolve(match: re.Match[str]) -> str:
    return unescape(match.group())


def _tidy(text: str) -> str:
    """White space collapsed, nothing unseen, no longer than a field may be."""
    text = text[: 4 * MAX_FIELD]
    return squeeze(text if text.isprintable() else _UNSEEN.sub("", text))[:MAX_FIELD].rstrip()


def _plain(text: str) -> str:
    """A field as text: entities and tags, which pages escape once too often, are resolved.

    >>> _plain("Fish &amp; <em>chips</em>")
    'Fish & chips'
    """
    text = text[: 4 * MAX_FIELD]
    if "&" in text:
        text = _ENTITY.sub(_resolve, text)
    if "<" in text:
        text = _BREAK.sub(" ", _INLINE.sub("", text))
    return _tidy(text)


def _first_text(texts: Iterable[str]) -> str:
    return next(filter(None, map(_plain, texts)), "")


def _paragraphs(text: str) -> str:
    """A text of JSON-LD, one paragraph a line.

    >>> _paragraphs("<p>The bridge &amp; the port.</p><p>Both <b>open</b>.</p>").split(chr(10))
    ['The bridge & the port.', 'Both open.']
    """
    escaped = "<" not in text and "&lt;" in text
    if escaped:
        text = _ENTITY.sub(_resolve, text)
    if "<" in text:
        text = _OTHER.sub("", _BREAK.sub("\n", _without_scripts(text)))
    text = _UNSEEN.sub("", _ENTITY.sub(_resolve, text))
    return "\n".join(filter(None, map(squeeze, text.splitlines())))


def _without_scripts(text: str) -> str:
    kept: list[str] = []
    at, inside = 0, ""
    for tag in _UNREAD.finditer(text):
        closing, name = tag.group(1), tag.group(2).lower()
        if not inside and not closing:
            kept.append(text[at : tag.start()])
            at, inside = tag.start(), name
        elif closing and name == inside:
            at, inside = tag.end(), ""
    return "".join([*kept, text[at:]])
