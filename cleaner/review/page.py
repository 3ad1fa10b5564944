"""The page of the review, whole: looks and scripts stand in it, and its policy names them by their hashes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cleaner.review.trial import CHOICES, LIMIT
from cleaner.web import GROUP_OF, asset, policy, script_json

_FOLDER = Path(__file__).parent / "page"

_SHARED = ("dom.js", "theme.js", "spans.js")
_SCRIPTS = ("try.js", "bounds.js", "results.js", "review.js")

_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cleaner review</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<script type="application/json" id="settings">{settings}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def page(*, trial_only: bool) -> tuple[bytes, str]:
    """The page and its content security policy."""
    style = asset("theme.css") + _own("review.css")
    script = "".join((*map(asset, _SHARED), *map(_own, _SCRIPTS)))
    settings = script_json({"trialOnly": trial_only, "groups": GROUP_OF, "limit": LIMIT, **CHOICES})
    body = _SHELL.format(style=style, script=script, settings=settings).encode("utf-8")
    return body, policy([script], [style], connect="'self'") + "; frame-ancestors 'none'; img-src data:"


def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
