"""What the learned scorer takes for residue, line by line.

Fires on:  lines that are more likely residue than not; how likely is the strength of the claim. In the text of a whole
           page all that stands below the end of the story.
Not on:    texts of very many lines; lines that a strong claim has named; speech, lines that go on in the next one,
           heads of tables, short lines that name what the story is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.detectors.claims import block_claim
from cleaner.detectors.headline import slug_words
from cleaner.detectors.heard import Heard
from cleaner.language import words_of
from cleaner.model import ARTICLE_CATEGORIES, Category, Document, Finding, Strength
from cleaner.text_features import CLAIMS, read_lines
from cleaner.text_scorer import name_lines, score_lines, weigh_lines

STEPS = tuple(Strength)
WEAK = STEPS.index(Strength.WEAK)
PAGE_LINES = 60
PAGE_SHARE = 0.6


class _Bars(NamedTuple):
    """What a probability has to reach, from where on a claim is strong, medium, weak."""

    lines: tuple[float, ...]
    paragraphs: tuple[float, ...]
    low: float
    """From here on a short line is a claim on which the thorough preset acts, and no other."""
    sure: float
    """A scorer for which every paragraph of the story is likelier residue than this has not understood the text."""


# Set on the development texts, by host. The text of a whole page has so many lines, more than this share of them likely
# residue. There short lines are mostly menus and paragraphs may be the story; in what an extractor printed short lines
# may be the story's crossheads, and a paragraph that looks like residue is a box.
IN_STORY = _Bars((0.97, 0.88, 0.58), (0.95, 0.85, 0.58), 0.25, 0.1)
IN_PAGE = _Bars((0.6, 0.55, 0.5), (0.88, 0.75, 0.5), 0.5, 0.3)
# A paragraph has so many code points; one of which the scorer should be sure as few as this.
PARAGRAPH = 120
STORY_LINE = 60
# A text of more lines is no news document, and the scorer holds some 18 kB a line: the rules judge it alone.
MAX_LINES = 20_000
# What stands between the head of a table and its rows, in Markdown.
_TABLE_RULE = re.compile(r"\|(?:\s*+:?-{3,}+:?\s*+\|)+$")
# Below these a line is surely story, is story, is likelier story than residue.
SPARED, STORY, EVEN = 0.05, 0.3, 0.5
# In the text of a whole page the story is over for good below so many lines in a row that are, on the mean, as likely
# residue as this, if what comes below them holds no stretch of this share of the story. Teasers come in numbers: fewer
# lines below that are likely story may be its last. Longer lines than this count no more than it, in code points.
GAP, SURE, GOES_ON, TEASERS = 5, 0.95, 0.25, 3
MAX_WEIGHT = 600
# A stretch of the story that holds less than this share of the paragraphs is a crumb. Set on the development texts: of
# those of whole pages it is 0.015 and less where the scorer has understood nothing, 0.037 and more elsewhere.
CRUMB = 0.02
# A crosshead has so few words, and what it names stands in so many paragraphs.
CROSSHEAD_WORDS = 5
ABOUT_PARAGRAPHS = 2
# Claims that do not say what a line is.
NAMELESS = "other.structure."


def find_scored(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim the lines that the scorer takes for residue, under the likeliest name."""
    if not 0 < len(document.blocks) <= MAX_LINES:
        return
    address = " ".join(sorted(slug_words(document.meta.get("url", ""))))
    texts = [block.text for block in document.blocks]
    features = read_lines(texts, claims_of(document, heard), address, document.language, document.notes.lines)
    scores = score_lines(features)
    lengths = np.array([len(text) for text in texts])
    bars = _bars(scores.residue)
    if not _understood(scores.residue, lengths, bars):
        return
    ranks, low = _ranks(scores.residue, lengths, texts, bars)
    below = freed = np.zeros(len(texts), bool)
    if bars is IN_PAGE:
        below = _below_story(scores.residue, lengths)
        freed = below | (scores.residue >= SURE)  # menus name the story's subject, too
    ranks[below] = 0
    likely = np.flatnonzero((ranks < len(STEPS)) | low).tolist()
    unsure = [i for i in likely if not _named(heard, i) and (freed[i] or not _of_the_story(document, i))]
    lines = np.array(unsure, np.int64)
    if not len(lines):
        return
    named, reasons = name_lines(features, scores, lines), weigh_lines(scores, lines)
    for index, learned, reason in zip(lines.tolist(), named, reasons, strict=True):
        category = _claimed(heard, index) or learned
        why = f"residue with {float(scores.residue[index]):.0%} probability: {reason}"
        if below[index]:
            why += "; it stands below the end of the story"
        if ranks[index] < len(STEPS):
            yield block_claim(document, index, category, "scored", STEPS[ranks[index]], why)
        if low[index]:
            yield block_claim(document, index, category, "scored-low", Strength.MEDIUM, why)


