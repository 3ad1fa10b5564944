"""Pure string helpers: folding for comparison, words, sentence ends.

Folding is for matching only. It makes a copy in lower case with plain spaces, quotes and dashes; the document itself
is never rewritten. Nearly every folding step keeps the length, so that offsets carry over; where it cannot
(zero-width characters, combining marks), :func:`fold` returns a map.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import NamedTuple

_PLAIN = {
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u202f\u205f\u3000\t\x0b\x0c\ufffc",
    "'": "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`\u05f3",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u05f4\u300c\u300d\u300e\u300f",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff70",
}
_ONE_TO_ONE: dict[int, str] = {ord(c): plain for plain, cs in _PLAIN.items() for c in cs}
# The long-vowel mark belongs to Japanese words (ニュース); only stand-alone dashes are punctuation.
del _ONE_TO_ONE[0x30FC], _ONE_TO_ONE[0xFF70]
# Full-width ASCII, as Chinese and Japanese pages print colons, brackets and digits.
_ONE_TO_ONE |= {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
_ONE_TO_ONE[0x130] = "i"  # İ: the only letter whose lower case is longer than itself

_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_ODD = re.compile(f"[{_INVISIBLE}\u0300-\u036f]")
_GONE = re.compile(f"[{_INVISIBLE}]")
# Letters and signs that surely compose with nothing, and have behind them another such.
_ALONE = "\x00-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u0620-\u064a\u3400-\u9fff"
_RUN = re.compile(f"[{_ALONE}]+(?=[{_ALONE}])|[{_ALONE}]+$")

# The scripts of India and Sri Lanka write vowels as signs at a letter: parts of their words, which \w leaves out. Full
# stops are not among them.
_VOWELS = "\u0900-\u0963\u0971-\u0df3"
WORD = re.compile(rf"[\w{_VOWELS}]+")
CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŻŞİČŘŠŽА-ЯЁІЇЄҐ]"
"""Of what names begin with, as a part of a pattern."""
NAME_PARTICLES = "de|van|von|der|den|di|da|del|della|la|le|al|bin|ibn|zu"
"""What stands in lower case within names."""
SIGN = re.compile(rf"[^\w\s{_VOWELS}]")
_SPACED = bytes(32 if 32 < code < 127 and SIGN.match(chr(code)) else code for code in range(256))
# Few signs are quicker replaced one by one, in C; garbage may hold thousands of different ones.
MANY_SIGNS = 30
_OTHER_SIGN = re.compile(rf"[^\x00-\x7f\w\s{_VOWELS}]")


def without_signs(text: str) -> str:
    """The text with a space for every sign, so that ``split()`` gives its words.

    Together they are ``WORD.findall`` at several times its speed: UTF-8 has no byte of an ASCII sign in other letters.

    >>> without_signs("it's (new). कहा।").split()
    ['it', 's', 'new', 'कहा']
    """
    spaced = text.encode("utf-8", "surrogatepass").translate(_SPACED).decode("utf-8", "surrogatepass")
    others = () if text.isascii() else set(_OTHER_SIGN.findall(text))
    if len(others) > MANY_SIGNS:
        return _OTHER_SIGN.sub(" ", spaced)
    for sign in others:
        spaced = spaced.replace(sign, " ")
    return spaced


NO_SPACE_SCRIPT = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
"""Scripts whose words are not set off by spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese) or take particles
directly (Korean): a phrase may start and end anywhere in a run of letters."""

SENTENCE_END = ".!?…。！？؟۔।॥።։။។"
FULL_STOPS = ".。۔।॥።։။។"
SENTENCE_BREAK = re.compile(
    rf"(?<=[{re.escape(SENTENCE_END)}])[\"'”’»)\]]{{0,2}}\s*+(?=[\s\"“„«(\[]*+[^\W\d_])|(?<=[。！？])"
)
"""Where one sentence ends and the next begins."""
CLAUSE_END = ",;:，；：、،؛"
"""After these a sentence goes on."""
_CLOSERS = "\"'”’»“«)]）】」』›*"
EDGES = " \t\r\n.,:;!?…|/\\-–—_*•·●▪►▶▸»«›‹>→⇒➔<←↓↑+=~()[]{}\"'“”„‘’#。：、！？・※■▼▲★☆✓✔✕×"
"""What is cut off both ends of a block before it is compared with a label."""


class Fold(NamedTuple):
    """A folded string and, where its length differs, the original offset of each of its characters."""

    text: str
    offsets: array[int] | None

    def original(self, at: int, length: int) -> int:
        """Offset in the original string (``length`` code points long) of folded offset ``at``."""
        if self.offsets is None:
            return at
        return self.offsets[at] if at < len(self.offsets) else length


_RARE = re.compile(
    "[\u1680\u2000-\u206f\u3000-\u301f\uff01-\uff5e\ufffc\u02bc\u05f3\u05f4\u2212\u0130\u00a0\u00ab\u00bb\u00b4`\t\x0b\x0c]"
)


def fold_simple(text: str) -> str:
    """Fold without touching the length.

    >>> fold_simple("“READ” –\\u00a0İstanbul’s")
    '"read" - istanbul\\'s'
    """
    # str.translate looks every letter up; asking for the few special ones that occur is ten times as fast.
    for char in set(_RARE.findall(text)):
        plain = _ONE_TO_ONE.get(ord(char))
        if plain is not None:
            text = text.replace(char, plain)
    return text.lower()


def has_odd(text: str) -> bool:
    """True if the text holds zero-width characters or combining marks, so that folding changes its length."""
    return not text.isascii() and _ODD.search(text) is not None


def fold(text: str) -> Fold:
    """Fold one block for matching: lower case, NFC, plain spaces, quotes and dashes, nothing invisible.

    >>> fold("Co\\u00adokies").text
    'cookies'
    >>> f = fold("u\\u0308ber"); f.text, f.original(1, 5)
    ('über', 2)
    """
    if not has_odd(text):
        return Fold(fold_simple(text), None)
    out: list[str] = []
    offsets = array("L")
    at = 0
    while at < len(text):
        plain = _RUN.match(text, at)
        if plain:
            out.append(fold_simple(plain.group().replace("Σ", "σ")))
            offsets.extend(range(at, plain.end()))
            at = plain.end()
            continue
        if _GONE.match(text, at):
            at += 1
            continue
        end = at + 1
        # A base and its marks compose together; 30 marks bound the work on text made of marks alone.
        while end < len(text) and end - at < 30 and unicodedata.combining(text[end]):
            end += 1
        composed = fold_simple(text[at] if end == at + 1 else unicodedata.normalize("NFC", text[at:end]))
        out.append(composed)
        offsets.extend([at] * len(composed))
        at = end
    return Fold("".join(out), offsets)


_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d")


def bare_of(folded: str) -> str:
    """What remains of a folded block when its edges are cut.

    >>> bare_of("» 12  comments:")
    '12 comments'
    """
    bare = folded.strip(EDGES)
    return " ".join(bare.split()) if "  " in bare else bare


def label_of(folded: str) -> str:
    """What remains of a folded block when its edges are cut and every number becomes ``#``.

    >>> label_of("» 12 comments:")
    '# comments'
    """
    bare = bare_of(folded)
    return _DIGITS.sub("#", bare) if _NUMBER.search(bare) else bare


def ends_sentence(text: str) -> bool:
    """True if the text ends as a sentence does, closing quotes and brackets aside.

    >>> ends_sentence("He said: “No.”"), ends_sentence("Minister quits")
    (True, False)
    """
    tail = _tail(text)
    return tail != "" and tail[-1] in SENTENCE_END


def makes_a_statement(text: str) -> bool:
    """True if the text ends in a full stop, closing quotes and brackets aside: headlines end in other signs, or none.

    >>> makes_a_statement("“We lost it.”"), makes_a_statement("Who lost it?"), makes_a_statement("What we lost …")
    (True, False, False)
    """
    tail = _tail(text)
    return tail != "" and tail[-1] in FULL_STOPS and not tail.endswith("...")


def _tail(text: str) -> str:
    return text[-12:].rstrip().rstrip(_CLOSERS).rstrip()


def count_words(text: str) -> int:
    """Words by letters and digits; in scripts without spaces, two letters count as a word.

    >>> count_words("Three short words"), count_words("記事を読む")
    (3, 2)
    """
    return _count(WORD.findall(text), text)


def _count(words: list[str], text: str) -> int:
    if text.isascii():
        return len(words)
    dense = len(NO_SPACE_SCRIPT.findall(text))
    return max(len(words), dense // 2) if dense else len(words)


class Reading(NamedTuple):
    """What can be said of a block from its text alone, worked out once."""

    fold: Fold
    words: list[str]
    """Its folded words, in order."""
    word_count: int
    """How many words those are; see :func:`count_words`."""
    sentence: bool
    """It ends as a sentence does."""
    prose: bool
    """A paragraph of running text: a sentence of some length, or very long (widgets are rarely either)."""


# Set on publishers' pages: of the lines with at least 12 words that end as a sentence, 19 in 20 are story.
PROSE_WORDS = 12
LONG_WORDS = 40
# A paragraph of so many words is running text, in which words of residue merely occur.
RUNNING_PROSE = 25


def read_block(text: str) -> Reading:
    """Read one block.

    >>> read_block("Minister quits").prose
    False
    """
    folded = fold(text)
    words = without_signs(folded.text).split()
    count = _count(words, text)
    sentence = ends_sentence(text)
    return Reading(folded, words, count, sentence, (sentence and count >= PROSE_WORDS) or count >= LONG_WORDS)


def is_blank(text: str) -> bool:
    """True if there is nothing in it that a reader would see.

    >>> is_blank(" \\u200b\\n"), is_blank(" x")
    (True, False)
    """
    return all(char.isspace() or _GONE.match(char) for char in text)


def meant(word: str, known: Iterable[str]) -> str:
    """What to add to an error about an unknown word: the known one that it is nearly, if there is one.

    >>> meant("carefull", ["careful", "balanced"]), meant("wild", ["careful"])
    (", did you mean 'careful'?", '')
    """
    near = get_close_matches(word, map(str, known), n=1)
    return f", did you mean {near[0]!r}?" if near else ""


def not_known(what: str, value: str, known: Collection[str]) -> str:
    """The error about a value that is none of the known ones.

    >>> not_known("preset", "wild", ["careful", "balanced"])
    "preset 'wild' is not known, it must be one of careful, balanced"
    """
    choice = f", it must be one of {', '.join(known)}"
    return f"{what} {value!r} is not known{meant(value, known) or choice}"


def squeeze(text: str) -> str:
    """All whitespace runs as one space, none at the ends.

    >>> squeeze("  a \\n b ")
    'a b'
    """
    return " ".join(text.split())
