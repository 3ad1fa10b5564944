"""From claims to removals. All policy lives here; detectors have none.

A block goes if one strong claim covers it, or if weaker ones add up: a medium claim counts two votes, a weak one one,
and the preset says how many votes it takes. Under ``careful`` the line scorer is never more than a second voice; under
``thorough`` it takes short lines that only may be residue. Votes of one rule count once. Stretches inside a block are
claimed and decided on their own. A weak claim never widens what a strong one takes. Guards may refuse a claim; the
budget refuses the weaker ones when together they would take too much of the document. What was refused is kept as
spared.

The user's own rules stand above all this: what they remove goes, and nothing takes what they protect, they themselves
not either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cleaner.guards import GUARDS
from cleaner.model import ARTICLE_CATEGORIES, Block, Category, Document, Finding, Removal, Spared, Strength
from cleaner.options import Options
from cleaner.protection import Protected, Spans

VOTES = {Strength.STRONG: 6, Strength.MEDIUM: 2, Strength.WEAK: 1}
BAR = {"careful": 4, "balanced": 3, "thorough": 2}
SCORES = {Strength.STRONG: 1.0, Strength.MEDIUM: 0.8, Strength.WEAK: 0.6}

# What a place outside the main content is called for want of better: likely words name it better.
GUESSES = (Category.OTHER, Category.NAVIGATION, Category.COPYRIGHT)

# Structures that name all that stands in them: a signature under an appeal is part of the appeal, not a byline.
WHOLES = (".structure.appeal", ".structure.thread")

# The line scorer's claims; those of short lines that may be residue.
LEARNED, LOW = ".structure.scored", ".structure.scored-low"

NOTHING = Protected()

_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about a document."""

    removals: tuple[Removal, ...]
    spared: tuple[Spared, ...]
    over_budget: bool


class _Cut(NamedTuple):
    """A span that goes, before it is widened to its line break."""

    start: int
    end: int
    best: Finding
    findings: tuple[Finding, ...]
    strong: bool


def decide(
    document: Document,
    findings: Iterable[Finding],
    options: Options,
    because: Callable[[Finding], str | None] | None = None,
    protected: Protected = NOTHING,
) -> Verdict:
    """Weigh the claims and say what is removed, what is spared and why.

    ``because`` is :func:`refusal` for this document, where somebody has asked it already and remembers the answers.
    """
    because = because or (lambda finding: refusal(document, finding, options, protected))
    spared: list[Spared] = []
    heard: list[Finding] = []
    if options.preset == "careful":
        findings = [_as_second_voice(finding) for finding in findings]
    if protected:
        findings = [part for finding in findings for part in protected.parts(document, finding)]
    findings = tuple(findings)
    kept = Spans(f for f in findings if _keeps(f, options))
    for finding in findings:
        why = because(finding) or (_part_of(finding, kept) if kept else None)
        if why:
            spared.append(Spared(finding, why))
        else:
            heard.append(finding)
    cuts, short = _count_votes(document, heard, options)
    spared += short
    cuts, over = _hold_budget(document, cuts, options, spared)
    removals = tuple(_removals(document, cuts))
    spared.sort(key=lambda s: (s.finding.start, s.finding.end, s.finding.rule))
    return Verdict(removals, tuple(spared), over)


def _as_second_voice(finding: Finding) -> Finding:
    """The claim, the scorer's made to need another: by host, two fifths of the content that goes goes on its word."""
    if finding.strength is Strength.STRONG and finding.rule.endswith(LEARNED):
        return replace(finding, strength=Strength.MEDIUM)
    return finding


def _keeps(finding: Finding, options: Options) -> bool:
    """True for a strong claim that its block is part of the article: such a claim keeps the block."""
    if finding.strength is not Strength.STRONG or finding.category not in ARTICLE_CATEGORIES:
        return False
    return options.action(finding.category) == "keep" and not finding.file


def _part_of(finding: Finding, kept: Spans) -> str | None:
    article = None if finding.file else kept.covering(finding.start, finding.end)
    return f"it is a {article.category}: {article.rule}" if article else None


