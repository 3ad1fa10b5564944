"""Write ``docs/rules.md``: which wording rules there are, by category and language, each with its strength and why.

``python docs/make_rules_page.py`` writes the page; with ``--check`` it writes nothing and exits with 1 if the page is
not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
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
    yield from _contents(rules, categories)
    for category in categories:
        yield from _section([rule for rule in rules if rule.category is category], category, languages)


def _contents(rules: Sequence[Rule], categories: Sequence[Category]) -> Iterator[str]:
    links = ", ".join(f"[{category}](#{category})" for category in categories)
    yield f"{len(rules)} rules: {links}. How many there are in which language says the [coverage page](coverage.md).\n"


def _section(rules: Sequence[Rule], category: Category, languages: Sequence[str]) -> Iterator[str]:
    yield f"## {category}\n"
    yield table_row(["rule", "strength", "why"])
    yield table_row(["---"] * 3)
    for language in languages:
        for rule in rules:
            if rule.language == language:
                yield table_row([f"`{rule.id}`", rule.strength.value, _cell(rule.why)])
    yield ""


def table_row(cells: Sequence[str]) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """A text that can stand in a table: one line, no column of its own, no HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def keep_page(path: Path, render: Callable[[], str], command: str, arguments: Sequence[str] | None = None) -> int:
    """Write or check a generated page; the exit status. ``command`` is what writes it."""
    parser = argparse.ArgumentParser(description=f"Write docs/{path.name} from the rule files.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    check: bool = parser.parse_args(arguments).check
    page = render().encode("utf-8")
    if not check:
        path.write_bytes(page)
    elif not path.exists() or path.read_bytes().replace(b"\r\n", b"\n") != page:
        print(f"docs/{path.name} is out of date; run: {command}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(keep_page(PAGE, lambda: render(load_rules()), COMMAND))
