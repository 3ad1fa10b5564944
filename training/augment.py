"""Pages with what the data has too little of: comment threads, boxes between paragraphs, further articles, no story.

The additions are printed in markup that is drawn anew for each page: with telling class names, with names that tell
nothing, with none, in lists, tables or bare elements. What they say is taken from other pages, much of it from the
paragraphs of stories, so that the network cannot know an addition by its prose and has to learn the shape.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np

from cleaner.segment import Segments

_NAMES = (
    "mkoster", "Ana R.", "old_harbour", "Jens Petersen", "tomcat77", "Lucía", "B. Okafor", "gast", "Guest", "Anonymous",
    "Ivanka", "r2d2fan", "Marie-Claude", "Sven aus Kiel", "PaulK", "the_real_deal", "Yasmin", "北の旅人", "Игорь",
    "סמדר", "Ahmet K.", "Zofia", "kaffeetante", "Dr. No", "jmiller", "Hannah", "Piet de V.", "Nonna", "user4821",
    "Skeptic", "Margaret H., Leeds", "T. Brandt", "Sunita Rao", "Olle", "Mrs. P. Quill", "अनिल", "محمد", "Giulia B.",
    "reader_11",
)  # fmt: skip
_REPLY = (
    "Reply", "Reply", "Antworten", "Répondre", "Responder", "Rispondi", "Beantwoorden", "Svara", "Odpowiedz",
    "Ответить", "Yanıtla", "返信", "回复", "Like", "Report", "Melden", "Permalink", "Share", "0", "3 likes", "👍 12",
    "Reply to this", "Recommend 14", "Flag", "▲ 7 ▼", "Link", "Show 2 replies", "जवाब दें",
)  # fmt: skip
_LABELS = (
    "Comments", "12 Comments", "Kommentare (8)", "Commentaires", "Comentarios", "Commenti", "Reacties", "Kommentarer",
    "Комментарии", "Join the conversation", "Leave a comment", "Leserkommentare", "What readers say", "3 responses",
    "評論", "Yorumlar", "Diskussion", "Opinions", "Letters", "Your views", "Guest book", "Have your say", "",
)  # fmt: skip
_DATES = (
    "May {d}, 2024 at {h}:{m} am", "{d}.05.2024 um {h}:{m}", "{d} mai 2024 à {h}h{m}", "{d} hours ago",
    "vor {d} Stunden", "2024-05-{d} {h}:{m}", "il y a {d} jours", "hace {d} días", "{d}/05/24", "{h}:{m}", "",
)  # fmt: skip
_RELATED = (
    "Related", "Read more", "Read next", "More from this section", "Lesen Sie auch", "Mehr zum Thema", "À lire aussi",
    "Te puede interesar", "Leggi anche", "Lees ook", "Läs också", "Czytaj też", "Читайте также", "こちらもおすすめ",
    "Most read", "Editors' picks", "Trending now", "यह भी पढ़ें", "אולי יעניין אותך", "Recommended for you", "",
)  # fmt: skip
_TELLING = {
    "thread": ("comments", "comment-list", "discussion", "responses", "kommentare", "c-comments", "comment-section"),
    "item": ("comment", "comment-body", "response", "kommentar", "post", "thread-item", "c-comment"),
    "name": ("author", "username", "commenter", "fn", "name", "user"),
    "date": ("date", "time", "meta", "timestamp"),
    "body": ("text", "comment-content", "message", "body", "comment__text"),
    "box": ("related", "promo", "newsletter-signup", "teaser", "callout", "inline-promo", "aside", "recirc"),
    "story": ("article", "post", "story", "entry", "c-article"),
}
_ARTICLE = re.compile(r"<article\b[^>]{0,300}>", re.IGNORECASE)
_ENDS = ("</article>", "<footer", "</main>", "</body>")


class _Markup:
    """How one addition is printed: which tags, and which class names, drawn once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._style = random.choice(("telling", "telling", "hashed", "hashed", "none", "neutral"))
        self._prefix = random.choice(("css-", "sc-", "jsx-", "_", "", "u-", "x"))
        self._classes: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    def wrap(self, role: str, inside: str, *tags: str) -> str:
        """``inside`` in an element that plays a role, always the same way."""
        tag = self._tags.setdefault(role, self._random.choice(tags))
        name = self._classes.setdefault(role, self._class(role))
        given = f' class="{name}"' if name else ""
        return f"<{tag}{given}>{inside}</{tag}>"

    def _class(self, role: str) -> str:
        if self._style == "telling" and role in _TELLING:
            return self._random.choice(_TELLING[role])
        if self._style == "hashed":
            return self._prefix + "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6))
        if self._style == "neutral":
            return self._random.choice(
                ("row", "inner", "wrapper", "content", "item", "block", "box", "col", "text", "")
            )
        return ""


def with_comments(source: str, pool: list[str], random: Random) -> str:
    """The page with a thread of comments at one of the places where pages have theirs."""
    markup = _Markup(random)
    shape = random.choice((_flat_comment, _flat_comment, _headed_comment, _row_comment, _bare_comment))
    comments = "".join(shape(markup, pool, random) for _ in range(random.randint(2, 18)))
    label = random.choice(_LABELS)
    heading = markup.wrap("heading", label, "h2", "h3", "h4", "div", "p") if label else ""
    note = markup.wrap("note", random.choice(pool), "p", "div") if random.random() < 0.3 else ""
    thread = markup.wrap(
        "thread", heading + note + markup.wrap("list", comments, "div", "div", "section"), "div", "section"
    )
    return _insert(source, thread, random)


