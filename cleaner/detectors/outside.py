"""Everything on a page that is not its main content, named by where it stands.

Fires on:  blocks that the extractor left out; captions of figures wherever they stand.
Not on:    text documents (nobody was asked what is main there).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.detectors.claims import block_claim
from cleaner.detectors.heard import Heard
from cleaner.model import Block, Category, Document, Finding, Strength

# Tokens of tags, classes and ids that name a thing, nearest element first; within one element the first row wins.
TOKENS: tuple[tuple[Category, re.Pattern[str]], ...] = tuple(
    (category, re.compile(rf"(?:^|[^a-z])(?:{pattern})"))
    for category, pattern in (
        (Category.COOKIE_CONSENT, r"cookie|consent|gdpr|cmp-|onetrust|privacy-?banner"),
        (Category.CAPTION, r"figcaption|caption|bildunterschrift|legende"),
        (Category.PHOTO_CREDIT, r"photo-?credit|image-?credit|credit"),
        (Category.COMMENTS, r"comment|coment|disqus|(?:leser)?kommentar|komentar|yorum|respond|reply"),
        (Category.NEWSLETTER, r"newsletter|mailing|signup|sign-up"),
        (Category.PAYWALL, r"paywall|subscri|premium|abo-|piano|metered"),
        (Category.REGISTRATION, r"login|register|signin|account"),
        (Category.DONATION, r"donat|spende|support-us"),
        (Category.SHARE, r"share|sharing|social|follow"),
        (Category.ADVERTISEMENT, r"ads?[^a-z]|ads?$|advert|sponsor|promo|banner|anzeige|werbung"),
        (Category.TAGS, r"tags(?:[^a-z]|$)|tag(?:$|\]| |_)|tag-?(?:list|links|cloud)|topics?|keywords"),
        (Category.AUTHOR_BIO, r"author-?(?:bio|box|info)|about-?author|bio[^a-z]"),
        (Category.BYLINE, r"byline|author|autor"),
        (Category.TIMESTAMP, r"date|time|published|updated"),
        (Category.MEDIA_PLAYER, r"video|audio|player|gallery|slideshow|carousel"),
        (
            Category.RELATED,
            r"related|recommend|more-?(?:on|from|stories)|teaser|most-?read|trending|popular|read-?(?:next|more|also)|sidebar|aside|latest",
        ),
        (Category.NAVIGATION, r"nav|menu|breadcrumb|header|pagination|skip|search|logo|masthead"),
        (Category.COPYRIGHT, r"copyright|legal|imprint|footer|colophon"),
    )
)


def find_outside(document: Document, heard: Heard) -> Iterator[Finding]:
    """Claim what lies outside the main content, and figure captions inside it."""
    if document.kind != "html":
        return
    for index, block in enumerate(document.blocks):
        if block.main is False:
            category, why = name_by_path(block)
            yield block_claim(document, index, category, "outside", Strength.STRONG, f"outside the main content{why}")
        elif block.tag == "figcaption" or "figcaption" in block.path:
            yield block_claim(document, index, Category.CAPTION, "figcaption", Strength.STRONG, "a figure's caption")
    del heard


def name_by_path(block: Block) -> tuple[Category, str]:
    """The category that the nearest telling element suggests, and the words that say so."""
    steps = block.path.lower().split("/")
    for at in reversed(range(len(steps))):
        step = steps[at]
        # A story has a head and a foot of its own: they hold its headline, byline and date, not the site's menu.
        own = step.startswith(("header", "footer")) and any(outer.startswith("article") for outer in steps[:at])
        for category, tokens in TOKENS:
            if tokens.search(step) and not (own and category in (Category.NAVIGATION, Category.COPYRIGHT)):
                return category, f", in {step[:60]}"
    if block.link_density > 0.8:
        return Category.NAVIGATION, ", all links"
    return Category.OTHER, ""
