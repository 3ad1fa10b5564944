"""Wrong removals → rules of the user's own that protect what was taken (``--rules``).

A rule protects the lines that were taken and no others: short ones as they are, paragraphs by their first words. It is
proven before it is written, and may be shortened by hand so that it protects more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.io.atomic import write_atomically
from cleaner.review.items import CONTENT, Document, Item, Verdict, judged, loses_content
from cleaner.review.lines import Piece, pieces_in
from cleaner.rules.match import LEADING, MAX_LABEL
from cleaner.rules.user import RuleFile, open_rule_file, prove_user_rules, read_user_rules
from cleaner.text import fold
from cleaner.toml import toml_value

OPENING = 10
"""Words of a paragraph by which it is known: so many open no other one by chance."""

_OPENING = re.compile(rf"(?:\S+\s+){{{OPENING}}}")

HEADER = "# What a review found to be wrongly removed, protected: give this file to --rules. Edit it as you like.\n"


@dataclass(frozen=True, slots=True)
class Protection:
    """A rule that protects a wrong removal."""

    id: str
    text: str
    """Its ``[[rule]]`` table."""


def protections(judgements: Iterable[tuple[Item, Verdict, Document]]) -> Iterator[Protection]:
    """The rules for what wrong removals took of the article: one for a removal, or one for each way to word it."""
    for item, verdict, document in judgements:
        if loses_content(item, verdict):
            spans = [(part.start, part.end) for part in judged(item, verdict) if part.name == CONTENT]
            pieces = [piece for span in spans for piece in pieces_in(document.text, *span)]
            name = f"review.{item.stratum.category}.{item.id}"
            why = f"Text of the article that {item.stratum.rule} took from {document.id}."
            for number, table in enumerate(_tables(pieces), 1):
                own = name if number == 1 else f"{name}.{number}"
                yield Protection(own, _text({"id": own, "why": why, "action": "protect", **table}))


def _tables(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """What the rules for some pieces say, one for pieces that are matched alike; a line of signs alone has none."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for piece in pieces:
        found = next((words for words in _wordings(piece) if _holds(piece, words)), None)
        if found is not None:
            at = str(found.get("at")), str(found.get("extent"))
            table = tables.setdefault(at, {**found, "phrases": [], "hits": []})
            table["phrases"] = list(dict.fromkeys([*table["phrases"], *found["phrases"]]))
            table["hits"] = list(dict.fromkeys([*table["hits"], piece.block]))
    yield from tables.values()


def _wordings(piece: Piece) -> Iterator[dict[str, Any]]:
    """Ways to match a piece of a line, the best one first."""
    if not piece.whole:
        yield {"extent": "match", "phrases": [piece.text]}
        return
    if len(fold(piece.text).text) <= MAX_LABEL:
        yield {"at": "whole", "phrases": [piece.text]}
    opening = _OPENING.match(piece.text)
    if opening:
        yield {"at": "start", "phrases": [opening[0].lstrip(LEADING).rstrip()]}
    yield {"phrases": [piece.text]}


def _holds(piece: Piece, words: Mapping[str, Any]) -> bool:
    table = {"id": "review", "why": "A try.", "action": "protect", **words, "hits": [piece.block]}
    try:
        return not list(prove_user_rules(read_user_rules(RuleFile("review", _text(table)))))
    except UsageError:
        return False


def _text(table: Mapping[str, Any]) -> str:
    return "[[rule]]\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in table.items())


def add_protections(path: Path, found: Iterable[Protection]) -> tuple[int, int]:
    """Add to a rule file what is not in it; how many rules were added, and how many it has.

    What stands in the file is left as it is, edited or not. Raises :class:`cleaner.errors.UsageError` if it is no rule
    file or cannot be written.
    """
    before = open_rule_file(path) if path.exists() else RuleFile(path.name, HEADER)
    known = {rule.id for rule in read_user_rules(before)}
    new = {rule.id: rule.text for rule in found if rule.id not in known}
    text = before.text if before.text.endswith("\n") else before.text + "\n"
    if new or not path.exists():
        write_atomically(path, "\n".join([text, *new.values()]).encode("utf-8"))
    return len(new), len(known) + len(new)
