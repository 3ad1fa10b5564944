"""Wording rules: read the rule files. One file a category and language, ``<category>/<language>.toml``.

``any.toml`` holds what no language owns. Every rule says what it claims, why, and proves it: ``hits`` are lines that
it must claim, ``misses`` lines that look alike and must stay. ``docs/adding-a-rule.md`` tells how to write one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from cleaner.errors import RuleError
from cleaner.model import Category, Strength
from cleaner.text import EDGES, NO_SPACE_SCRIPT, SIGN, WORD, fold, label_of, meant, not_known

HERE = Path(__file__).parent
NEEDED = ("id", "why", "strength", "hits", "misses")
ALLOWED = {*NEEDED, "phrases", "pattern", "keys", "at", "extent", "max_words", "source"}
LISTS = ("hits", "misses", "phrases", "keys")
NUMBERS = ("max_words",)
PLACES = ("whole", "start", "end", "anywhere")
EXTENTS = ("block", "match")

# A rule that takes a whole block speaks of short blocks only: a longer one is prose in which the words merely occur.
# 40 words is a long boilerplate sentence; rules for legal notices raise it.
MAX_WORDS_DEFAULT = 40

# Longest stretch that one pattern may match, in code points. It bounds the work on any line, however long.
MAX_PATTERN_WIDTH = 400


@dataclass(frozen=True, eq=False)
class Rule:
    """One wording rule: phrases or a pattern, where in the block they stand, and what is claimed."""

    id: str
    category: Category
    language: str
    why: str
    strength: Strength
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    """Folded phrases; with ``at="whole"`` folded labels, numbers written ``#``."""
    pattern: str = ""
    """Regular expression over the folded block, in the RE2 subset, every quantifier bounded."""
    keys: tuple[str, ...] = ()
    """Words one of which stands in every match: the gate that makes matching linear."""
    at: str = "anywhere"
    extent: str = "block"
    max_words: int = MAX_WORDS_DEFAULT
    source: str = ""
    file: str = ""
    """The user's file that it stands in, ``""`` for the package's own rules."""
    action: str = ""
    """``remove`` or ``protect`` in a user's file: what it orders; ``""`` for the package's own, which claim."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern; a space stands for one to four spaces."""
        return re.compile(_loosen(self.pattern))

    @cached_property
    def anchored(self) -> bool:
        """True if the pattern can match at the beginning of a block only."""
        return self.pattern.startswith("^") and "|" not in _outside_groups(self.pattern)


