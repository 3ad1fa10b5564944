"""Where the output of a document goes: by the name of its file, never by its id, which may be anything."""

from __future__ import annotations

import re

from cleaner.batch.job import Writing
from cleaner.io.files import PACKED, InputFile, stem_of

SINGLE = ("text", "html", "auto")
"""Formats of a file that is one document."""


def format_for(file: InputFile, writing: Writing) -> str:
    """``text``, ``jsonl`` or ``parquet``: what a file of the input becomes."""
    if writing.format is not None:
        return writing.format
    if file.format in SINGLE:
        return "text"
    return "parquet" if file.format == "parquet" else "jsonl"


def suffix_for(file: InputFile | None, writing: Writing) -> str:
    """The suffix of a file of rows, that of its packing included; ``None`` is for parts, which have many sources."""
    kind = writing.format or "jsonl" if file is None else format_for(file, writing)
    if kind == "parquet":
        return ".parquet"
    if writing.pack is not None:
        return ".jsonl" + ("" if writing.pack == "none" else f".{writing.pack}")
    own = file.name.lower() if file is not None and file.format == "jsonl" else ""
    return ".jsonl" + next((packed for packed in PACKED if own.endswith(packed)), "")


def target_for(file: InputFile, writing: Writing) -> str | None:
    """Name of a file's output below the output folder; ``None`` for rows that go into parts.

    >>> target_for(InputFile("2024/a.html.gz", "", "html"), Writing())
    '2024/a.txt'
    >>> target_for(InputFile("crawl/a.warc.gz", "", "warc"), Writing(pack="zst"))
    'crawl/a.jsonl.zst'
    """
    if format_for(file, writing) == "text":
        # Documents of one file get a folder of its full name, which no other file can have.
        return text_name(file.name) if file.format in SINGLE else file.name
    if writing.part_size is not None or file.format in SINGLE:
        return None
    return stem_of(file.name) + suffix_for(file, writing)


def text_name(name: str) -> str:
    """The name of a cleaned text.

    >>> text_name("2024/05/story.html")
    '2024/05/story.txt'
    """
    return f"{stem_of(name)}.txt"


def numbered_text(file: InputFile, number: int) -> str:
    """The name of the cleaned text of one record of many.

    >>> numbered_text(InputFile("a.jsonl", "", "jsonl"), 7)
    'a.jsonl/0000007.txt'
    """
    return f"{file.name}/{number:07}.txt"


def part_prefix(part_size: int | None) -> str:
    """How the names of parts begin, for rows with or without a size for them."""
    # Without parts for all, those of texts and pages stand beside files that may well be called part-00000.
    return "documents" if part_size is None else "part"


def part_pattern(part_size: int | None) -> re.Pattern[str]:
    """What matches the whole name of a part; its group is the number, which may have more than five digits.

    >>> part_pattern(None).fullmatch("documents-00017.jsonl.gz")[1]
    '00017'
    """
    return re.compile(part_prefix(part_size) + r"-(\d{5,})\.(?:jsonl(?:\.gz|\.zst)?|parquet)")
