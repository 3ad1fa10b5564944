"""Records with fields (JSON objects, rows): which field is the document, and where the cleaned text goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleaner.io.records import HTML_KEYS, TEXT_KEYS, Keys, Record, Unreadable

CLEAN_KEY = "text"
"""Where the cleaned text of a page goes if no text key is named."""

# So many names of fields are told where none of them holds a text.
_NAMES_TOLD = 8


def numbered(name: str, number: int) -> str:
    """The id of a record that has none of its own.

    >>> numbered("a.jsonl", 3)
    'a.jsonl#3'
    """
    return f"{name}#{number}"


def entry_of(
    fields: Mapping[str, Any], number: int, name: str, keys: Keys, *, alone: bool = False
) -> Record | Unreadable:
    """The record that these fields are; ``alone`` if the file holds no other. A page comes before a text of it."""
    own = _id(fields.get(keys.id or "id")) or (name if alone else numbered(name, number))
    place = document_key(fields, keys)
    if place is None:
        return Unreadable(number, own, why_none(fields, keys))
    key, kind = place
    return Record(
        number,
        own,
        fields[key],
        kind,
        _string(fields.get(keys.url or "url")),
        _string(fields.get(keys.language or "language")),
        fields,
        _id(fields.get(keys.site)) if keys.site else None,
    )


def document_key(fields: Mapping[str, Any], keys: Keys) -> tuple[str, str] | None:
    """The field that holds the document, and its kind; ``None`` if there is none.

    A page is preferred to a text, which somebody made of it, unless only the text was asked for by name. A field with
    nothing in it serves if no other has more.

    >>> document_key({"html": "", "text": "Hello"}, Keys())
    ('text', 'text')
    """
    pages = [(key, "html") for key in _names(keys.html, HTML_KEYS)]
    texts = [(key, "text") for key in _names(keys.text, TEXT_KEYS)]
    order = texts + pages if keys.text and not keys.html else pages + texts
    held = [(key, kind) for key, kind in order if isinstance(fields.get(key), str | bytes)]
    return next((place for place in held if fields[place[0]]), held[0] if held else None)


def cleaned_row(record: Record, text: str, keys: Keys | None = None, *, keep_html: bool = False) -> dict[str, Any]:
    """The record with the cleaned text in it: every other field stays as it was read, in its place.

    A text goes back under its own key. That of a page goes under :func:`clean_key`, in the place of the page, which is
    left out unless ``keep_html``. A record without fields gets ``id``, ``url`` and ``language``, where known.
    """
    keys = keys or Keys()
    place = document_key(record.fields, keys)
    if place is not None and place[1] == "text":
        return {**record.fields, place[0]: text}
    target = clean_key(record.fields, keys)
    if place is None:
        known = {"id": record.id, "url": record.url, "language": record.language}
        return {**{key: value for key, value in known.items() if value is not None}, **record.fields, target: text}
    row: dict[str, Any] = {}
    for key, value in record.fields.items():
        if key == place[0]:
            row[target] = text
        if key not in (target, place[0]) or (key == place[0] and keep_html and key != target):
            row[key] = value
    return row


def clean_key(fields: Mapping[str, Any], keys: Keys) -> str:
    """Where the cleaned text of a page goes: the text key that is named, else a usual one there, else ``text``.

    >>> clean_key({"html": "<p>x", "content": None}, Keys())
    'content'
    """
    there = (key for key in TEXT_KEYS if key in fields and isinstance(fields[key], str | None))
    return keys.text or next(there, CLEAN_KEY)


def _names(named: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    return (named,) if named else usual


def _id(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _string(value)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def document_names(keys: Keys) -> tuple[str, ...]:
    """The fields that may hold a document."""
    return *_names(keys.text, TEXT_KEYS), *_names(keys.html, HTML_KEYS)


def why_none(fields: Mapping[str, Any], keys: Keys) -> str:
    """Why there is no document in these fields, for people."""
    for key in document_names(keys):
        if key in fields:
            return f"its field {key!r} holds {_kind_of(fields[key])} and no text"
    if not fields:
        return "it has no fields, so no text"
    told = ", ".join(repr(key) for key in list(fields)[:_NAMES_TOLD]) + (", …" if len(fields) > _NAMES_TOLD else "")
    wanted = " or ".join(repr(key) for key in (keys.text, keys.html) if key)
    return (
        f"it has no field {wanted}; its fields are {told}"
        if wanted
        else f"none of its fields {told} is known to hold a text; name the one that does as text or html key"
    )


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return next((name for type_, name in names.items() if isinstance(value, type_)), f"a {type(value).__name__}")