def refusal(document: Document, finding: Finding, options: Options, protected: Protected = NOTHING) -> str | None:
    """Why a claim must not act, whoever seconds it; ``None`` if it may."""
    held = protected.why(*_taken(document, finding)) if protected else None
    if held or finding.file:
        return held
    if options.action(finding.category) == "keep":
        own = finding.category in ARTICLE_CATEGORIES
        return f"{finding.category} is part of the article" if own else f"the options keep {finding.category}"
    if finding.rule.endswith(LOW) and options.preset != "thorough":
        return "only the thorough preset acts on this"
    if ".structure." in finding.rule:
        return None  # guards speak of words; a structure has weighed its own reasons to keep
    for guard in GUARDS:
        because = guard(document, finding)
        if because:
            return because
    return None


def _count_votes(document: Document, heard: Sequence[Finding], options: Options) -> tuple[list[_Cut], list[Spared]]:
    cuts: list[_Cut] = []
    spared: list[Spared] = []
    for (start, end), claims in _by_span(document, heard).items():
        best, voices = claims[0], claims
        if len(claims) > 1:
            best, voices = min(claims, key=lambda claim: _telling(claim, document.language)), _voices(claims)
        votes = sum([VOTES[claim.strength] for claim in voices])
        if votes >= BAR[options.preset]:
            strong = any(claim.strength is Strength.STRONG for claim in claims)
            cuts.append(_Cut(start, end, best, tuple(claims), strong))
        else:
            bar = f"the {options.preset} preset asks for {BAR[options.preset]} votes, heard {votes}"
            why = f"{best.strength} claim alone; {bar}"
            spared += [Spared(claim, why) for claim in claims]
    cuts.sort(key=lambda cut: (cut.start, -cut.end))
    return cuts, spared


def _voices(claims: Sequence[Finding]) -> list[Finding]:
    """One rule is one voice, and the same words are one voice, in however many packs they stand."""
    voices: list[Finding] = []
    rules: set[str] = set()
    words: set[str] = set()
    for claim in sorted(claims, key=lambda f: (f.strength.rank, f.rule)):
        if claim.rule not in rules and claim.evidence not in words:
            rules.add(claim.rule)
            words.add(claim.evidence)
            voices.append(claim)
    return voices


def _telling(finding: Finding, language: str | None) -> tuple[bool, float, bool, int, int, int, str, bool, str]:
    """Sort key: the claim that a removal is named after.

    The user's rules come first. Words tell more than places, a name more than ``other``, and a pack of another
    language tells the least.
    """
    place = 0 if finding.rule.endswith(WHOLES) else 1 + (".structure." in finding.rule)
    said = 0 if place == 2 else -len(finding.evidence)
    guess = finding.rule.endswith(".structure.outside") and finding.category in GUESSES
    return (
        not finding.file,
        1.5 if guess else finding.strength.rank,
        finding.category is Category.OTHER,
        place,
        finding.start - finding.end,
        said,
        finding.category,
        not (f".{language}." in finding.rule or ".any." in finding.rule),
        finding.rule,
    )


def _by_span(document: Document, heard: Sequence[Finding]) -> dict[tuple[int, int], list[Finding]]:
    """Claims by the blocks that they cover, or by their own span where they claim less than a block."""
    spans: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in heard:
        spans[_taken(document, finding)].append(finding)
    return spans


def _taken(document: Document, finding: Finding) -> tuple[int, int]:
    """The span that goes if the claim acts."""
    first, last = _ends(document, finding)
    if not _is_whole(first, last, finding) and _leaves_nothing(first, last, finding):
        return first.start, last.end
    return finding.start, finding.end


def _ends(document: Document, span: Finding | _Cut) -> tuple[Block, Block]:
    """The first and the last block of a span."""
    return document.block_at(span.start), document.block_at(span.end - 1)


def _is_whole(first: Block, last: Block, span: Finding | _Cut) -> bool:
    """True if the span takes whole blocks, one or several."""
    return span.start == first.start and span.end == last.end


