"""A text or page that somebody pastes in: what would be removed, and why."""

from __future__ import annotations

from typing import Any

from cleaner.options import PRESETS, Options
from cleaner.pages import KINDS, read_page
from cleaner.pipeline import clean_page
from cleaner.spans import bare, cut

LIMIT = 4_000_000
"""Bytes of a request with a text or page to try."""

CHOICES = {"presets": PRESETS, "kinds": KINDS}


def try_out(raw: dict[str, Any], options: Options) -> dict[str, Any]:
    """Clean what was pasted in, and tell all of it.

    Raises :class:`cleaner.errors.CleanerError` for what cannot be cleaned as asked.
    """
    preset = str(raw.get("preset") or options.preset)
    page = read_page(str(raw.get("text", "")), str(raw.get("kind") or "auto"), str(raw.get("url") or "") or None)
    chosen = Options(preset, options.actions, options.budget, options.extractor, options.links, options.rule_files)
    result = clean_page(page, chosen, str(raw.get("language") or "") or None)
    text = result.document.text
    claims = [*((r.start, r.end) for r in result.removals), *((s.finding.start, s.finding.end) for s in result.spared)]
    return {
        "kind": page.kind,
        "fields": {name: value for name, value in result.fields().items() if value},
        "language": result.language,
        "flags": sorted(result.flags),
        "read": len(text),
        "removed": len(text) - len(result.text),
        "pieces": cut(text, [bare(text, *claim) for claim in claims]),
        "spans": [
            *({"category": r.category, "rule": r.rule, "reason": r.reason, "score": r.score} for r in result.removals),
            *(
                {"category": s.finding.category, "rule": s.finding.rule, "reason": s.because, "spared": True}
                for s in result.spared
            ),
        ],
        "cleaned": result.text,
    }
