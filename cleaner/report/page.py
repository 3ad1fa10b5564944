"""The page itself: one file that holds all it needs, and may load nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from cleaner.report.content import Content
from cleaner.web import asset, policy, script_json

_FOLDER = Path(__file__).parent / "page"

# In the order in which they are run: each may use what stands in those before.
_SCRIPTS = (
    "data.js",
    "tables.js",
    "filters.js",
    "charts.js",
    "overview.js",
    "lists.js",
    "document.js",
    "changes.js",
    "app.js",
)

# Chart.js; `vendor/README.md` says which.
_CHARTS = "vendor/chart.umd.min.js"


def page_of(numbers: Mapping[str, Any], content: Content) -> str:
    """The report as HTML."""
    styles = [asset("theme.css"), _own("report.css")]
    scripts = [_charts(), asset("dom.js"), asset("spans.js"), asset("theme.js"), *map(_own, _SCRIPTS)]
    return Template(_own("page.html")).substitute(
        policy=escape(policy(scripts, styles)),
        title=escape(f"{numbers['run']['name']}: cleaning report"),
        styles="\n".join(f"<style>{style}</style>" for style in styles),
        data="\n".join(_data(numbers, content)),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def _data(numbers: Mapping[str, Any], content: Content) -> Iterator[str]:
    yield f'<script type="application/json" id="numbers">{script_json(numbers)}</script>'
    yield f'<script type="application/json" id="samples">[{",".join(content.samples)}]</script>'
    for number, bundle in enumerate(content.bundles.packed):
        yield f'<script type="text/plain" id="bundle-{number}">{bundle}</script>'


def _charts() -> str:
    """The chart library without its last line, which names a file that is not there."""
    return _own(_CHARTS).partition("//# sourceMappingURL")[0]


def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
