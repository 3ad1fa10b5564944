"""The published text-mode line rules that users know, written anew in plain Python, and datatrove's own filter.

C4: Raffel et al. 2020, section 2.2. FineWeb's use of it: Penedo et al. 2024, section 3.4 (without the full-stop rule).
RefinedWeb: Penedo et al. 2023, appendix G.2 (line-wise corrections).
"""

from __future__ import annotations

import re
from collections.abc import Callable

POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
COUNTER = re.compile(
    r"^\W*\d[\d.,]*\s*[kmb]?\s+(?:likes|shares|comments|retweets|reposts|views|followers)\W*$", re.IGNORECASE
)
FRAGMENT = re.compile(r"items in cart|read more\.\.\.$|^sign-in", re.IGNORECASE)


def _policy(line: str) -> bool:
    low = line.lower()
    return "javascript" in low or any(phrase in low for phrase in POLICY)


def c4(line: str) -> bool:
    """True if C4 keeps the line."""
    ends = line.endswith((".", "?", "!", '"')) and not line.endswith("...")
    return ends and len(line.split()) >= 5 and not _policy(line)


def c4_fineweb(line: str) -> bool:
    """True if C4's rules as FineWeb applies them keep the line."""
    return len(line.split()) >= 3 and not _policy(line)


def refinedweb(line: str) -> bool:
    """True if RefinedWeb's line rules keep the line."""
    if not line or sum(map(str.isupper, line)) > 0.5 * len(line) or line.isdigit() or COUNTER.match(line):
        return False
    words = len(line.split())
    return words >= 2 and not (words <= 10 and FRAGMENT.search(line))


def _lines(keeps: Callable[[str], bool]) -> Callable[[str], object]:
    return lambda text: "\n".join(line for line in text.split("\n") if keeps(line.strip()))


PEERS: dict[str, Callable[[str], object]] = {
    "C4": _lines(c4),
    "C4 (FineWeb)": _lines(c4_fineweb),
    "RefinedWeb": _lines(refinedweb),
}


def datatrove_c4() -> Callable[[str], object] | None:
    """datatrove's C4 quality filter, ``None`` where datatrove is not installed."""
    try:
        from datatrove.data import Document  # noqa: PLC0415
        from datatrove.pipeline.filters import C4QualityFilter  # noqa: PLC0415
    except ImportError:
        return None
    quality = C4QualityFilter(filter_no_terminal_punct=False)
    return lambda text: quality.filter(Document(text=text, id="0"))
