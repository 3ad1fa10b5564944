"""The document's own headline, wherever it stands in the first lines, what stands above it, and its repetitions.

Fires on:  a line that says what the page's address or title says; a line printed twice before the story; a line
           above a byline or date; a first line without a full stop above the first paragraph; the site's name above.
Not on:    a first line that ends as a sentence does, a list item, a line that ends with a colon, a correction, a
           crosshead further down (only the lines above the first paragraph are looked at). Where a page names its
           headline, further ones must say what the address or the title says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import CLAUSE_END, WORD, bare_of, fold, label_of, makes_a_statement

# The headline stands among the first lines. Lists of teasers above it are longer than that on raw page text only.
TOP_BLOCKS = 15
MAX_WORDS = 30
MAX_UNPROVED = 16
# Shorter lines are kickers and sections while a longer one stands beside them.
MIN_PROVED = 4

# Shares of words that must agree, set on the development pages: of first lines that agree with the address by half
# or more, 640 of 690 are the headline; the others head articles whose gold text includes it.
SLUG_AGREES = 0.5
TITLE_AGREES = 0.75

# A label between paragraphs comes again within so many blocks.
LABEL_REACH = 12

# No headline is longer, in code points; normalising takes time in the square of a run of combining marks.
MAX_COMPARED = 500

# By so much may a repetition's length differ, in code points: bullets, quotes, full stops at its edges.
MAX_EDGES = 8

_BELOW_HEADLINE = (Category.BYLINE, Category.TIMESTAMP, Category.PHOTO_CREDIT)
_NOT_HEADLINE = re.compile(rf"^(?:[-–—•*·▪●]\s|\d+[.)]\s|[a-zà-ÿ])|[{CLAUSE_END}.]$")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{3}[.!?]\s+[^\W\d_]")
_SPELL_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "æ": "ae", "ı": "i", "ł": "l"})


def find_headline(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the headline, the lines above it and its repetitions."""
    top = _lines_above_story(document, heard)
    named = any(heard.strong(index) for index in heard.touched(Category.HEADLINE))
    chosen = _by_evidence(document, top, named)
    if chosen is None and not named and not document.headed:
        chosen = _by_place(document, heard, top)
    if chosen is None:
        return
    index, found = chosen
    yield from found
    if found[0].strength is Strength.STRONG:
        yield from _above(document, heard, index)
    yield from _repeated(document, index)


def _surely_else(heard: Heard, index: int) -> bool:
    """True if a strong claim says that it is no headline; that it stands outside the main content says little."""
    return any(f.strength is Strength.STRONG and not f.rule.endswith(".structure.outside") for f in heard.of(index))


def _lines_above_story(document: Document, heard: Heard) -> list[int]:
    """Short lines before the first paragraph; a paragraph that is itself residue does not end them."""
    lines: list[int] = []
    for index in range(min(len(document.blocks), 3 * TOP_BLOCKS)):
        reading = document.readings[index]
        if reading.prose and not _surely_else(heard, index):
            if index > 0 or len(document.blocks) == 1 or reading.word_count > MAX_WORDS:
                break
        elif not _surely_else(heard, index) and not heard.kept(index) and reading.word_count <= MAX_WORDS:
            lines.append(index)
        if len(lines) >= TOP_BLOCKS:
            break
    return lines


def _by_evidence(document: Document, top: list[int], named: bool) -> tuple[int, list[Finding]] | None:
    """The line that says what address or title say; unless a headline is ``named`` already, one that stands twice."""
    slug = slug_words(document.meta.get("url", ""))
    title = frozenset(_words(document.meta.get("title", "")))
    best: tuple[float, int, str, str] | None = None
    labels = [label_of(document.readings[index].fold.text) for index in top]
    for index, label in zip(top, labels, strict=True):
        text = document.blocks[index].text
        agrees = _agreement(text, slug)
        if agrees >= (TITLE_AGREES if makes_a_statement(text) else SLUG_AGREES):
            best = max(best or (0.0, 0, "", ""), (agrees, -index, "address", "it says what the page's address says"))
        if title and _share(frozenset(_words(text)), title) >= TITLE_AGREES:
            best = max(best or (0.0, 0, "", ""), (1.0, -index, "title", "it says what the page's title says"))
        twin = not named and labels.count(label) == 2 and document.readings[index].word_count >= 4
        if twin and not _NOT_HEADLINE.search(text):
            best = max(best or (0.0, 0, "", ""), (0.4, -index, "twice", "it stands twice above the story"))
    if best is None:
        return None
    index = -best[1]
    return index, [block_claim(document, index, Category.HEADLINE, best[2], Strength.STRONG, best[3])]


