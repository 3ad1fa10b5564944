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


def try_out(raw: dict[str, Any]) -> dict[str, Any]:
    """Clean what was pasted in, and tell all of it.

    ``raw`` has the ``text``, and perhaps ``kind``, ``preset``, ``url`` and ``language``. Raises
    :class:`cleaner.errors.CleanerError` for what cannot be cleaned as asked.
    """
    asked = {name: str(raw.get(name) or "") for name in ("text", "kind", "preset", "url", "language")}
    page = read_page(asked["text"], asked["kind"] or "auto", asked["url"] or None)
    result = clean_page(page, Options(asked["preset"] or "balanced"), asked["language"] or None)
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
