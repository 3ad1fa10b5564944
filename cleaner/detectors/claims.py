"""How a structural detector words its claims."""

from __future__ import annotations

from cleaner.model import Category, Document, Finding, Strength


def block_claim(
    document: Document, index: int, category: Category, slug: str, strength: Strength, evidence: str
) -> Finding:
    """A claim on the whole of block ``index``, under the rule ``<category>.structure.<slug>``."""
    block = document.blocks[index]
    return Finding(category, f"{category}.structure.{slug}", strength, block.start, block.end, evidence)