def _by_place(document: Document, heard: Heard, top: list[int]) -> tuple[int, list[Finding]] | None:
    """The first line that looks like a headline and has the story below it."""
    # Longer first lines without a full stop are standfirsts as often as headlines.
    story = next((i for i, reading in enumerate(document.readings) if reading.prose and not heard.strong(i)), None)
    candidates = [i for i in top if story is not None and i < story and _looks_like_headline(document, heard, i)]
    if not candidates or story is None:
        return None
    why = "a byline, date or credit stands below it"
    for index in sorted(candidates, key=lambda i: (document.readings[i].word_count < MIN_PROVED, i)):
        below = range(index + 1, min(index + 4, len(document.blocks)))
        if any(heard.strong(i) and heard.says(i, *_BELOW_HEADLINE) for i in below):
            return index, [block_claim(document, index, Category.HEADLINE, "above-byline", Strength.STRONG, why)]
    index = candidates[0]
    # A text without any residue was cleaned before, or never had a headline: its first line may be the standfirst.
    if story - index > 3 or document.again or not heard.any_strong():
        return None
    first = "a line without a full stop above the first paragraph"
    found = [block_claim(document, index, Category.HEADLINE, "first-line", Strength.MEDIUM, first)]
    if all(heard.claimed(i) for i in range(index)):
        found.append(
            block_claim(document, index, Category.HEADLINE, "opens-text", Strength.WEAK, "nothing stands above it")
        )
    return index, found


def _looks_like_headline(document: Document, heard: Heard, index: int) -> bool:
    text, reading = document.blocks[index].text, document.readings[index]
    if heard.claimed(index) or _NOT_HEADLINE.search(text) or not 2 <= reading.word_count <= MAX_WORDS:
        return False
    if reading.word_count > MAX_UNPROVED or _TWO_SENTENCES.search(text) or makes_a_statement(text):
        return False
    label, below = label_of(reading.fold.text), document.readings[index + 1 : index + LABEL_REACH]
    # A label stands between the paragraphs, too, perhaps with another number.
    return all(label_of(other.fold.text) != label for other in below if other.word_count == reading.word_count)


def _above(document: Document, heard: Heard, headline: int) -> Iterator[Finding]:
    """Site name, section and breadcrumb: short lines above the headline that nobody else has claimed."""
    for index in range(headline):
        if (
            not heard.claimed(index)
            and document.readings[index].word_count <= 8
            and not document.readings[index].sentence
        ):
            yield block_claim(
                document, index, Category.NAVIGATION, "above-headline", Strength.MEDIUM, "it stands above the headline"
            )
            yield block_claim(
                document, index, Category.NAVIGATION, "short-top", Strength.WEAK, "a short line at the very top"
            )


def _repeated(document: Document, headline: int) -> Iterator[Finding]:
    label = bare_of(document.readings[headline].fold.text)  # numbers count: "Day 2" is not "Day 1" again
    length = len(document.blocks[headline].text)
    words = frozenset(_words(document.blocks[headline].text))
    for index, block in enumerate(document.blocks):
        if index == headline or not words:
            continue
        same = abs(len(block.text) - length) <= MAX_EDGES and bare_of(document.readings[index].fold.text) == label
        near = (
            len(words) >= 4
            and index < 2 * TOP_BLOCKS
            and not document.readings[index].sentence
            and document.readings[index].word_count <= MAX_WORDS
            and _share(frozenset(_words(block.text)), words) >= TITLE_AGREES
        )
        if same or near:
            yield block_claim(document, index, Category.HEADLINE, "repetition", Strength.STRONG, "the headline again")


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Words in common, as a share of the words of the larger set."""
    return len(one & other) / max(len(one), len(other)) if one and other else 0.0


def _agreement(text: str, slug: frozenset[str]) -> float:
    """Share of the line's words that stand in the address; 0 unless at least three do."""
    if not slug:
        return 0.0
    best = 0.0
    for words in (frozenset(_words(text)), frozenset(_words(text.lower().translate(_SPELL_OUT)))):
        common = len(words & slug)
        if common >= 3:
            best = max(best, common / len(words))
    return best


@lru_cache(maxsize=256)
def slug_words(url: str) -> frozenset[str]:
    """The words of an address' path, without accents.

    >>> sorted(slug_words("https://example.org/2024/05/council-votes-on-bridge.html"))
    ['bridge', 'council', 'html', 'votes']
    """
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return frozenset()
    return frozenset(_words(path.replace("_", " ")))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize(
        "NFKD", fold(text[:MAX_COMPARED]).text.replace("ı", "i").replace("ß", "ss").replace("ł", "l")
    )
    bare = plain if plain.isascii() else "".join(char for char in plain if not unicodedata.combining(char))
    return [word for word in WORD.findall(bare) if len(word) > 2 and not word.isdigit()]
