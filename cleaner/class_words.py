"""Words of classes and ids that say what a part of a page is: ``comment-list`` holds comments.

Sites name their elements for their own developers, so these words are a hint about blocks that are known not to be the
story, never a reason to take one out.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.features import CHAIN, Features, name_bags
from cleaner.hashing import Bag, Ints
from cleaner.model import Category

# What only readers' comments are called, in many languages and by the widgets that hold them: "discussion" and "reply"
# may also be a forum's story.
COMMENTS = (
    "comment comments commentlist commentlisting commentthread commentarea commentbody commentbox commenter "
    "commenters usercomment usercomments readercomments commentaire commentaires comentario comentarios commento "
    "commenti kommentar kommentare kommentarer kommentit leserkommentare komentar komentare komentarz komentarze "
    "yorum yorumlar reactie reacties talkback talkbacks disqus dsq haloscan intensedebate idc livefyre viafoura "
    "spotim hyvor utterances giscus hypercomments"
)
# The first row that holds one of an element's words names it; of several elements the nearest names the block.
WORDS: tuple[tuple[Category, str], ...] = (
    (Category.COOKIE_CONSENT, "cookie cookies consent gdpr onetrust cookiebot didomi usercentrics dsgvo ccpa"),
    (Category.CAPTION, "figcaption caption captions bildunterschrift legende untertitel cutline wpcaption leyenda"),
    (Category.PHOTO_CREDIT, "credit credits photocredit imagecredit bildnachweis copyright-image fotocredit"),
    (
        Category.COMMENTS,
        f"{COMMENTS} respond reply replies reactions coral discussion diskussion discusion debate debatte debat forum "
        "opiniones guestbook",
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
_SAID = tuple(words for _, words in WORDS)
STANDFIRST = (
    "standfirst dek deck subtitle subtitel subhead subheadline subheading lead lede intro summary sapo chapeau ingress "
    "abstract subline unterzeile vorspann entradilla bajada sommario catenaccio strapline sottotitolo manchet"
)
# What stands below a story in a container called so is no part of it: the page's foot, notes on the author and on law.
ENDS = (
    "footer contentinfo colophon author authors authorbox autor autoren auteur bio newsletter newsletters modal popup "
    "disclaimer disclaimers"
)


class _Table(NamedTuple):
    """Words and pairs of words by their hashes, in order, with the number of each one's row."""

    hashes: Ints
    rows: Ints


@cache
def _table(rows: tuple[str, ...]) -> _Table:
    """The words of some rows; one that stands in several belongs to the first."""
    found: dict[int, int] = {}
    for row, words in enumerate(rows):
        for word in words.split():
            single, pairs = name_bags([word])
            for item in (pairs if "-" in word else single).items.tolist():
                found.setdefault(item, row)
    hashes = sorted(found)
    return _Table(np.array(hashes), np.array([found[item] for item in hashes]))


def _first_rows(names: Bag, pairs: Bag, rows: tuple[str, ...]) -> Ints:
    """For every name the first of the rows that holds one of its words, ``len(rows)`` if none does."""
    table, first = _table(rows), np.full(len(names.starts) - 1, len(rows))
    for bag in (names, pairs):
        at = np.minimum(np.searchsorted(table.hashes, bag.items), len(table.hashes) - 1)
        told = np.where(table.hashes[at] == bag.items, table.rows[at], len(rows))
        some = bag.starts[:-1] < bag.starts[1:]
        if len(told):
            first[some] = np.minimum(first[some], np.minimum.reduceat(told, bag.starts[:-1][some]))
    return first


def _called(features: Features, words: str) -> NDArray[np.bool_]:
    """For every container whether it has one of some words."""
    called: NDArray[np.bool_] = _first_rows(features.names, features.name_pairs, (words,))[features.which] == 0
    return called


def named_standfirst(features: Features) -> NDArray[np.bool_]:
    """For every block whether its container or the one around it is called a standfirst, in the words of the trade."""
    called = _called(features, STANDFIRST)
    told: NDArray[np.bool_] = called[features.chains[:, 0]] | called[features.chains[:, 1]]
    return told


def spans_called(features: Features, words: str) -> list[tuple[int, int]]:
    """First block and end of everything that has one of some words in its name."""
    called = _called(features, words)
    spans = zip(features.firsts[called].tolist(), features.lasts[called].tolist(), strict=True)
    return sorted({(first, last) for first, last in spans if first < last})


def name_by_class(features: Features, main: NDArray[np.bool_]) -> list[Category | None]:
    """For every block the category that the classes around it suggest, the nearest first.

    What holds ``main`` content names nothing: a body of class ``paywall`` does not make a paywall of all that is in it.
    """
    none, named = len(WORDS), _first_rows(features.names, features.name_pairs, _SAID)
    rows = np.where(_holds(features, main), none, named[features.which])
    rows[0] = none
    found = rows[features.chains[:, 0]]
    for level in range(1, CHAIN):
        found = np.where(found == none, rows[features.chains[:, level]], found)
    categories = [*(category for category, _ in WORDS), None]
    return [categories[row] for row in found.tolist()]


def name_of_path(path: str) -> Category | None:
    """The category that a path of tags, ids and classes suggests, its last step first.

    >>> name_of_path("section[main]/div[newsletter-box]/p"), name_of_path("article/p")
    (<Category.NEWSLETTER: 'newsletter'>, None)
    """
    steps = path.split("/")[::-1]
    rows = _first_rows(*name_bags(steps), _SAID)
    return next((WORDS[row][0] for row in rows.tolist() if row < len(WORDS)), None)


def _holds(features: Features, main: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For every container whether a ``main`` block stands anywhere inside."""
    inside = np.sort(features.chains[main, 0])
    holds: NDArray[np.bool_] = np.searchsorted(inside, features.ends) > np.searchsorted(
        inside, np.arange(len(features.ends))
    )
    return holds
