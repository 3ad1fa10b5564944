"""Values as TOML. Python reads TOML and does not write it; what we write is plain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def toml_value(value: Any) -> str:
    """A string, number, truth value, day, list or table as TOML, on one line.

    A lone surrogate, which no TOML can carry, becomes a question mark.

    >>> toml_value({"text": 'He said "no"', "also": ["ui", "share"], "line": True})
    '{ text = "He said \\\\"no\\\\"", also = ["ui", "share"], line = true }'
    """
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {toml_value(inner)}' for name, inner in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str):
        clean = value.encode("utf-8", "replace").decode()
        return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float):
        return float.__repr__(value)  # JSON has other words for what is infinite or no number
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def toml_lines(name: str, values: list[Any]) -> str:
    """``name = […]`` with a line for each value.

    >>> print(toml_lines("keep", ["a", "b"]))
    keep = [
        "a",
        "b",
    ]
    """
    return "\n".join([f"{name} = [", *(f"    {toml_value(value)}," for value in values), "]"])
