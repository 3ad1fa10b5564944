"""The pages to train on, as examples: features, a label and a weight for every block, the fold of the host."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from cleaner.encoding import decode_html
from cleaner.features import Features, read_features
from cleaner.metadata import read_metadata
from cleaner.model import Category
from cleaner.segment import Segments, segment
from cleaner.text import WORD
from training.augment import ADDITIONS, without_story
from training.categories import name_blocks
from training.descent import CATEGORIES, UNNAMED
from training.labels import UNKNOWN, align, from_reading, from_snippets, reading_of

SETS = ("publishers", "articles", "snippets", "reader")
REAL = (*SETS, "read")
"""Kinds of pages to which nothing was added; ``read`` are those of ``snippets`` that somebody has read."""
FOLDS = 5

Row = dict[str, Any]

# A page that was read counts as much as one with gold.
READ_WEIGHT = 1.0
# How much a page counts, by kind. Pages of news publishers are what the product is for; of the additions the network
# shall learn the shapes, and not forget the pages that are real.
WEIGHTS = {
    "publishers": 4.0,
    "read": READ_WEIGHT,
    "comments": 0.3,
    "boxes": 0.15,
    "articles below": 0.05,
    "no story": 0.02,
}
SNIPPET_WEIGHT = 0.02
# Every block counts as if it had so many words more: a heading is not nothing.
BASE_WORDS = 2
# How many pages get which additions: copies of a publisher's page, share of the other pages.
COPIES = {"comments": (3, 0.5), "boxes": (2, 0.3), "articles": (1, 0.12), "no story": (1, 0.1)}
POOL = 150
# Below this share of story a block is outside.
OUTSIDE = 0.3
ADDED = {"comments": Category.COMMENTS, "boxes": Category.RELATED, "articles below": Category.RELATED}
"""What the blocks of an addition are."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page to learn from."""

    kind: str
    """Its set, or what was added to it."""
    host: str
    fold: int
    features: Features
    labels: np.ndarray
    """A label a block: 0 to 1, ``UNKNOWN`` where nobody says."""
    weights: np.ndarray
    categories: np.ndarray
    """A category a block, ``UNNAMED`` where nobody says or where it is story."""


def host_of(row: Row) -> str:
    """The registered domain, near enough: the last two labels, three where the second is a short one (co.uk)."""
    labels = (urlsplit(row.get("url") or "").hostname or str(row["id"])).split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[-2:])


def fold_of(row: Row) -> int:
    """The fold of a page: all pages of a host fall into one, whichever set they are from."""
    return zlib.crc32(host_of(row).encode()) % FOLDS


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one set of pages."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("page_type", "article") == "article":
                yield row


def read_examples(folder: Path) -> list[Example]:
    """Every page of the data and the pages made from them."""
    found: list[Example] = []
    for name in SETS:
        for row in rows(folder, name):
            segments = segment(source_of(row))
            if segments.pieces:
                found.append(_example(name, row, segments, labels_of(row, segments)))
    pools = _pools(folder)
    for name in ("publishers", "articles"):
        for row in rows(folder, name):
            if row.get("gold"):
                found += _additions(name, row, pools)
    return found


def source_of(row: Row) -> bytes:
    """The page in UTF-8."""
    return _decoded(row).encode("utf-8", "replace")


def _decoded(row: Row) -> str:
    return decode_html(row["html_latin1"].encode("latin-1"))[0]


def labels_of(row: Row, segments: Segments) -> np.ndarray:
    """A label a block: from gold, or from snippets and what a reader said of the blocks that hold no wanted one."""
    texts = [piece.text for piece in segments.pieces]
    if row.get("gold"):
        return align(texts, row["gold"])
    labels = from_snippets(texts, row.get("with", []), row.get("without", []))
    reading = reading_of(row["id"], len(texts))
    # An unwanted snippet of a word or two also stands in paragraphs of the story: a reader knows better.
    return labels if reading is None else np.where(labels == 1.0, labels, from_reading(reading))


def _example(kind: str, row: Row, segments: Segments, labels: np.ndarray) -> Example:
    segments.head.address = row.get("url") or ""
    features = read_features(segments, read_metadata(segments.head))
    categories = np.full(len(labels), UNNAMED)
    read = kind == "snippets" and reading_of(row["id"], len(labels)) is not None
    if kind in SETS:
        whole = row.get("gold") or read
        inside = (labels >= OUTSIDE) | (labels == UNKNOWN) if whole else labels == 1
        categories = name_blocks(segments, features, inside)
    elif kind in ADDED:
        there = {piece.text for piece in segment(source_of(row)).pieces}
        added = np.array([piece.text not in there for piece in segments.pieces])
        categories[added & (labels < OUTSIDE)] = CATEGORIES.index(ADDED[kind])
    kind = "read" if read else kind
    return Example(kind, host_of(row), fold_of(row), features, labels, _weights(kind, segments, labels), categories)


def _weights(kind: str, segments: Segments, labels: np.ndarray) -> np.ndarray:
    """What a block counts: its share of the story's words, so that all pages count alike, times that of its kind."""
    if kind == "snippets":
        return np.where(labels == UNKNOWN, 0.0, SNIPPET_WEIGHT)
    words = np.array([len(WORD.findall(piece.text)) for piece in segments.pieces])
    story = (words * np.maximum(labels, 0)).sum() or words.sum()
    share = np.minimum((words + BASE_WORDS) / max(50.0, story), 1.5)
    return np.where(labels == UNKNOWN, 0.0, share) * WEIGHTS.get(kind, 1.0)


def _pools(folder: Path) -> dict[int, tuple[list[str], list[str]]]:
    """By fold what additions are made of: paragraphs of stories and readers' comments, each of 15 to 160 words."""
    pools: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name in ("publishers", "articles", "snippets"):
        for row in rows(folder, name):
            segments = segment(source_of(row))
            stories, comments = pools[fold_of(row)]
            for piece, label in zip(segments.pieces, labels_of(row, segments), strict=True):
                if 15 <= len(piece.text.split()) <= 160 and piece.link_chars < 0.2 * len(piece.text):
                    if label > 0.9:
                        stories.append(piece.text)
                    elif label < OUTSIDE and "comment" in _names_around(segments, piece.container):
                        comments.append(piece.text)
    return pools


def _names_around(segments: Segments, container: int) -> str:
    names = []
    for _ in range(4):
        given = segments.attributes[container]
        names.append(f"{given.get('class')} {given.get('id')}")
        container = segments.parents[container]
    return " ".join(names).lower()


def _additions(name: str, row: Row, pools: dict[int, tuple[list[str], list[str]]]) -> Iterable[Example]:
    """The pages made from one page, always the same ones."""
    random = Random(f"{name} {row['id']}")
    stories, comments = pools[fold_of(row)]
    pool = [*random.sample(stories, POOL), *random.sample(comments, min(POOL, len(comments)))]
    for kind, (copies, share) in COPIES.items():
        for _ in range(copies if name == "publishers" else random.random() < share):
            if kind == "no story":
                segments = segment(source_of(row))
                segments = without_story(segments, labels_of(row, segments))
                labels = np.zeros(len(segments.pieces))
            else:
                segments = segment(ADDITIONS[kind](_decoded(row), pool, random).encode("utf-8", "replace"))
                labels = labels_of(row, segments)
            if segments.pieces:
                yield _example("articles below" if kind == "articles" else kind, row, segments, labels)
