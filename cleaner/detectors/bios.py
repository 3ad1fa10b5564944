"""Who wrote it, below the story: paragraphs that introduce somebody of whom the story has not told.

Fires on:  "Jane Doe is a botanist who lives in Leeds." as the last paragraph, or one of the last that do the same.
Not on:    people whom another paragraph names; what somebody says; a text of few paragraphs. It is a claim that needs a
           second voice: stories, too, end with people who come in late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.language import words_of
from cleaner.model import Category, Document, Finding, Strength
from cleaner.text import CAPITAL, NAME_PARTICLES, WORD, fold_simple

# A story has so many paragraphs above. On the development texts, of the last paragraphs that open so and name somebody
# new, three in four are biographies, by line marks that call some biographies story.
ABOVE = 3
# So many biographies follow each other at most.
MAX_BIOS = 4

# What a biography says of a person, in the languages that say it behind the name.
_SAYS = (
    "is|has|works|writes|covers|lives|teaches|studies|reports|serves|joined|holds|leads"  # English
    "|ist|arbeitet|schreibt|lebt|lehrt|berichtet|studiert|leitet"  # German
    "|est|travaille|écrit|vit|enseigne|couvre|es|trabaja|escribe|vive|enseña|cubre"  # French, Spanish
    "|é|trabalha|escreve|ensina|cobre|è|lavora|scrive|insegna"  # Portuguese, Italian
    "|werkt|schrijft|woont|är|er|arbetar|arbejder|arbeider|skriver|bor"  # Dutch, Swedish, Danish, Norwegian
    "|jest|pracuje|pisze|mieszka"  # Polish
)
_NAME = rf"{CAPITAL}[\w'’.-]*+"
_PERSON = re.compile(
    # The name, what stands in brackets in or behind it, and what is put in between commas.
    rf"(?:[-•*] )?({_NAME}(?: (?:(?:{NAME_PARTICLES}) |\([^()]{{1,30}}\) )?{_NAME}){{1,3}})"
    rf"(?: \([^()]{{1,40}}\))?(?:, [^.!?]{{2,80}},)? (?:{_SAYS})\b"
)


def find_bios(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the paragraphs at the end of the story that introduce somebody."""
    prose = heard.paragraphs()
    for index in reversed(prose[ABOVE:][-MAX_BIOS:]):
        if not _introduces(document, index):
            return
        yield block_claim(
            document, index, Category.AUTHOR_BIO, "at-end", Strength.MEDIUM, "it introduces somebody below the story"
        )


def _introduces(document: Document, index: int) -> bool:
    """True if a paragraph begins with the name of a person, says what he or she is, and no other one names them."""
    opening = _PERSON.match(document.blocks[index].text)
    if not opening:
        return False
    name = WORD.findall(fold_simple(opening[1]))
    if words_of(document.language or "en") & {name[0], name[-1]}:
        return False  # the name of a place or a thing: "The Old Mill is …"
    return document.paragraphs_with(name[-1], but=index) == 0
