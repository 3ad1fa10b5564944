"""An extension of Griffe: docstrings as Markdown, their roles (``:class:`Options```) as links, doctests as code."""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([\w.]+)`")
_DOCTEST = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class MarkdownDocstrings(griffe.Extension):
    """Rewrites each docstring as it is read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of one module, class, function or attribute."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value, obj)


def as_markdown(text: str, obj: griffe.Object) -> str:
    """A docstring in Markdown."""
    linked = _ROLE.sub(lambda role: _link(role[1], obj), text)
    return _DOCTEST.sub(lambda doctest: f"\n```pycon\n{doctest[0]}\n```", linked)


def _link(name: str, obj: griffe.Object) -> str:
    """A link to what the name means there, if that has a place on the site; else the name as it is."""
    try:
        path = obj.resolve(name)
    except griffe.NameResolutionError:
        path = name
    label = name.rpartition(".")[2]
    return f'<autoref optional identifier="{path}"><code>{label}</code></autoref>'