def _understood(residue: NDArray[np.float32], lengths: NDArray[np.int64], bars: _Bars) -> bool:
    """Whether the scorer is sure of some line of the story, and in the text of a whole page of more than a crumb of it.

    In a list of events it may take every paragraph for a teaser. Where it is right about that, the story stands out.
    """
    if residue[lengths >= STORY_LINE].min(initial=1.0) > bars.sure:
        return False
    paragraphs = np.minimum(lengths[lengths >= PARAGRAPH], MAX_WEIGHT).sum()
    return bars is not IN_PAGE or bool(_best_run(_weights(residue, lengths))[0] >= CRUMB * paragraphs)


def _ranks(
    residue: NDArray[np.float32], lengths: NDArray[np.int64], texts: list[str], bars: _Bars
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How strong each line's claim is, as a place in ``STEPS``, and which are short lines that may be residue."""
    levels = np.where(lengths[:, None] >= PARAGRAPH, bars.paragraphs, bars.lines)
    beside = _beside_story(residue, texts)
    ranks = (residue[:, None] < levels).sum(axis=1) + beside
    return ranks, (lengths < PARAGRAPH) & (residue >= bars.low) & (ranks >= WEAK) & ~beside


def _beside_story(residue: NDArray[np.float32], texts: list[str]) -> NDArray[np.bool_]:
    """Lines between two that are story, and questions above one that is: claims are a step weaker there, such lines may
    be the story's own.
    """
    story = residue < STORY
    beside = np.zeros(len(residue), bool)
    asked = np.array([text[-1] in "?？؟" for text in texts[:-1]], bool)
    beside[:-1] = asked & story[1:]
    beside[1:-1] |= story[:-2] & story[2:]
    return beside


def _below_story(residue: NDArray[np.float32], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The lines of a whole page's text that stand below the story for good.

    The story is the run of lines whose sum is greatest where what is likely story counts for it and what is not against
    it, by length: the maximum subsequence of Pasternack and Roth (2009). Below it, behind a menu, other stories are
    told in two sentences each, and alone these read like this one. Lines that are surely story are spared all the same.
    """
    weights = _weights(residue, lengths)
    story, last = _best_run(weights)
    behind = np.append(residue[last:], np.ones(GAP))
    gaps = np.lib.stride_tricks.sliding_window_view(behind, GAP).mean(axis=1) >= SURE
    end = last + int(gaps.argmax())
    below = (np.arange(len(residue)) >= end) & (residue >= SPARED)
    if _best_run(weights[end:])[0] > GOES_ON * story:
        return np.zeros_like(below)
    likely = below & (residue < EVEN)
    return below if np.count_nonzero(likely) >= TEASERS else below & ~likely


def _weights(residue: NDArray[np.float32], lengths: NDArray[np.int64]) -> NDArray[np.floating]:
    """What each line counts for the story, or against it: as much as if so many code points were surely story."""
    return (STORY - residue) / STORY * np.minimum(lengths, MAX_WEIGHT)


def _best_run(weights: NDArray[np.floating]) -> tuple[float, int]:
    """The greatest sum of a run of weights, and where the run ends."""
    sums = np.append(0.0, np.cumsum(weights))
    gains = sums - np.minimum.accumulate(sums)
    last = int(gains.argmax())
    return float(gains[last]), last


def _of_the_story(document: Document, index: int) -> bool:
    """True for what only a story has: a line that goes on in the next one, speech, the head of a table, a crosshead
    about its subject.
    """
    text, reading = document.blocks[index].text, document.readings[index]
    if text[-1] in ",،、" or (text[0] in '"“„«「『' and text[-1] in '"”“»」』'):
        return True
    if any(_TABLE_RULE.match(block.text) for block in document.blocks[index : index + 2]):
        return True
    common = words_of(document.language or "en")
    telling = [word for word in reading.words if len(word) >= 4 and word not in common]
    about = (document.paragraphs_with(word, but=index) >= ABOUT_PARAGRAPHS for word in telling)
    return bool(telling) and reading.word_count <= CROSSHEAD_WORDS and all(about)


def _named(heard: Heard, index: int) -> bool:
    """Whether a strong claim has the line and says what it is: of a copy it only says that."""
    return heard.strong(index) and any(
        f.strength is Strength.STRONG and not f.rule.startswith(NAMELESS) for f in heard.of(index)
    )


def _bars(residue: NDArray[np.float32]) -> _Bars:
    """What counts in this document."""
    return IN_PAGE if len(residue) >= PAGE_LINES and residue.mean() > PAGE_SHARE else IN_STORY


def _claimed(heard: Heard, index: int) -> Category | None:
    """What weaker claims call the line. Words that call it ``other`` know what it is, structures do not."""
    found = [f for f in heard.of(index) if f.category not in ARTICLE_CATEGORIES and not f.rule.startswith(NAMELESS)]
    return min(found, key=lambda f: (f.strength.rank, f.rule)).category if found else None


def claims_of(document: Document, heard: Heard) -> NDArray[np.float32]:
    """What is claimed of every block so far: a row a block, the columns ``CLAIMS``."""
    claims = np.zeros((len(document.blocks), len(CLAIMS)), np.float32)
    for index in range(len(document.blocks)):
        for finding in heard.of(index):
            if finding.category in ARTICLE_CATEGORIES:
                claims[index, -1] = 1.0
            else:
                claims[index, finding.strength.rank + 3 * (".structure." in finding.rule)] = 1.0
    return claims
