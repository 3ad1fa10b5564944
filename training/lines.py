"""The texts to train the line scorer on, as examples: features, a label and a weight for every line."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.detectors.headline import slug_words
from cleaner.detectors.heard import Heard
from cleaner.detectors.scored import claims_of
from cleaner.extract import mark_main
from cleaner.features import read_features
from cleaner.metadata import read_metadata
from cleaner.model import Category, Document
from cleaner.options import Options
from cleaner.segment import segment
from cleaner.text import squeeze
from cleaner.text_features import LineFeatures, read_lines
from training.categories import name_by_markup
from training.descent import CATEGORIES, UNNAMED
from training.pages import OUTSIDE, fold_of, host_of, labels_of, source_of
from training.pages import rows as page_rows
from training.rules_only import hear, read_text

TEXT_SETS = ("publishers", "articles")
# Golds of publishers are the better ones, and news is what the product is for.
WEIGHTS = {"publishers": 4.0, "articles": 1.0, "reader": 1.0, "snippets": 0.7}
# Clean texts and whole pages of these sets are texts to learn from, too.
GOLD_SETS = ("publishers", "articles", "reader")
PAGE_SETS = ("reader",)
# Pages of these have no gold: what is story on them the block scorer says, which sees their markup.
TAUGHT_SETS = ("snippets",)
LABELS = {"n": 1.0, "c": 0.0, "m": 0.0}
MIXED = 0.3
CONTENT = frozenset(("content", "standfirst", "dateline", "correction", "data", "unclear"))
"""What a person who read a line called it, if it is to stay."""
BASE_WORDS = 2
_WORD = re.compile(r"\w+")
# What a person has read counts more than the alignment.
READ_WEIGHT = 2.0
READ_LINES = Path(__file__).parent / "read_lines.tsv"
"""Lines read for this project: set and upstream, page, number of the line, category."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text to learn from."""

    kind: str
    """Its set and upstream."""
    host: str
    fold: int
    features: LineFeatures
    labels: np.ndarray
    """1 for residue, 0 for content."""
    weights: np.ndarray
    categories: np.ndarray
    read: np.ndarray
    """Whether somebody has read the line."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one set as one upstream printed it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def names_on_pages(folder: Path) -> dict[tuple[str, str], dict[str, Category]]:
    """For every page of the HTML data its blocks outside the story that tags or class names call something, by text."""
    named: dict[tuple[str, str], dict[str, Category]] = {}
    for name in TEXT_SETS:
        for row in page_rows(folder, name):
            segments = segment(source_of(row))
            if segments.pieces:
                story = labels_of(row, segments) >= OUTSIDE
                said = name_by_markup(segments, read_features(segments, {}), story)
                texts = [squeeze(piece.text) for piece in segments.pieces]
                pairs = zip(texts, said, story.tolist(), strict=True)
                named[name, str(row["id"])] = {text: found for text, found, kept in pairs if found and not kept}
    return named


def lines_that_were_read(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """For every page the lines that somebody has read: by their text, what they are."""
    texts = {
        path.name.removesuffix(".jsonl.gz"): {str(row["id"]): row["lines"] for row in rows(path)}
        for path in sorted(folder.glob("*.jsonl.gz"))
    }
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for kind, page, number, category in _read_labels(folder):
        found[kind.split(".")[0], page].setdefault(squeeze(texts[kind][page][number]), category)
    return found


def _read_labels(folder: Path) -> Iterator[tuple[str, str, int, str]]:
    """The labels that came with the data, then those of this project: set and upstream, page, line, category."""
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        yield f"{label['set']}.{label['upstream']}", str(label["id"]), label["i"], label["category"]
    for line in READ_LINES.read_text(encoding="utf-8").splitlines():
        kind, page, number, category = line.split("\t")
        yield kind, page, int(number), category


def read_example(kind: str, row: dict[str, Any], page: dict[str, Category], known: dict[str, str]) -> Example | None:
    """One row, or nothing if it has no lines.

    ``page`` names lines by what its markup called them; ``known`` are lines that somebody has read: that beats the
    alignment.
    """
    document = read_text("\n".join(row["lines"]), row.get("url"))
    if not document.blocks:
        return None
    _, heard = hear(document)
    address = " ".join(sorted(slug_words(row.get("url") or "")))
    texts = [block.text for block in document.blocks]
    features = read_lines(texts, claims_of(document, heard), address, document.language)
    aligned = _aligned(row, document)
    read = [known.get(squeeze(text)) for text in texts]
    labels = np.array(
        [LABELS[mark] if said is None else said not in CONTENT for mark, said in zip(aligned, read, strict=True)], float
    )
    named = [_claimed(heard, index) or page.get(squeeze(text)) for index, text in enumerate(texts)]
    named = [said or guessed for said, guessed in zip(read, named, strict=True)]
    categories = [
        CATEGORIES.index(Category(name)) if name and label == 1 else UNNAMED
        for name, label in zip(named, labels, strict=True)
    ]
    sure = np.array([said is not None for said in read])
    weights = _weights(texts, labels, aligned, sure) * WEIGHTS[kind.split(".", maxsplit=1)[0]]
    return Example(kind, host_of(row), fold_of(row), features, labels, weights, np.array(categories), sure)


def _aligned(row: dict[str, Any], document: Document) -> list[str]:
    """For every block the label of the line that it begins in."""
    starts = np.cumsum([0, *(len(line) + 1 for line in row["lines"])])
    at = np.searchsorted(starts, [block.start for block in document.blocks], "right") - 1
    return [row["labels"][index] for index in at]


def _weights(texts: list[str], labels: np.ndarray, aligned: list[str], read: np.ndarray) -> np.ndarray:
    """What a line counts: its share of the content's words, so that all texts count alike."""
    words = np.array([len(_WORD.findall(text)) for text in texts])
    content = max(50.0, float(words[labels == 0].sum()))
    mixed = np.where(np.array(aligned) == "m", MIXED, 1.0)
    return np.minimum((words + BASE_WORDS) / content, 1.0) * np.where(read, READ_WEIGHT, mixed)


