"""Readers' comments that no word names: one entry after the other, headed by who wrote it and when.

Fires on:  everything from "Ann Lee, 10/2/1999" on, below the story, where three such lines and more, of different
           people and of one year or two, head prose in which some say "I", and the last of them ends the text.
Not on:    live pages and diaries, which open with their entries; authors who take turns; lists of books, records or
           events, which tell of others, and some of whose titles are longer than a name; lives, whose dates lie years
           apart. Heads with neither time nor brackets may be the places of a journey: there a second voice is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.language import UNSPACED
from cleaner.model import Block, Category, Document, Finding, Strength
from cleaner.text import ends_sentence

# So many paragraphs stand above the first entry, at least, and so many entries below; an entry has so many blocks at
# most. Of the names so many are different: those who write a live page take turns.
STORY_PARAGRAPHS = 4
ENTRIES = 3
LONGEST_ENTRY = 8
DIFFERENT = 0.75
# Readers answer within so many calendar years, and this share of them speaks of themselves.
YEARS = 2
OF_THEMSELVES = 1 / 3
# Longer names are headlines, in words; longer lines are prose, in code points.
NAME_WORDS = 5
HEAD_CHARS = 80

# Words by which people speak of themselves.
OF_ONESELF = {
    "ar": "أنا لي عندي",
    "bg": "аз ми мен моят моята",
    "ca": "jo meu meva em vaig",
    "cs": "já jsem mě mi mně můj moje",
    "da": "jeg mig min mit mine",
    "de": "ich mir mich mein meine meinen meiner",
    "el": "εγώ εμένα μου",
    "en": "i my me myself",
    "es": "yo mi mis me creo",
    "fi": "minä minun minua minulla olen",
    "fr": "je j moi mon ma mes",
    "hr": "ja sam mi mene moj moja",
    "hu": "én nekem engem vagyok szerintem",
    "id": "saya aku",
    "it": "io mi mio mia miei sono ho",
    "ja": "私 僕 俺 思います 思う",
    "ko": "저는 나는 제가 내가 저도 나도",
    "nl": "ik mij me mijn",
    "no": "jeg meg min mitt mine",
    "pl": "ja mnie mi mój moja moje jestem mam",
    "pt": "eu meu minha me mim",
    "ro": "eu mie mea meu mi",
    "ru": "я мне меня мой моя моё мои",
    "sk": "ja som mňa mi môj moja",
    "sl": "jaz sem mi mene moj moja",
    "sr": "ја сам ми мене мој моја ja sam mi mene moj moja",
    "sv": "jag mig min mitt mina",
    "tr": "ben bana benim bence",
    "uk": "я мені мене мій моя моє мої",
    "zh": "我",
}

_TIME = r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?| uhr| h)?"
_DAY = (
    r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}(?:\.|º|er)? (?:de )?[^\W\d]{3,12}\.?,? (?:de )?\d{4}"
    r"|[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)"
)
_STAMP = rf"(?P<day>{_DAY})(?:[,\s]{{1,3}}(?:at |um |à |a las |alle |kl\.? ?|o |в |[-–|@] ?)?(?P<time>{_TIME}))?"
_NAME = r"(?P<name>[^\W\d_][^\d\n:;!?|]{0,40}?)"
_NAME_AND_DAY = re.compile(
    rf"{_NAME}[\s,|(·•–—-]{{1,4}}(?:on |am |le |el |il |den )?{_STAMP}[)\s]{{0,2}}", re.IGNORECASE
)
_DAY_AND_NAME = re.compile(rf"{_STAMP}[\s,|)·•–—-]{{1,4}}(?:by |von |de |da )?{_NAME}", re.IGNORECASE)
_DAY_ALONE = re.compile(rf"\(?{_STAMP}\)?(?P<prose>[\s|:–—-]{{1,4}}\S.{{20,}})?", re.IGNORECASE | re.DOTALL)


_DIGIT = re.compile(r"\d")
_DATED = re.compile(rf"{_DAY}[^\w]{{0,3}}$|^{_DAY}", re.IGNORECASE)


class _Entry(NamedTuple):
    """Where an entry begins and where its prose, who wrote it and in which year, whether a machine set the date."""

    first: int
    prose: int
    name: str
    year: str
    stamped: bool


def find_signed(document: Document, _heard: Heard) -> Iterator[Finding]:
    """Claim the entries below the story, their prose included."""
    blocks = [block for block in document.blocks if block.main is not False]
    found = list(_entries(blocks))
    entries = _last_run(found, len(blocks))
    if len(entries) < ENTRIES or not _by_readers(document, blocks, entries):
        return
    others = found[: len(found) - len(entries)]
    if not _below_story(document, blocks[: entries[0].first], others) or _has_titles(blocks, entries):
        return
    strength = Strength.STRONG if all(entry.stamped for entry in entries) else Strength.MEDIUM
    why = f"below the story {len(entries)} entries follow, headed by who wrote them and when"
    for block in blocks[entries[0].first :]:
        yield block_claim(document, block.number, Category.COMMENTS, "signed", strength, why)


def _entries(blocks: Sequence[Block]) -> Iterator[_Entry]:
    for index, block in enumerate(blocks):
        text, above = block.text, blocks[index - 1].text if index else ""
        if not _DIGIT.search(text, 0, HEAD_CHARS):
            continue
        head = (_NAME_AND_DAY.fullmatch(text) or _DAY_AND_NAME.fullmatch(text)) if len(text) <= HEAD_CHARS else None
        day = head or _DAY_ALONE.fullmatch(text)
        year = _year(day["day"]) if day else ""
        if not day or not (year or day["time"]):
            continue
        stamped = bool(day["time"]) or "(" in text[: day.end("day")]
        if head and _is_name(head["name"]):
            yield _Entry(index, index + 1, head["name"].casefold(), year, stamped)
        elif not head and (day["time"] or not day["prose"]) and _is_name(above):
            yield _Entry(index - 1, index if day["prose"] else index + 1, above.casefold(), year, stamped)


def _is_name(text: str) -> bool:
    return 0 < len(text.split()) <= NAME_WORDS and len(text) <= HEAD_CHARS and not ends_sentence(text)


def _year(day: str) -> str:
    """Its last two digits; nothing where the date has none."""
    numbers = re.findall(r"\d+", day)
    year = numbers[0] if len(numbers[0]) == 4 else numbers[-1]
    return year[-2:] if len(numbers) == 3 or len(year) == 4 else ""


def _last_run(entries: list[_Entry], end: int) -> list[_Entry]:
    """The entries at the end of the text, none longer than an entry may be."""
    run: list[_Entry] = []
    for entry in reversed(entries):
        if end - entry.prose > LONGEST_ENTRY:
            break
        run.append(entry)
        end = entry.first
    return run[::-1]


def _below_story(document: Document, above: Sequence[Block], others: Sequence[_Entry]) -> bool:
    """True if a story stands above that has no such entries; its own author and date stand at its top."""
    prose = [number for number, block in enumerate(above) if document.read(block).prose]
    return len(prose) >= STORY_PARAGRAPHS and all(entry.first <= prose[0] for entry in others)


def _has_titles(blocks: Sequence[Block], entries: Sequence[_Entry]) -> bool:
    """True if a line between the entries is dated like them but no name: then they are titles, too."""
    heads = {number for entry in entries for number in range(entry.first, entry.prose + 1)}
    return any(
        number not in heads and len(blocks[number].text) <= 2 * HEAD_CHARS and _DATED.search(blocks[number].text)
        for number in range(entries[0].first, len(blocks))
    )


def _by_readers(document: Document, blocks: Sequence[Block], entries: Sequence[_Entry]) -> bool:
    """True if different people speak, of themselves now and then, and within a year or two."""
    ends = [*(entry.first for entry in entries[1:]), len(blocks)]
    prose = [blocks[entry.prose : end] for entry, end in zip(entries, ends, strict=True)]
    names, years = {entry.name for entry in entries}, {entry.year for entry in entries if entry.year}
    spoken = sum(any(document.read(block).prose for block in held) for held in prose)
    own = sum(any(_says_i(document, block) for block in held) for held in prose)
    different = len(names) >= DIFFERENT * len(entries) and len(years) <= YEARS
    return different and spoken >= ENTRIES and own >= max(2, OF_THEMSELVES * len(entries))


def _says_i(document: Document, block: Block) -> bool:
    words = OF_ONESELF.get(document.language or "", "").split()
    if document.language in UNSPACED:
        return any(word in block.text for word in words)
    return not set(words).isdisjoint(document.read(block).words)
