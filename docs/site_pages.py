"""A hook of MkDocs: pages of the repository that lie outside ``docs/``, and links that work there and on the site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent

# Path in the repository → path on the site.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "benchmarks.md",
    "training/README.md": "training.md",
    "LICENSE": "LICENSE.txt",
}
_SOURCES = {site: source for source, site in PAGES.items()}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that lie elsewhere."""
    for source, site in PAGES.items():
        files.append(File.generated(config, site, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links lead where their target lies on the site."""
    return relinked(markdown, page.file.src_uri)


def relinked(markdown: str, site: str) -> str:
    """A page whose links are those of the repository, with those of the site.

    >>> relinked("[this](docs/batch.md#in-and-out), [that](CHANGELOG.md)", "index.md")
    '[this](batch.md#in-and-out), [that](changelog.md)'
    >>> relinked("[that](../../CHANGELOG.md), [elsewhere](https://example.org/a.md)", "recipes/cc-news.md")
    '[that](../changelog.md), [elsewhere](https://example.org/a.md)'
    """
    here = posixpath.dirname(_SOURCES.get(site, f"docs/{site}"))

    def moved(link: re.Match[str]) -> str:
        source = posixpath.normpath(posixpath.join(here, link[1]))
        target = PAGES.get(source, source.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(site) or ".")

    return _LINK.sub(moved, markdown)