def _outside_groups(pattern: str) -> str:
    """What of a pattern stands outside all brackets.

    >>> _outside_groups("^(?:a|b)[(|]c|d")
    '^c|d'
    """
    bare = re.sub(r"\\.", "", pattern)
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "", bare)
    while (inner := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = inner
    return bare


# An escaped sign, a class, or a space that stands for itself.
_SPACES = re.compile(r"\\.|\[(?:[^\]\\]|\\.)*\]| (?![?{])", re.DOTALL)


def _loosen(pattern: str) -> str:
    """Let every literal space of a pattern match up to four.

    >>> _loosen("read more[ :]")
    'read {1,4}more[ :]'
    """
    return _SPACES.sub(lambda found: " {1,4}" if found[0] == " " else found[0], pattern)


def key_of(phrase: str) -> str | tuple[str, str]:
    """What opens the gate to a phrase: its longest word with the word beside it, because a pair of words is rare.

    A phrase of one word is its own key; in scripts without spaces the longest run of letters is.

    >>> key_of("sign up for our newsletter"), key_of("newsletter")
    (('our', 'newsletter'), 'newsletter')
    """
    words: list[str] = WORD.findall(phrase)
    if not words:
        return phrase
    at = max(range(len(words)), key=lambda index: len(words[index]))
    if len(words) == 1 or NO_SPACE_SCRIPT.search(phrase):
        return words[at]
    at = max(at, 1)
    return words[at - 1], words[at]


def read_rules(
    path: Path, category: str | None = None, language: str | None = None, check: bool = True
) -> tuple[Rule, ...]:
    """Read one rule file; category and language come from its path unless given.

    ``check=False`` leaves out what takes time to check in the patterns: the package's own are checked by its tests.
    Raises :class:`cleaner.errors.RuleError` naming file, rule and key.
    """
    where = f"{path.parent.name}/{path.name}"
    category, language = category or path.parent.name, language or path.stem
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{where}: cannot be read as TOML: {error}") from error
    rules = tuple(_pack_rule(raw, where, category, language) for raw in read_tables(text, where)["rule"])
    for rule in rules if check else ():
        check_pattern(rule, where)
    return rules


def read_tables(text: str, where: str, above: Collection[str] = ()) -> dict[str, Any]:
    """The ``[[rule]]`` tables of a rule file, under ``rule``, and what stands ``above`` them, where that is allowed.

    Raises :class:`cleaner.errors.RuleError`; ``where`` is the file that it names.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuleError(f"{where}: cannot be read as TOML: {error}") from error
    strange = sorted(set(table) - {"rule", *above})
    if strange:
        keys = "".join(f", and {key!r} above them" for key in above)
        raise RuleError(f"{where}: only [[rule]] tables are allowed{keys}; found {strange}")
    rules = table.setdefault("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise RuleError(f"{where}: write each rule as a table of its own, under [[rule]] in double brackets")
    return table


def place_of(raw: dict[str, Any], where: str) -> str:
    """How errors name a table of the file ``where``."""
    return f"{where}: rule {raw.get('id', '(no id)')!r}"


def _pack_rule(raw: dict[str, Any], where: str, category: str, language: str) -> Rule:
    where = place_of(raw, where)
    check_keys(raw, where)
    prefix = f"{category}.{language}."
    if not raw["id"].startswith(prefix):
        raise RuleError(f"{where}: the id must start with {prefix!r}")
    return rule_of(raw, where, category=category, language=language)


def rule_of(raw: dict[str, Any], where: str, **more: str) -> Rule:
    """A rule from its checked table; ``more`` is what its file says of it: category, language, and so on.

    Raises :class:`cleaner.errors.RuleError` for a category or strength that does not exist.
    """
    one_of(where, "category", more["category"], tuple(Category))
    one_of(where, "strength", raw["strength"], tuple(Strength))
    return Rule(
        id=raw["id"],
        category=Category(more.pop("category")),
        why=raw["why"],
        strength=Strength(raw["strength"]),
        hits=tuple(raw["hits"]),
        misses=tuple(raw["misses"]),
        phrases=_folded_phrases(raw),
        pattern=raw.get("pattern", "").strip("\n"),
        keys=tuple(raw.get("keys", ())),
        at=raw.get("at", "anywhere"),
        extent=raw.get("extent", "block"),
        max_words=raw.get("max_words", MAX_WORDS_DEFAULT),
        source=raw.get("source", ""),
        **more,
    )


def check_keys(raw: dict[str, Any], where: str, needed: Collection[str] = NEEDED, more: Collection[str] = ()) -> None:
    """Refuse a table in which a key is missing, unknown or of another type; ``more`` are keys beside our own.

    Raises :class:`cleaner.errors.RuleError`; ``where`` is the rule that it names.
    """
    known = {*ALLOWED, *more}
    for key in sorted(raw.keys() - known):
        raise RuleError(f"{where}: unknown key {key!r}{meant(key, known)}")
    for key in needed:
        if not raw.get(key):
            raise RuleError(f"{where}: {key!r} is missing or empty")
    for key, value in raw.items():
        _check_type(where, key, value)
    if ("pattern" in raw) == ("phrases" in raw):
        raise RuleError(f"{where}: give either 'pattern' or 'phrases'")
    if "pattern" in raw and not raw.get("keys"):
        raise RuleError(f"{where}: a pattern needs 'keys', words one of which stands in every match")
    if "pattern" in raw and "at" in raw:
        raise RuleError(f"{where}: 'at' is for phrases; a pattern says it with ^ and $")
    for key, choice in (("at", PLACES), ("extent", EXTENTS)):
        one_of(where, key, raw.get(key, choice[0]), choice)


def _check_type(where: str, key: str, value: object) -> None:
    if key in LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise RuleError(f'{where}: {key!r} is a list of strings: ["…", "…"]')
    elif key in NUMBERS:
        if type(value) is not int or value < 1:
            raise RuleError(f"{where}: {key!r} is a whole number from 1 on")
    elif not isinstance(value, str):
        raise RuleError(f'{where}: {key!r} is a string: "…"')


def one_of(where: str, key: str, value: str, known: Collection[str]) -> None:
    """Raise :class:`cleaner.errors.RuleError` if a key has none of its known values."""
    if value not in known:
        raise RuleError(f"{where}: {not_known(key, value, known)}")


def _folded_phrases(raw: dict[str, Any]) -> tuple[str, ...]:
    folded = [fold(phrase).text for phrase in raw.get("phrases", ())]
    if raw.get("at") == "whole":
        # "#" stands for a number; as a bare sign it would be cut off the label's edge.
        return tuple(dict.fromkeys(label_of(phrase.replace("#", "0")) for phrase in folded))
    return tuple(dict.fromkeys(map(str.strip, folded)))


def check_pattern(rule: Rule, where: str) -> None:
    """Refuse a pattern that could run without bound or is never tried: see ``docs/adding-a-rule.md``.

    Raises :class:`cleaner.errors.RuleError`; ``where`` is the file that it names.
    """
    where = f"{where}: rule {rule.id!r}"
    _check_gate(rule, where)
    try:
        if rule.pattern:
            _check_bounds(rule, where)
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(f"{where}: the pattern is no regular expression: {error}") from error


def _check_gate(rule: Rule, where: str) -> None:
    """Refuse a key that no folded line can hold: the rule would be silent where only that key stands."""
    for key in rule.keys:
        spaced = " " in key and not SIGN.search(key) and not NO_SPACE_SCRIPT.search(key)
        if spaced or not key.strip() or fold(key).text != key:
            raise RuleError(
                f"{where}: the key {key!r} can stand in no line as the matcher sees it: "
                "write one word, in lower case, with plain quotes and hyphens"
            )


def _check_bounds(rule: Rule, where: str) -> None:
    if any(mark in rule.pattern for mark in ("(?=", "(?!", "(?<", "(?P")):
        raise RuleError(f"{where}: look-around and named groups are outside the RE2 subset")
    if re.search(r"\\[1-9]", rule.pattern):
        raise RuleError(f"{where}: back-references are outside the RE2 subset")
    if re.search(r"(?:[^\\]|\\\\)[*+]", re.sub(r"\[[^\]]*\]", "c", rule.pattern)):
        raise RuleError(f"{where}: write a bound, {{0,40}}, instead of * or +")
    if any(True for body in _repeats(_parsed(rule.pattern)) for _ in _repeats(body)):
        raise RuleError(f"{where}: a repeated group must not hold another repetition")
    if any(_options_in_a_row(body) for body in _repeats(_parsed(rule.pattern))):
        raise RuleError(f"{where}: in a repeated group two options stand side by side: write x?x? as (?:xx?)?")
    width = _max_width(rule.regex.pattern)
    if width > MAX_PATTERN_WIDTH:
        raise RuleError(f"{where}: the pattern may match {width} code points, more than {MAX_PATTERN_WIDTH}")


def _max_width(pattern: str) -> int:
    return int(_parsed(pattern).getwidth()[1])


def _parsed(pattern: str) -> Any:
    import re._parser as parser  # type: ignore[import-not-found]

    return parser.parse(pattern)


def _repeats(tree: Any) -> Iterator[Any]:
    """What a parsed pattern repeats, at any depth; an option (``?``) is no repetition."""
    for operation, argument in tree:
        if str(operation).endswith("_REPEAT") and argument[1] > 1:
            yield argument[2]
        for inside in _trees(argument):
            yield from _repeats(inside)


def _options_in_a_row(tree: Any) -> bool:
    """True if, at any depth, one option follows another: what either may take can be shared out in many ways."""
    options = [str(operation).endswith("_REPEAT") and argument[0] == 0 for operation, argument in tree]
    inside = (part for _, argument in tree for part in _trees(argument))
    return any(map(all, pairwise(options))) or any(map(_options_in_a_row, inside))


def _trees(argument: Any) -> Iterator[Any]:
    """The parsed patterns inside an operation: its group, its alternatives."""
    if hasattr(argument, "getwidth"):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for part in argument:
            yield from _trees(part)


@cache
def load_rules() -> tuple[Rule, ...]:
    """Every rule of every language, in the order of their files.

    Raises :class:`cleaner.errors.RuleError`: a bad file stops the program here, not on page 40,000.
    """
    rules = tuple(rule for path in sorted(HERE.glob("*/*.toml")) for rule in read_rules(path, check=False))
    refuse_twins(rules)
    return rules


def refuse_twins(rules: Iterable[Rule]) -> None:
    """Raise :class:`cleaner.errors.RuleError` if two rules share an id."""
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule id used twice: {rule.id}")
        seen.add(rule.id)


def easy_misses(rule: Rule) -> bool:
    """True if no miss shares a word with the hits: then the misses prove nothing."""
    return not (set(_tokens(rule.hits)) & set(_tokens(rule.misses)))


def _tokens(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        folded = fold(line).text
        yield from WORD.findall(folded)
        if NO_SPACE_SCRIPT.search(folded):
            yield from (folded[i : i + 2] for i in range(len(folded) - 1))
        yield from (char for char in folded if char in EDGES and not char.isspace() and char not in ".,")