def _leaves_nothing(first: Block, last: Block, finding: Finding) -> bool:
    """True if the claim leaves nothing of its blocks but signs."""
    before, after = max(0, finding.start - first.start), max(0, finding.end - last.start)
    return not _LETTER.search(first.text, 0, before) and not _LETTER.search(last.text, after)


def _hold_budget(
    document: Document, cuts: list[_Cut], options: Options, spared: list[Spared]
) -> tuple[list[_Cut], bool]:
    """Refuse the weaker cuts if together they take too much of what the strong ones leave.

    Measured against the text without the strong cuts, so that a second cleaning comes to the same answer.
    """
    strong = _length(cut for cut in cuts if cut.strong)
    weaker = _length(cuts) - strong
    if weaker <= options.budget * max(1, len(document.text) - strong):
        return cuts, False
    why = f"over budget: the weaker claims would take more than {options.budget:.0%} of the document"
    spared += [Spared(claim, why) for cut in cuts if not cut.strong for claim in cut.findings]
    return [cut for cut in cuts if cut.strong], True


def _length(cuts: Iterable[_Cut]) -> int:
    """How much cuts in their order take together: a stretch inside a block that goes anyway adds nothing."""
    at = length = 0
    for cut in cuts:
        length += max(0, cut.end - max(at, cut.start))
        at = max(at, cut.end)
    return length


def _removals(document: Document, cuts: Sequence[_Cut]) -> Iterable[Removal]:
    last = _last_kept(document, cuts)
    at = 0
    for cut in cuts:
        start, end = _widen(document, cut, last)
        start = max(start, at)  # a stretch inside a block that goes anyway adds nothing
        if start >= end:
            continue
        at = end
        yield Removal(
            start, end, document.text[start:end], cut.best.category, cut.best.rule, _reason(cut),
            SCORES[Strength.STRONG if cut.strong else cut.best.strength], cut.findings,
        )  # fmt: skip


def _reason(cut: _Cut) -> str:
    if cut.best.file:
        return f"always removed, says {cut.best.file}: {cut.best.evidence}"
    reason = f"{cut.best.strength} {cut.best.category}: {cut.best.evidence}"
    if cut.strong:
        return reason
    others = sorted({claim.rule for claim in cut.findings} - {cut.best.rule})
    return f"{reason}; seconded by {', '.join(others)}" if others else reason


def _last_kept(document: Document, cuts: Sequence[_Cut]) -> int:
    """The number of the last block that stays, -1 if none does."""
    last = len(document.blocks) - 1
    for cut in sorted(cuts, key=lambda cut: cut.end, reverse=True):
        if last < 0 or cut.end < document.blocks[last].end:
            break
        first, final = _ends(document, cut)
        if _is_whole(first, final, cut):
            last = min(last, first.number - 1)  # cuts may overlap
    return last


def _widen(document: Document, cut: _Cut, last: int) -> tuple[int, int]:
    """Whole blocks take their line breaks along; a stretch takes the space that it would leave double.

    ``last`` is the number of the last block that stays.
    """
    text, blocks = document.text, document.blocks
    first, final = _ends(document, cut)
    if not _is_whole(first, final, cut):
        return _widen_stretch(text, first, cut)
    if final.number < last:
        return _line_start(text, cut.start), _line_start(text, blocks[final.number + 1].start)
    # At the end of the document the break before goes, so that the last line stays the last.
    return (blocks[first.number - 1].end if first.number else _line_start(text, cut.start)), cut.end


def _line_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1] in " \t\u00a0\u3000\ufeff":
        at -= 1
    return at


def _widen_stretch(text: str, block: Block, cut: _Cut) -> tuple[int, int]:
    start, end = cut.start, cut.end
    if start > block.start and text[start - 1] == " " and (end == block.end or text[end] in " .,;"):
        start -= 1
    elif start == block.start:
        while end < block.end and text[end] == " ":
            end += 1
    return start, end
