"""Prove the rules: each fires on its own hits, is silent on its misses, and no other strong rule takes those misses.

``cleaner rules test [PART OF AN ID ...]`` calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cleaner.errors import RuleError
from cleaner.model import ARTICLE_CATEGORIES, Strength
from cleaner.rules import Rule, check_pattern, easy_misses
from cleaner.rules.match import Match, Matcher
from cleaner.text import read_block


def prove(rules: Iterable[Rule], against: Sequence[Rule] = ()) -> Iterator[str]:
    """Say, one sentence a fault, what the rules promise and do not keep. ``against``: all rules that run together."""
    everyone = Matcher(against)
    for rule in rules:
        try:
            check_pattern(rule, f"{rule.category}/{rule.language}.toml")
        except RuleError as error:
            yield str(error)
            continue
        yield from _prove_alone(rule)
        for miss in rule.misses:
            for match in _claims(everyone, miss):
                if (
                    match.rule is not rule
                    and match.rule.strength is Strength.STRONG
                    and match.rule.extent == "block"
                    and match.rule.category not in ARTICLE_CATEGORIES
                ):
                    yield f"{rule.id}: its miss {miss!r} is taken by {match.rule.id}"


def _claims(matcher: Matcher, line: str) -> list[Match]:
    readings = [read_block(line)]
    return [match for match in matcher.match(readings) if match.fits(readings[0])]


def _prove_alone(rule: Rule) -> Iterator[str]:
    alone = Matcher([rule])
    for hit in rule.hits:
        if not _claims(alone, hit):
            yield f"{rule.id}: does not fire on its hit {hit!r}"
    for miss in rule.misses:
        if _claims(alone, miss):
            yield f"{rule.id}: fires on its miss {miss!r}"
    if easy_misses(rule):
        yield f"{rule.id}: no miss shares a word with a hit, so the misses prove nothing"
    yield from _prove_phrases_used(rule)


def _prove_phrases_used(rule: Rule) -> Iterator[str]:
    if rule.pattern and rule.regex.search("") is not None:
        yield f"{rule.id}: the pattern matches nothing at all, the empty string"
    for phrase in rule.phrases:
        if not phrase.strip("# ") and rule.strength is not Strength.WEAK:
            yield f"{rule.id}: the label {phrase!r} is any number: a count or a price of the story, too; weak at most"
        if len(phrase) < 2 and rule.at != "whole":
            yield f"{rule.id}: the phrase {phrase!r} is too short to mean anything"
