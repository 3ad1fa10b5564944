"""Prove the rules: each fires on its own hits, is silent on its misses, and no other strong rule takes those misses.

``cleaner rules test [PART OF AN ID ...]`` calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.errors import RuleError
from cleaner.model import ARTICLE_CATEGORIES, Strength
from cleaner.rules import Rule, check_pattern, easy_misses
from cleaner.rules.match import LEADING, TRAILING, Match, Matcher
from cleaner.text import label_of, read_block


def prove(rules: Iterable[Rule], against: Matcher | None = None) -> Iterator[str]:
    """Say, one sentence a fault, what the rules promise and do not keep. ``against``: all rules that run together."""
    everyone = against or Matcher(())
    for rule in rules:
        try:
            check_pattern(rule, f"{rule.category}/{rule.language}.toml")
        except RuleError as error:
            yield str(error)
            continue
        yield from prove_examples(rule)
        if easy_misses(rule):
            yield f"{rule.id}: no miss shares a word with a hit, so the misses prove nothing"
        yield from prove_words(rule)
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


def prove_examples(rule: Rule) -> Iterator[str]:
    """The rule alone: it fires on its hits and is silent on its misses."""
    alone = Matcher([rule])
    for hit in rule.hits:
        if not _claims(alone, hit):
            yield f"{rule.id}: does not fire on its hit {hit!r}: {_why_silent(rule, hit)}"
    for miss in rule.misses:
        if _claims(alone, miss):
            yield f"{rule.id}: fires on its miss {miss!r}"


def _why_silent(rule: Rule, hit: str) -> str:
    reading = read_block(hit)
    folded = reading.fold.text
    if len(hit.splitlines()) > 1:
        return "a rule sees one line at a time"
    if rule.extent == "block" and reading.word_count > rule.max_words:
        return f"it has {reading.word_count} words, more than max_words = {rule.max_words}"
    if rule.pattern and rule.regex.search(folded):
        return "the pattern matches it, but none of the keys stands in it as a word"
    return f"it is compared as {(label_of(folded) if rule.at == 'whole' else folded)!r}"


def _without_edge(rule: Rule, phrase: str) -> str:
    edges = {"start": phrase.lstrip(LEADING), "end": phrase.rstrip(TRAILING)}
    return edges.get(rule.at, phrase)


def prove_words(rule: Rule) -> Iterator[str]:
    """The rule alone: its phrases or its pattern mean something."""
    if rule.pattern and rule.regex.search("") is not None:
        yield f"{rule.id}: the pattern matches nothing at all, the empty string"
    for phrase in rule.phrases:
        if not phrase:
            yield f"{rule.id}: nothing is left of a phrase once the signs at its edges are cut; write a pattern"
        elif not phrase.strip("# ") and rule.strength is not Strength.WEAK and not rule.file:
            yield f"{rule.id}: the label {phrase!r} is any number: a count or a price of the story, too; weak at most"
        elif _without_edge(rule, phrase) != phrase:
            yield (
                f"{rule.id}: the phrase {phrase!r} can never match: at = {rule.at!r} looks past the signs at that edge "
                "of a line; write it without them, or a pattern"
            )
        elif len(phrase) < 2 and rule.at != "whole":
            yield f"{rule.id}: the phrase {phrase!r} is too short to mean anything"
