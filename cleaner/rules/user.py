"""The user's own rules: files in the packs' format that say what is always removed and what never is.

``docs/adding-a-rule.md`` tells what such a file may hold. It is proven when it is read, because an order that does not
do what its own examples say would go wrong on every document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

from cleaner.errors import RuleError, UsageError
from cleaner.model import Category, Strength
from cleaner.rules import (
    MAX_WORDS_DEFAULT,
    Rule,
    check_keys,
    check_pattern,
    load_rules,
    one_of,
    place_of,
    read_tables,
    rule_of,
)
from cleaner.rules.match import Matcher
from cleaner.rules.prove import prove_examples, prove_words

ACTIONS = ("remove", "protect")
NEEDED = ("id", "why", "hits")

# A protected paragraph may be of any length: to keep too much is the smaller harm.
NO_LIMIT = 10**9

_ID = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of user rules as it was read. It travels with the options, so that all processes have the same rules."""

    name: str
    """Its name without the folders: what errors and records call it."""
    text: str = field(repr=False)


def open_rule_file(path: str | PathLike[str]) -> RuleFile:
    """Read a file. Raises :class:`cleaner.errors.UsageError` if that cannot be done."""
    path = Path(path)
    try:
        return RuleFile(path.name, path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"there is no rule file {path}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the rule file {path} is not in UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"the rule file {path} cannot be read: {error.strerror or error}") from error


def read_user_rules(file: RuleFile) -> tuple[Rule, ...]:
    """The rules of a file, not proven yet.

    Raises :class:`cleaner.errors.UsageError` naming file, rule and key.
    """
    try:
        table = read_tables(file.text, file.name, above=("category",))
        raws = table.pop("rule")
        rules = tuple(_user_rule(table | raw, file.name) for raw in raws)
        for rule in rules:
            check_pattern(rule, file.name)
    except RuleError as error:
        raise UsageError(str(error)) from error
    return rules


def _user_rule(raw: dict[str, Any], file: str) -> Rule:
    where = place_of(raw, file)
    check_keys(raw, where, NEEDED, more=("category", "action"))
    if not _ID.fullmatch(raw["id"]) or ".structure." in raw["id"]:
        raise RuleError(f"{where}: an id holds letters, digits, '.', '-' and '_' only, and not '.structure.'")
    action = raw.get("action", ACTIONS[0])
    one_of(where, "action", action, ACTIONS)
    if action == "remove" and "category" not in raw:
        raise RuleError(f"{where}: say what it removes: 'category', here or at the top of the file")
    if raw.get("strength", Strength.STRONG) != Strength.STRONG:
        raise RuleError(f"{where}: a user's rule is an order and always acts: 'strength' is \"strong\" or left out")
    limit = MAX_WORDS_DEFAULT if action == "remove" else NO_LIMIT
    full = {"strength": Strength.STRONG.value, "misses": [], "max_words": limit} | raw
    return rule_of(full, where, category=raw.get("category", Category.OTHER), language="any", file=file, action=action)


def prove_user_rules(rules: Iterable[Rule]) -> Iterator[str]:
    """Say, one sentence a fault, which examples the rules do not keep to."""
    for rule in rules:
        for fault in (*prove_words(rule), *prove_examples(rule)):
            yield f"{rule.file}: {fault}"


@lru_cache(maxsize=16)
def user_matcher(files: tuple[RuleFile, ...]) -> Matcher:
    """The matcher over the rules of some files, made once a process.

    Raises :class:`cleaner.errors.UsageError` if a rule is wrong, does not keep to its examples, or has the id of
    another.
    """
    rules = tuple(rule for file in files for rule in read_user_rules(file))
    if rules:
        _refuse_taken_ids(rules)
    faults = list(prove_user_rules(rules))
    if faults:
        more = f" (and {len(faults) - 1} more: 'cleaner rules test --rules FILE' lists them)" if faults[1:] else ""
        raise UsageError(f"{faults[0]}{more}")
    return Matcher(rules)


def _refuse_taken_ids(rules: Iterable[Rule]) -> None:
    taken = {rule.id: "a rule of the package" for rule in load_rules()}
    for rule in rules:
        if rule.id in taken:
            raise UsageError(f"{rule.file}: rule {rule.id!r}: {taken[rule.id]} has this id already; choose another")
        taken[rule.id] = f"a rule of {rule.file}"