def _made(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Texts made from the HTML data: golds, in which nothing is residue, and pages as the segmenter prints them."""
    for name in GOLD_SETS:
        for row in page_rows(folder, name):
            lines = [line for line in (row.get("gold") or "").splitlines() if line.strip()]
            yield f"{name}.gold", {**row, "lines": lines, "labels": ["c"] * len(lines)}
    for name in PAGE_SETS:
        for row in page_rows(folder, name):
            segments = segment(source_of(row))
            labels = ["n" if label < OUTSIDE else "c" for label in labels_of(row, segments)]
            yield f"{name}.page", {**row, "lines": [squeeze(p.text) for p in segments.pieces], "labels": labels}
    for name in TAUGHT_SETS:
        for taught in filter(None, map(_taught, page_rows(folder, name))):
            yield f"{name}.page", taught


def _taught(row: dict[str, Any]) -> dict[str, Any] | None:
    """A page without gold as a text, nothing if it has no story."""
    source = source_of(row)
    segments = segment(source)
    if not segments.pieces:
        return None
    main = mark_main(segments, read_metadata(segments.head), Options(), source).main
    labels = ["c" if story else "n" for story in main.tolist()]
    return {**row, "lines": [squeeze(p.text) for p in segments.pieces], "labels": labels} if main.any() else None


def _claimed(heard: Heard, index: int) -> Category | None:
    """What the rules call a line; a name that words give is better than one that a place gives."""
    found = [f for f in heard.of(index) if f.category is not Category.OTHER]
    best = min(found, key=lambda f: (f.strength.rank, ".structure." in f.rule, f.rule), default=None)
    return best.category if best else None


def read_examples(folder: Path) -> list[Example]:
    """Every text of the data; ``folder`` holds ``text`` and ``html``."""
    pages = names_on_pages(folder / "html")
    known = lines_that_were_read(folder / "text")
    found = [read_example(kind, row, {}, {}) for kind, row in _made(folder / "html")]
    for path in sorted((folder / "text").glob("*.jsonl.gz")):
        kind = path.name.removesuffix(".jsonl.gz")
        for row in rows(path):
            page = kind.split(".")[0], str(row["id"])
            found.append(read_example(kind, row, pages.get(page, {}), known.get(page, {})))
    return [example for example in found if example is not None]
