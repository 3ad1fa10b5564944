"""Modules of engines that are not installed cannot be imported: their doctests are left out."""

from importlib.util import find_spec

collect_ignore = [f"cleaner/engines/{name}.py" for name in ("datatrove", "spacy") if find_spec(name) is None]
