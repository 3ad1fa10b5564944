"""Libraries that only some formats need: imported when they are, and named with their extra where they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from cleaner.errors import MissingError


def need(module: str, extra: str, what: str) -> Any:
    """The module. ``what`` needs it and ``news-cleaner[extra]`` brings it; both are named where it is missing.

    Raises :class:`cleaner.errors.MissingError` then.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise MissingError(f"{what} needs {package}, which is missing: pip install 'news-cleaner[{extra}]'") from error
