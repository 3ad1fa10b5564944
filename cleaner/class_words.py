"""Words of classes and ids that say what a part of a page is: ``comment-list`` holds comments.

Sites name their elements for their own developers, so these words are a hint about blocks that are known not to be the
story, never a reason to take one out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.features import CHAIN, Features, name_bags, name_of
from cleaner.hashing import NONE, Bag, Ints
from cleaner.model import Category
from cleaner.segment import Segments

# The first row that holds one of an element's words names it; of several elements the nearest names the block.
WORDS: tuple[tuple[Category, str], ...] = (
    (Category.COOKIE_CONSENT, "cookie cookies consent gdpr onetrust cookiebot didomi usercentrics dsgvo ccpa"),
    (Category.CAPTION, "figcaption caption captions bildunterschrift legende untertitel cutline wpcaption leyenda"),
    (Category.PHOTO_CREDIT, "credit credits photocredit imagecredit bildnachweis copyright-image fotocredit"),
    (
        Category.COMMENTS,
        "comment comments commentlist commenter commentaire commentaires comentario comentarios commento commenti "
        "kommentar kommentare leserkommentare komentar komentarz yorum yorumlar disqus respond reply replies reactions "
        "coral viafoura livefyre discussion diskussion discusion debate debatte debat forum reacties opiniones "
        "guestbook",
    ),
    (Category.NEWSLETTER, "newsletter newsletters mailing mailchimp signup sign-up subscribe-form infolettre boletin"),
    (
        Category.PAYWALL,
        "paywall subscribe subscription subscriptions subscriber premium abo piano metered plus abonnement",
    ),
    (Category.REGISTRATION, "login signin sign-in register registration account logged user-menu anmelden"),
    (Category.DONATION, "donate donation donations spende spenden support-us contribute patreon"),
    (
        Category.SHARE,
        "share sharing shares sharedaddy addtoany addthis social socials follow facebook twitter whatsapp teilen "
        "partager compartir print email sns",
    ),
    (
        Category.ADVERTISEMENT,
        "ad ads adv advert advertisement advertising adsense adslot sponsor sponsored sponsors promo promotion "
        "promotions banner anzeige werbung publicidad pub taboola outbrain dfp leaderboard commercial cta",
    ),
    (Category.TAGS, "tag tags tagcloud topics topic keywords keyword hashtag hashtags schlagworte etiquetas"),
    (Category.AUTHOR_BIO, "bio authorbox author-box author-bio about-author author-info author-card"),
    (Category.BYLINE, "byline bylines author authors autor autoren auteur contributor writer"),
    (Category.TIMESTAMP, "date dates dateline time timestamp published updated pubdate datum datetime modified"),
    (
        Category.MEDIA_PLAYER,
        "video videos audio player podcast gallery slideshow carousel slider swiper lightbox galerie",
    ),
    (
        Category.RELATED,
        "related relateds recommend recommended recommendations more-on more-from read-more read-next read-also teaser "
        "teasers trending popular most-read mostread latest recent aside sidebar widget-posts suggestions similar card "
        "cards river feed upnext recirc recirculation verwandt artikelliste",
    ),
    (
        Category.NAVIGATION,
        "nav navbar navigation menu menus breadcrumb breadcrumbs header masthead topbar pagination pager skip search "
        "logo toolbar sitemap dropdown mega language-switcher hamburger",
    ),
    (Category.COPYRIGHT, "copyright legal imprint impressum footer colophon disclaimer terms privacy rights"),
    (Category.UI, "button buttons btn close modal popup overlay tooltip loading spinner toggle"),
)
STANDFIRST = (
    "standfirst dek deck subtitle subtitel subhead subheadline subheading lead lede intro summary sapo chapeau ingress "
    "abstract subline unterzeile vorspann entradilla bajada sommario catenaccio strapline sottotitolo manchet"
)
# Of the words for comments those that name nothing else: "discussion" and "reply" may be a forum's story.
COMMENTS = (
    "comment comments commentlist commenter commentaire commentaires comentario comentarios commento commenti "
    "kommentar kommentare leserkommentare komentar komentarz yorum yorumlar disqus reacties"
)
# What stands below a story in a container called so is no part of it: the page's foot, notes on the author and on law.
ENDS = (
    "footer contentinfo colophon author authors authorbox autor autoren auteur bio newsletter newsletters modal popup "
    "disclaimer disclaimers"
)


@cache
def _rows() -> Ints:
    """For every bucket of the hash the row of the words that fall into it, ``len(WORDS)`` for none."""
    table = np.full(NONE, len(WORDS), np.int64)
    for row, (_, words) in reversed(list(enumerate(WORDS))):
        for word in words.split():
            single, pairs = name_bags([word])
            table[pairs.items if "-" in word else single.items] = row
    return table


@cache
def _buckets(words: str) -> NDArray[np.bool_]:
    table = np.zeros(NONE, bool)
    table[name_bags(words.split())[0].items] = True
    return table


def _called(features: Features, words: str) -> NDArray[np.bool_]:
    """For every container whether it has one of some words."""
    called: NDArray[np.bool_] = ~_best(features.names, ~_buckets(words), True)[features.which]
    return called


def named_standfirst(features: Features) -> NDArray[np.bool_]:
    """For every block whether its container or the one around it is called a standfirst, in the words of the trade."""
    called = _called(features, STANDFIRST)
    told: NDArray[np.bool_] = called[features.chains[:, 0]] | called[features.chains[:, 1]]
    return told


def spans_called(segments: Segments, features: Features, words: str) -> list[tuple[int, int]]:
    """First block and end of everything that has one of some words in its name.

    The hashes only propose, because class names that a program made up share their buckets with words.
    """
    own = features.chains[:, 0]
    spans = set()
    for container in np.flatnonzero(_called(features, words)):
        inside = np.flatnonzero((own >= container) & (own < features.ends[container]))
        if len(inside) and _says(segments, int(inside[0]), int(inside[-1]) + 1, words):
            spans.add((int(inside[0]), int(inside[-1]) + 1))
    return sorted(spans)


def _says(segments: Segments, first: int, last: int, words: str) -> bool:
    """True if a container of just these blocks has one of the words in its name."""
    container = segments.pieces[first].container
    while container and segments.firsts[container] == first and segments.lasts[container] <= last:
        if segments.lasts[container] == last and _pattern(words).search(name_of(segments.attributes[container])):
            return True
        container = segments.parents[container]
    return False


@cache
def _pattern(words: str) -> re.Pattern[str]:
    """One of the words, on its own or in a name that joins words by signs or capitals."""
    return re.compile("|".join(f"(?<![a-z]){word}(?![a-z])|{word.title()}(?![a-z])" for word in words.split()))


def name_by_class(features: Features, main: NDArray[np.bool_]) -> list[Category | None]:
    """For every block the category that the classes around it suggest, the nearest first.

    What holds ``main`` content names nothing: a body of class ``paywall`` does not make a paywall of all that is in it.
    """
    none = len(WORDS)
    named = np.minimum(_best(features.names, _rows(), none), _best(features.name_pairs, _rows(), none))
    rows = np.where(_holds(features, main), none, named[features.which])
    rows[0] = none
    found = rows[features.chains[:, 0]]
    for level in range(1, CHAIN):
        found = np.where(found == none, rows[features.chains[:, level]], found)
    categories = [*(category for category, _ in WORDS), None]
    return [categories[row] for row in found.tolist()]


def _holds(features: Features, main: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For every container whether a ``main`` block stands anywhere inside."""
    inside = np.sort(features.chains[main, 0])
    holds: NDArray[np.bool_] = np.searchsorted(inside, features.ends) > np.searchsorted(
        inside, np.arange(len(features.ends))
    )
    return holds


def _best(bag: Bag, table: NDArray[Any], none: int) -> NDArray[Any]:
    """For every owner the least value of its items, ``none`` where it has none."""
    best = np.full(len(bag.starts) - 1, none, table.dtype)
    starts = bag.starts[:-1]
    some = starts < bag.starts[1:]
    if len(bag.items):
        best[some] = np.minimum.reduceat(table[bag.items], starts[some])
    return best
