"""Write ``docs/coverage.md``: how many wording rules each category has in each language, and which have none.

``python docs/make_coverage_page.py`` writes the page; with ``--check`` it writes nothing and exits with 1 if the page
is not what it would write.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from make_rules_page import keep_page, table_row

from cleaner.language import STOPLISTS
from cleaner.model import Category
from cleaner.rules import Rule, load_rules

PAGE = Path(__file__).with_name("coverage.md")
COMMAND = "python docs/make_coverage_page.py"

# The name of the packs that no language owns.
ANY = "any"

HEAD = f"""\
# Coverage of the wording rules

This page is generated from the rule files by `{COMMAND}`. Do not edit it; edit the rules
([adding a rule](adding-a-rule.md)). The rules themselves stand on [the rules page](rules.md).

A cell is a number of rules, and says how much has been written, not how well it works: one rule may hold a hundred
phrases. All rules run on all documents, and structure is found in every language.
"""

# Languages without a list of function words: their script tells them.
NAMES = {code: name.split("_")[0] for name, code in STOPLISTS.items()} | {
    "ja": "Japanese", "ko": "Korean", "zh": "Chinese", "zu": "Zulu", ANY: "owned by no language",
}  # fmt: skip


def render(rules: Sequence[Rule]) -> str:
    """The whole page."""
    return "\n".join(["\n".join(_lines(rules)).rstrip("\n"), ""])


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    counts = Counter((rule.category, rule.language) for rule in rules)
    categories = [category for category in Category if any(rule.category is category for rule in rules)]
    languages = sorted({rule.language for rule in rules}, key=lambda language: (language != ANY, language))
    yield HEAD
    yield from _by_category(counts, categories, languages)
    yield from _by_language(rules, languages)
    yield from _gaps(counts, categories, languages)


def _by_category(
    counts: Counter[tuple[Category, str]], categories: Sequence[Category], languages: Sequence[str]
) -> Iterator[str]:
    yield "## Rules by category and language\n"
    yield f"A column is an ISO 639-1 code; `{ANY}` holds the rules that no language owns.\n"
    yield table_row(["category", *languages, "all"])
    yield table_row(["---", *["---:"] * (len(languages) + 1)])
    for category in categories:
        row = [counts[category, language] for language in languages]
        yield table_row([f"[{category}](rules.md#{category})", *(str(number or "") for number in row), str(sum(row))])
    totals = [sum(counts[category, language] for category in categories) for language in languages]
    yield table_row(["all", *map(str, totals), str(sum(totals))])
    yield ""


def _by_language(rules: Sequence[Rule], languages: Sequence[str]) -> Iterator[str]:
    yield "## Totals by language\n"
    yield table_row(["code", "language", "rules", "strong", "medium", "weak", "hits", "misses"])
    yield table_row(["---", "---", *["---:"] * 6])
    for language in languages:
        yield _totals(f"`{language}`", NAMES[language], [rule for rule in rules if rule.language == language])
    yield _totals("all", "", rules)
    yield ""


def _totals(code: str, name: str, rules: Sequence[Rule]) -> str:
    by_strength = Counter(rule.strength.value for rule in rules)
    hits, misses = sum(len(rule.hits) for rule in rules), sum(len(rule.misses) for rule in rules)
    numbers = [len(rules), by_strength["strong"], by_strength["medium"], by_strength["weak"], hits, misses]
    return table_row([code, name, *map(str, numbers)])


def _gaps(
    counts: Counter[tuple[Category, str]], categories: Sequence[Category], languages: Sequence[str]
) -> Iterator[str]:
    owned = [language for language in languages if language != ANY]
    missing: dict[Category, list[str]] = defaultdict(list)
    for category in categories:
        missing[category] = [language for language in owned if not counts[category, language]]
    yield "## Gaps\n"
    yield "The languages in which a category has no rule of its own:\n"
    yield table_row(["category", "no rule in"])
    yield table_row(["---"] * 2)
    for category in categories:
        if missing[category]:
            yield table_row([f"`{category}`", ", ".join(missing[category])])
    full = [f"`{category}`" for category in categories if not missing[category]]
    if full:
        yield f"\nRules in every one of these languages: {', '.join(full)}."
    rest = [f"`{category}`" for category in Category if category not in categories]
    if rest:
        yield f"\nNo wording rules in any language, found by structure or not at all: {', '.join(rest)}."
    yield ""


if __name__ == "__main__":
    sys.exit(keep_page(PAGE, lambda: render(load_rules()), COMMAND))
