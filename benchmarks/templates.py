"""What learning from a site's pages finds on other pages of it, beyond rules and scorer, and what news it takes.

    python benchmarks/templates.py [--seed 1] [--show 20] [--keep FOLDER]

Makes the invented sites (``invented_sites.py``), learns from four of five pages of each, and cleans the others with and
without what was learned. Lines that are removed with it and not without are counted by what they truly are. Exits with
1 if a line of news is among them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from invented_sites import Line, Page, invented_pages

import cleaner
from cleaner.learn.job import Learning
from cleaner.learn.run import learn
from cleaner.model import CleanResult

# Every so many-th page is held back, and of each site not more than so many.
HELD_BACK = 5
MOST_TESTED = 40
# Removals of these rules were asked for by a template.
RULE = ".structure.template"


@dataclass(slots=True)
class Tally:
    """Lines of some pages, by what they truly are."""

    pages: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    """Removed without templates."""
    more: Counter[str] = field(default_factory=Counter)
    """Removed with them, and not without."""
    fewer: Counter[str] = field(default_factory=Counter)
    """Removed without them, and not with."""
    texts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Kind, what became of it, and the line: what is left, and what was wrongly taken."""

    def add(self, other: Tally) -> None:
        """Count other pages, too."""
        self.pages += other.pages
        for name in ("lines", "before", "more", "fewer", "texts"):
            getattr(self, name).update(getattr(other, name))


def gone(page: Page, result: CleanResult) -> list[tuple[Line, str | None]]:
    """Every line of a page, and the rule that took it, ``None`` if it is there still."""
    blocks = result.document.blocks
    assert [" ".join(block.text.split()) for block in blocks] == [" ".join(line.text.split()) for line in page.lines]
    taken: list[tuple[Line, str | None]] = []
    for line, block in zip(page.lines, blocks, strict=True):
        rules = [r.rule for r in result.removals if r.start <= block.start and block.end <= r.end]
        taken.append((line, rules[0] if rules else None))
    return taken


def compare(page: Page, plain: cleaner.Cleaner, learned: cleaner.Cleaner) -> Tally:
    """Clean a page both ways."""
    tally = Tally(pages=1)
    kind = "html" if page.html else "text"
    without = gone(page, plain(page.text, kind=kind, url=page.address))
    with_them = gone(page, learned(page.text, kind=kind, url=page.address))
    for (line, before), (_, now) in zip(without, with_them, strict=True):
        tally.lines[line.kind] += 1
        tally.before[line.kind] += before is not None
        # A headline, byline or date leaves the text for its field; as template it would be lost.
        wrong = line.kind == "field" and now is not None and RULE in now and now.split(".")[0] not in FIELDS
        tally.more[line.kind] += (now is not None and before is None) if line.kind != "field" else wrong
        tally.fewer[line.kind] += now is None and before is not None
        if wrong or (line.kind == "news" and now is not None and before is None):
            tally.texts[line.kind, f"taken by {now}", line.text] += 1
        if line.kind in ("template", "passing") and now is None:
            tally.texts[line.kind, "left", line.text] += 1
    return tally


FIELDS = ("byline", "timestamp", "headline")
_cleaners: list[cleaner.Cleaner] = []


def _start(templates: Path) -> None:
    _cleaners[:] = [cleaner.Cleaner(), cleaner.Cleaner(templates=templates)]


def _compare(page: Page) -> tuple[Page, Tally]:
    return page, compare(page, *_cleaners)


def split(pages: Iterable[Page], train: Path) -> list[Page]:
    """Write the pages to learn from; give back those held back."""
    held: dict[str, list[Page]] = defaultdict(list)
    with train.open("w", encoding="utf-8") as file:
        for number, page in enumerate(pages):
            if number % HELD_BACK == 0 and len(held[page.site]) < MOST_TESTED:
                held[page.site].append(page)
            else:
                file.write(json.dumps(page.record(), ensure_ascii=False) + "\n")
    return [page for of_site in held.values() for page in of_site]


def rows(tallies: dict[str, Tally]) -> Iterator[str]:
    """The table."""
    columns = (
        "", "pages", "template lines", "rules + scorer", "**+ templates**", "left", "passing lines", "rules + scorer",
        "+ templates", "news lines", "rules + scorer", "**+ templates**", "fields lost",
    )  # fmt: skip
    yield f"| {' | '.join(columns)} |"
    yield "|---|" + "--:|" * (len(columns) - 1)
    for name, t in tallies.items():
        lines, before, more = t.lines, t.before, t.more
        passing = lines["passing"]
        left = lines["template"] - before["template"] - more["template"] + t.fewer["template"]
        yield (
            f"| {name} | {t.pages:,} | {lines['template']:,} | {_share(before['template'], lines['template'])} "
            f"| **{_share(more['template'], lines['template'])}** | {_share(left, lines['template'])} "
            f"| {passing:,} | {_share(before['passing'], passing)} | {_share(more['passing'], passing)} "
            f"| {lines['news']:,} | {before['news']:,} | **{more['news']:,}** | {more['field']:,} |"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def main() -> int:
    """Print the table; 1 if news was taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="so many of the lines that are left or wrongly taken")
    parser.add_argument("--keep", type=Path, help="write corpus and templates here, and leave them")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        pages = list(invented_pages(given.seed))
        sizes = Counter(page.site for page in pages)
        tested = split(pages, folder / "train.jsonl")
        print(f"{len(sizes)} sites, {len(pages):,} pages, {len(tested):,} of them held back")
        started = time.perf_counter()
        print(learn(Learning(str(folder / "train.jsonl"), folder / "sites.parquet", workers=given.workers)))
        print(f"learned in {time.perf_counter() - started:.0f} s")
        tallies: dict[str, Tally] = defaultdict(Tally)
        with ProcessPoolExecutor(given.workers, initializer=_start, initargs=(folder / "sites.parquet",)) as pool:
            for page, tally in pool.map(_compare, tested, chunksize=16):
                for name in ("all", "HTML" if page.html else "text", _class(sizes[page.site]), page.language):
                    tallies[name].add(tally)
    print("\n".join(rows(dict(sorted(tallies.items(), key=lambda item: _order(item[0]))))))
    for (kind, what, text), count in tallies["all"].texts.most_common(given.show):
        print(f"{count:5} {kind} {what}: {text[:120]}")
    for (kind, what, text), count in tallies["all"].texts.items():
        if kind != "template" and kind != "passing" and given.show:
            print(f"{count:5} {kind} {what}: {text[:120]}")
    return int(tallies["all"].more["news"] > 0)


def _class(size: int) -> str:
    return "20 to 60 pages" if size <= 60 else "61 to 320 pages" if size <= 320 else "321 to 2,000 pages"


def _order(name: str) -> tuple[int, str]:
    return (0 if name == "all" else 1 if name in ("HTML", "text") else 2 if " " in name else 3, name.zfill(20))


if __name__ == "__main__":
    sys.exit(main())
