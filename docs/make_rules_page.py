"""Write ``docs/rules.md``: which wording rules there are, by category and language, each with its strength and why.

``python docs/make_rules_page.py`` writes the page; with ``--check`` it writes nothing and exits with 1 if the page is
not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.model import Category
from cleaner.rules import Rule, load_rules

PAGE = Path(__file__).with_name("rules.md")
COMMAND = "python docs/make_rules_page.py"

HEAD = f"""\
# The wording rules

This page is generated from the rule files by `{COMMAND}`. Do not edit it; edit the rules
([adding a rule](adding-a-rule.md)). The words that it uses stand in the [glossary](glossary.md).
`cleaner rules show ID` prints one rule whole, with its phrases or pattern and its examples.
"""


def render(rules: Sequence[Rule]) -> str:
    """The whole page."""
    return "\n".join(["\n".join(_lines(rules)).rstrip("\n"), ""])


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    categories = [category for category in Category if any(rule.category is category for rule in rules)]
    languages = sorted({rule.language for rule in rules}, key=lambda language: (language != "any", language))
    yield HEAD
    yield from _coverage(rules, categories, languages)
    for category in categories:
        yield from _section([rule for rule in rules if rule.category is category], category, languages)


def _coverage(rules: Sequence[Rule], categories: Sequence[Category], languages: Sequence[str]) -> Iterator[str]:
    counts = Counter((rule.category, rule.language) for rule in rules)
    yield "## Coverage\n"
    yield f"{len(rules)} rules. A column is an ISO 639-1 code; `any` holds the rules that no language owns.\n"
    yield _row(["category", *languages, "all"])
    yield _row(["---", *["---:"] * (len(languages) + 1)])
    for category in categories:
        row = [counts[category, language] for language in languages]
        yield _row([f"[{category}](#{category})", *(str(number or "") for number in row), str(sum(row))])
    totals = [sum(counts[category, language] for category in categories) for language in languages]
    yield _row(["all", *map(str, totals), str(len(rules))])
    rest = [f"`{category}`" for category in Category if category not in categories]
    if rest:
        yield f"\nNo wording rules, found by structure or not at all: {', '.join(rest)}."
    yield ""


def _section(rules: Sequence[Rule], category: Category, languages: Sequence[str]) -> Iterator[str]:
    yield f"## {category}\n"
    yield _row(["rule", "strength", "why"])
    yield _row(["---"] * 3)
    for language in languages:
        for rule in rules:
            if rule.language == language:
                yield _row([f"`{rule.id}`", rule.strength.value, _cell(rule.why)])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """A text that can stand in a table: one line, no column of its own, no HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the page; the exit status."""
    parser = argparse.ArgumentParser(description="Write docs/rules.md from the rule files.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    check: bool = parser.parse_args(arguments).check
    page = render(load_rules()).encode("utf-8")
    if not check:
        PAGE.write_bytes(page)
    elif not PAGE.exists() or PAGE.read_bytes().replace(b"\r\n", b"\n") != page:
        print(f"docs/rules.md is out of date; run: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
