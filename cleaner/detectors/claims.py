"""How detectors word their claims."""

from __future__ import annotations

from cleaner.model import Block, Category, Document, Finding, Strength
from cleaner.rules import Rule

# Evidence is quoted in reasons: enough to recognise the words, in code points.
MAX_EVIDENCE = 80


def block_claim(
    document: Document, index: int, category: Category, slug: str, strength: Strength, evidence: str
) -> Finding:
    """A structure's claim on the whole of block ``index``, under the rule ``<category>.structure.<slug>``."""
    block = document.blocks[index]
    return Finding(category, f"{category}.structure.{slug}", strength, block.start, block.end, evidence)


def match_claim(block: Block, rule: Rule, span: tuple[int, int], words: str) -> Finding:
    """A wording rule's claim on ``span`` of a block, for the ``words`` that it matched there."""
    start, end = block.start + span[0], block.start + span[1]
    return Finding(rule.category, rule.id, rule.strength, start, end, words[:MAX_EVIDENCE], rule.file)