def with_boxes(source: str, pool: list[str], random: Random) -> str:
    """The page with promos between its paragraphs: teasers of other stories, appeals, newsletters."""
    ends = [match.end() for match in re.finditer("</p>", source)]
    inside = ends[len(ends) // 6 : 1 + 5 * len(ends) // 6]
    if len(inside) < 3:
        return _insert(source, _box(pool, random), random)
    for at in sorted(random.sample(inside, min(len(inside), random.randint(1, 3))), reverse=True):
        source = source[:at] + _box(pool, random) + source[at:]
    return source


def with_articles(source: str, pool: list[str], random: Random) -> str:
    """The page with further articles below it, in the same template where the story stands in an ``<article>``."""
    found = _ARTICLE.search(source)
    markup = _Markup(random)
    parts = []
    for _ in range(random.randint(1, 3)):
        title = html.escape(" ".join(random.choice(pool).split()[: random.randint(5, 11)]))
        inside = f"<h1>{title}</h1><p>By {random.choice(_NAMES)}</p>{_paragraphs(pool, random, random.randint(3, 9))}"
        parts.append(f"{found.group()}{inside}</article>" if found else markup.wrap("story", inside, "article", "div"))
    return _insert(source, "".join(parts), random, ends=_ENDS[1:])


def without_story(segments: Segments, labels: np.ndarray) -> Segments:
    """The page without its story: what is left looks like a section front, and nothing of it is main content."""
    kept = labels < 0.3
    moved = np.concatenate([[0], np.cumsum(kept)])
    return replace(
        segments,
        pieces=[piece for piece, keep in zip(segments.pieces, kept, strict=True) if keep],
        firsts=moved[segments.firsts].tolist(),
        lasts=moved[segments.lasts].tolist(),
    )


def _who(random: Random) -> tuple[str, str, str]:
    number = random.randint(2, 28)
    date = random.choice(_DATES).format(d=number, h=random.randint(10, 23), m=random.randint(10, 59))
    return random.choice(_NAMES), date, random.choice(_REPLY)


def _said(pool: list[str], random: Random) -> str:
    body = _paragraphs(pool, random, random.choice((1, 1, 1, 2, 3)))
    return re.sub("</?p>", "", body) if random.random() < 0.2 else body


def _flat_comment(markup: _Markup, pool: list[str], random: Random) -> str:
    name, date, reply = _who(random)
    image = '<img src="a.png" alt="">' if random.random() < 0.5 else ""
    head = markup.wrap(
        "head",
        image
        + markup.wrap("name", name, "span", "a", "b", "div")
        + " "
        + markup.wrap("date", date, "span", "time", "div", "small"),
        "div",
        "header",
        "div",
    )
    body = markup.wrap("body", _said(pool, random), "div", "div", "section")
    foot = markup.wrap("foot", markup.wrap("reply", reply, "a", "button", "span"), "div", "footer", "p")
    nested = markup.wrap("replies", _flat_comment(markup, pool, random), "div") if random.random() < 0.12 else ""
    return markup.wrap("item", head + body + foot + nested, "div", "div", "article", "section", "li")


def _headed_comment(markup: _Markup, pool: list[str], random: Random) -> str:
    name, date, reply = _who(random)
    head = markup.wrap("name", f"{name} {date}", "h4", "h5", "h3")
    foot = markup.wrap("reply", reply, "p", "div", "a")
    return markup.wrap("item", head + _said(pool, random) + foot, "div", "li", "blockquote")


def _row_comment(_markup: _Markup, pool: list[str], random: Random) -> str:
    name, date, _ = _who(random)
    return f"<table><tr><td>{name}<br>{date}</td><td>{_said(pool, random)}</td></tr></table>"


def _bare_comment(_markup: _Markup, pool: list[str], random: Random) -> str:
    name, date, reply = _who(random)
    return random.choice(
        (
            f"<p><b>{name}</b> ({date})</p>{_said(pool, random)}<p>{reply}</p>",
            f"<p>&quot;{html.escape(random.choice(pool))}&quot; - {name}</p>",
        )
    )


def _box(pool: list[str], random: Random) -> str:
    markup = _Markup(random)
    label = random.choice(_RELATED)
    teasers = "".join(_teaser(markup, pool, random) for _ in range(random.randint(1, 4)))
    heading = markup.wrap("heading", label, "h2", "h3", "h4", "div", "strong") if label else ""
    return markup.wrap("box", heading + teasers, "div", "aside", "section", "div")


def _teaser(markup: _Markup, pool: list[str], random: Random) -> str:
    title = " ".join(random.choice(pool).split()[: random.randint(5, 12)])
    text = html.escape(random.choice(pool)) if random.random() < 0.6 else ""
    link = markup.wrap("title", f'<a href="/x">{html.escape(title)}</a>', "h3", "h4", "div", "p")
    return markup.wrap("card", link + (markup.wrap("text", text, "p", "div") if text else ""), "div", "article", "li")


def _paragraphs(pool: list[str], random: Random, count: int) -> str:
    return "".join(f"<p>{html.escape(random.choice(pool))}</p>" for _ in range(count))


def _insert(source: str, addition: str, random: Random, ends: tuple[str, ...] = _ENDS) -> str:
    lowered = source.lower()
    places = [at for at in (lowered.rfind(end) for end in ends) if at > len(source) // 3]
    at = random.choice(places) if places else len(source)
    return source[:at] + addition + source[at:]


ADDITIONS: dict[str, Callable[[str, list[str], Random], str]] = {
    "comments": with_comments,
    "boxes": with_boxes,
    "articles": with_articles,
}
