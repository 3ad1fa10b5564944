"""Values as TOML writes them. Python reads TOML and does not write it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any


def toml_value(value: Any) -> str:
    """A text, number, truth value, day, list or table of them, on one line.

    >>> toml_value({"keep": ["caption", "a\\tb"], "n": 1.5, "on": True})
    '{ keep = ["caption", "a\\\\tb"], n = 1.5, on = true }'
    """
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, str):
        # A name that is no UTF-8 has lone surrogates, which no TOML can carry.
        clean = value.encode("utf-8", "replace").decode()
        return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else json.dumps(value)
