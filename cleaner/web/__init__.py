"""What the pages of report and review share: looks, marked text, and the rules that keep documents from acting.

Documents are hostile. A page gets them as JSON that cannot end its element, and puts them in place as text only
(``dom.js``); a content security policy forbids all that is not named by its hash, the writing of markup included
(*trusted types*), so that a mistake shows instead of acting.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleaner.model import ARTICLE_CATEGORIES, FIELD_CATEGORIES, Category

_FOLDER = Path(__file__).parent

GROUPS: dict[str, tuple[Category, ...]] = {
    "article": (
        *(category for category in Category if category in FIELD_CATEGORIES | ARTICLE_CATEGORIES),
        Category.AUTHOR_BIO,
        Category.ATTRIBUTION,
    ),
    "picture": (Category.PHOTO_CREDIT, Category.CAPTION, Category.MEDIA_PLAYER),
    "appeal": (
        Category.PAYWALL,
        Category.DONATION,
        Category.NEWSLETTER,
        Category.REGISTRATION,
        Category.APP_PROMO,
    ),
    "advertisement": (Category.ADVERTISEMENT, Category.AFFILIATE_DISCLOSURE),
    "readers": (Category.COMMENTS, Category.SHARE, Category.EMBED),
    "links": (Category.RELATED, Category.NAVIGATION, Category.TAGS),
    "legal": (Category.COOKIE_CONSENT, Category.COPYRIGHT),
    "machine": (Category.UI, Category.TECHNICAL),
    "other": (Category.OTHER,),
}
"""Categories of a kind. Nobody tells thirty colours apart: a group has one, and every span is marked with its name."""

GROUP_OF: dict[str, str] = {category.value: group for group, categories in GROUPS.items() for category in categories}
"""Category → group. A category that is not there (of a newer record) belongs to ``other``."""


def asset(name: str) -> str:
    """One of the files beside this module, such as ``theme.css`` or ``dom.js``."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def script_json(value: Any) -> str:
    r"""JSON that may stand in a ``<script>`` element: nothing in it can end the element or begin a comment.

    >>> script_json("</script><!--")
    '"\\u003c/script\\u003e\\u003c!--"'
    """
    text = plain_json(value)
    for char in _ACTIVE:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


# `<` begins every tag and comment; U+2028 and U+2029 end a line in older JavaScript; U+FEFF may be taken for a mark.
_ACTIVE = "<>&\u2028\u2029\ufeff\x7f"


def plain_json(value: Any) -> str:
    """JSON without spaces. Lone surrogates become escapes, because no page can carry them."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def policy(scripts: Iterable[str], styles: Iterable[str], *, connect: str = "'none'") -> str:
    """A content security policy that allows these inline scripts and styles and nothing else.

    ``connect`` says where the page may send requests to: nowhere, or ``'self'`` for a page that a server serves.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *map(source_hash, scripts))),
            " ".join(("style-src", *map(source_hash, styles))),
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def source_hash(source: str) -> str:
    """What names an inline script or style in a policy."""
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
