"""The day that a record is from: as its fields have it, as its page says, or as its address does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

DATE_KEYS = (
    "date", "published", "published_at", "date_published", "datePublished", "date_publish", "publish_date",
    "publication_date", "pub_date", "timestamp", "fetched", "crawl_date", "date_download",
)  # fmt: skip
"""Names under which records have it, the first that holds a date."""

_ISO = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
_IN_ADDRESS = re.compile(r"[/=_-]((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")
# Larger numbers are milliseconds.
_MILLISECONDS = 1e11


def day_of(fields: Mapping[str, Any], key: str | None = None, said: str = "", address: str = "") -> date | None:
    """The day of a record; ``said`` is what its page says, ``key`` the field that the user names.

    >>> day_of({"date": "2024-05-14T10:00:00Z"}), day_of({}, address="https://example.com/2024/05/14/bridge")
    (datetime.date(2024, 5, 14), datetime.date(2024, 5, 14))
    """
    names = (key,) if key else DATE_KEYS
    values = [fields[name] for name in names if fields.get(name) is not None]
    for value in [*values, *([] if values and key else [said])]:
        day = _day(value)
        if day:
            return day
    found = None if key else _IN_ADDRESS.search(address)
    return _made(*found.groups()) if found else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime | date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > _MILLISECONDS else value
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(seconds, UTC).date()
        return None
    if not isinstance(value, str):
        return None
    found = _ISO.match(value)
    if found:
        return _made(*found.groups())
    with suppress(ValueError, TypeError, IndexError):
        return parsedate_to_datetime(value).date()
    return None


def _made(year: str, month: str, day: str) -> date | None:
    with suppress(ValueError):
        return date(int(year), int(month), int(day))
    return None
