"""What pages say about themselves: every source and its order, and what must not be believed."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner import rules
from cleaner.language import SCRIPTS, STOPLISTS
from cleaner.metadata import _ISO_639_1, _ISO_639_2, MAX_FIELD, MAX_SCRIPT, Head, read_metadata
from tests.timing import least_seconds

PACKS = sorted(Path(rules.__file__).parent.glob("*/*.toml"))
SITE = "https://www.harbour-post.example"
STORY = f"{SITE}/news/bridge"
HEADLINE = "Council votes to rebuild the old bridge"
FIELDS = {
    "title", "byline", "published", "updated", "language", "section", "url", "site", "description", "image",
    "image_caption", "image_credit", "kind", "body", "flags",
}  # fmt: skip


def meta(name, content):
    """A meta as pages write it: OpenGraph by property, microdata by itemprop, the rest by name."""
    if name.startswith("itemprop "):
        return {"itemprop": name.removeprefix("itemprop "), "content": content}
    return {"property" if name.startswith(("og:", "article:")) else "name": name, "content": content}


def metas(**named):
    return Head(metas=[meta(name.replace("__", ":"), content) for name, content in named.items()])


def article(**node):
    return json.dumps({"@context": "https://schema.org", "@type": "NewsArticle"} | node)


def said(**node):
    """What is read from a page that says nothing but this in its JSON-LD."""
    return read_metadata(Head(linked_data=[article(**node)], address=STORY))


def test_a_page_that_says_nothing():
    assert read_metadata(Head()) == {}


def test_a_page_that_says_everything():
    head = Head(
        language="en-GB",
        title=f"{HEADLINE} | The Harbour Post",
        metas=[meta("og:site_name", "The Harbour Post"), meta("og:description", "The vote was close.")],
        links=[{"rel": "canonical", "href": "/news/bridge"}],
        linked_data=[
            article(
                headline=HEADLINE,
                author=[{"@type": "Person", "name": "Ana Ruiz"}, {"@type": "Person", "name": "Jonas Falk"}],
                datePublished="2024-05-14T10:23:00+02:00",
                dateModified="2024-05-14T12:00:00Z",
                articleSection=["Local", "Politics"],
                articleBody="The council voted.\n\nWork begins in autumn.",
                image={"@type": "ImageObject", "url": "/i/1.jpg", "caption": "The bridge", "creditText": "Photo: EPA"},
                isAccessibleForFree=False,
            )
        ],
        address=f"{STORY}?utm_source=feed#top",
    )
    assert read_metadata(head) == {
        "title": HEADLINE,
        "byline": "Ana Ruiz, Jonas Falk",
        "published": "2024-05-14T10:23",
        "updated": "2024-05-14T12:00",
        "language": "en",
        "section": "Local",
        "url": STORY,
        "site": "The Harbour Post",
        "description": "The vote was close.",
        "image": f"{SITE}/i/1.jpg",
        "image_caption": "The bridge",
        "image_credit": "Photo: EPA",
        "kind": "NewsArticle",
        "body": "The council voted.\nWork begins in autumn.",
        "flags": "truncated",
    }


# The sources of each field, the most trusted first: (where it stands, what it says, what is read).
ORDER = {
    "title": [
        ("ld headline", "One headline of the day"),
        ("h1", "Two headlines of the day"),
        ("og:title", "Three headlines of the day"),
        ("dc.title", "Four headlines of the day"),
        ("parsely-title", "Five headlines of the day"),
        ("twitter:title", "Six headlines of the day"),
        ("itemprop headline", "Seven headlines of the day"),
        ("title", "Eight headlines of the day"),
    ],
    "byline": [
        ("ld author", "Ana Ruiz"),
        ("ld creator", "Bo Ek"),
        ("article:author", "Cleo Marin"),
        ("dc.creator", "Dan Orr"),
        ("parsely-author", "Eva Lind"),
        ("sailthru.author", "Finn Moe"),
        ("author", "Gia Serra"),
        ("itemprop author", "Hal Young"),
        ("twitter:creator", "Ida Berg"),
    ],
    "published": [
        ("ld datePublished", "2024-05-01"),
        ("ld dateCreated", "2024-05-02"),
        ("article:published_time", "2024-05-03"),
        ("dcterms.issued", "2024-05-04"),
        ("dc.date", "2024-05-05"),
        ("parsely-pub-date", "2024-05-06"),
        ("sailthru.date", "2024-05-07"),
        ("pubdate", "2024-05-08"),
        ("date", "2024-05-09"),
        ("itemprop datePublished", "2024-05-10"),
        ("time", "2024-05-11"),
    ],
    "updated": [
        ("ld dateModified", "2024-06-01"),
        ("article:modified_time", "2024-06-02"),
        ("og:updated_time", "2024-06-03"),
        ("dcterms.modified", "2024-06-04"),
        ("lastmod", "2024-06-05"),
    ],
    "section": [
        ("ld articleSection", "Local"),
        ("article:section", "Harbour"),
        ("parsely-section", "City"),
        ("section", "News"),
    ],
    "description": [
        ("ld description", "The vote was close."),
        ("og:description", "The vote was tight."),
        ("dc.description", "The vote was narrow."),
        ("twitter:description", "The vote was late."),
        ("description", "The vote was long."),
    ],
    "image": [
        ("ld image", f"{SITE}/1.jpg"),
        ("og:image", f"{SITE}/2.jpg"),
        ("twitter:image", f"{SITE}/3.jpg"),
        ("ld thumbnailUrl", f"{SITE}/4.jpg"),
        ("link image_src", f"{SITE}/5.jpg"),
    ],
    "url": [
        ("link canonical", f"{SITE}/1"),
        ("og:url", f"{SITE}/2"),
        ("ld url", f"{SITE}/3"),
        ("ld mainEntityOfPage", f"{SITE}/4"),
        ("address", f"{SITE}/5"),
    ],
    "language": [
        ("lang", "de"),
        ("og:locale", "fr"),
        ("content-language", "es"),
        ("dc.language", "it"),
        ("ld inLanguage", "pt"),
    ],
    "site": [
        ("og:site_name", "The Harbour Post"),
        ("ld publisher", "Harbour Press"),
        ("application-name", "Post App"),
        ("dc.publisher", "Harbour House"),
    ],
    "kind": [("ld @type", "OpinionNewsArticle"), ("og:type", "article")],
}


def page_of(sources):
    """A page that says these things in these places."""
    head = Head()
    node = {}
    for place, value in sources:
        kind, _, name = place.partition(" ")
        if kind == "ld":
            node[name] = value
        elif kind == "link":
            head.links.append({"rel": name, "href": value})
        elif place == "h1":
            head.headings.append(value)
        elif place == "time":
            head.times.append({"datetime": value, "itemprop": "datePublished"})
        elif place in ("title", "address"):
            setattr(head, place, value)
        elif place == "lang":
            head.language = value
        else:
            head.metas.insert(0, meta(place, value))  # the order on the page does not count
    head.linked_data = [article(**node)] if node else []
    return head


@pytest.mark.parametrize("field", ORDER)
def test_sources_are_heard_in_order_of_trust(field):
    sources = ORDER[field]
    for first in range(len(sources)):
        assert read_metadata(page_of(sources[first:]))[field] == sources[first][1], sources[first][0]


# JSON-LD: where the article stands, and which it is.

NODE = {"@type": "NewsArticle", "headline": HEADLINE}


@pytest.mark.parametrize(
    "data",
    [
        NODE,
        [NODE],
        [[{"@type": "Organization", "name": "Post"}], [NODE]],
        {"@graph": [{"@type": "WebSite", "name": "Post"}, NODE]},
        {"@graph": NODE},
        {"@type": "WebPage", "name": "A page", "mainEntity": NODE},
        {"@type": "WebPage", "mainEntityOfPage": [NODE]},
        NODE | {"@type": ["Thing", "NewsArticle"]},
        NODE | {"@type": "http://schema.org/NewsArticle"},
        NODE | {"@type": "schema:NewsArticle"},
        NODE | {"@type": "newsarticle"},
    ],
)
def test_where_the_article_stands(data):
    read = read_metadata(Head(linked_data=[json.dumps(data)]))
    assert (read["title"], read["kind"]) == (HEADLINE, "NewsArticle")


@pytest.mark.parametrize(
    "kind",
    ["Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "LiveBlogPosting",
     "BlogPosting", "Report"],
)  # fmt: skip
def test_kinds_of_articles(kind):
    assert said(**{"@type": kind, "headline": HEADLINE})["kind"] == kind


@pytest.mark.parametrize("kind", ["Person", "ItemList", "Product", "", None, 1, {}, [None], [[]]])
def test_what_is_no_article(kind):
    assert "title" not in said(**{"@type": kind, "headline": HEADLINE})


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": NODE}]},
        {"@type": "WebPage", "hasPart": [NODE], "mentions": NODE},
    ],
)
def test_teasers_are_other_pages_stories(data):
    assert "title" not in read_metadata(Head(linked_data=[json.dumps(data)]))


OTHER = article(headline="Ferry company adds two boats", url=f"{SITE}/news/ferry", author="Bo Ek")


@pytest.mark.parametrize(
    ("own", "page"),
    [
        ({"url": "http://harbour-post.example/news/bridge/?ref=1"}, {"address": STORY}),
        ({"@id": f"{STORY}#article"}, {"links": [{"rel": "canonical", "href": STORY}]}),
        ({"mainEntityOfPage": {"@type": "WebPage", "@id": STORY}}, {"metas": [meta("og:url", STORY)]}),
        ({"mainEntityOfPage": STORY}, {"address": STORY}),
        ({}, {"headings": [HEADLINE.upper()]}),
        ({}, {"metas": [meta("og:title", HEADLINE)]}),
        ({}, {"title": HEADLINE}),
    ],
)
def test_the_article_that_fits_the_page(own, page):
    scripts = [OTHER, OTHER, article(headline=HEADLINE, author="Ana Ruiz", **own)]
    read = read_metadata(Head(linked_data=scripts, **page))
    assert (read["title"], read["byline"]) == (HEADLINE, "Ana Ruiz")


def test_the_first_of_two_articles_if_neither_fits():
    scripts = [article(headline=HEADLINE, author="Ana Ruiz"), OTHER]
    assert read_metadata(Head(linked_data=scripts))["byline"] == "Ana Ruiz"


def test_three_articles_that_do_not_fit_are_teasers():
    assert read_metadata(Head(linked_data=[OTHER] * 3, title=HEADLINE, address=STORY)) == {
        "title": HEADLINE,
        "url": STORY,
    }


def test_two_scripts_about_the_same_article_complete_each_other():
    scripts = [
        article(url=STORY, headline=HEADLINE, author=[]),
        article(url=STORY, headline="The bridge", author="Ana Ruiz", isAccessibleForFree="False"),
    ]
    read = read_metadata(Head(linked_data=scripts, address=STORY))
    assert (read["title"], read["byline"], read["flags"]) == (HEADLINE, "Ana Ruiz", "truncated")


def test_a_page_without_an_article_names_author_and_date_itself():
    node = {"@type": "WebPage", "name": "Bridge - Post", "author": {"name": "Ana Ruiz"}, "datePublished": "2024-05-14"}
    read = read_metadata(Head(linked_data=[json.dumps(node)]))
    assert read == {"byline": "Ana Ruiz", "published": "2024-05-14"}


def test_nodes_refer_to_each_other():
    graph = [
        NODE | {"author": {"@id": "#ana"}, "image": {"@id": "#lead"}, "publisher": {"@type": "Thing", "@id": "#post"}},
        {"@type": "Person", "@id": "#ana", "name": "Ana Ruiz"},
        {"@type": "Organization", "@id": "#post", "name": "The Harbour Post"},
        {"@type": "ImageObject", "@id": "#lead", "url": f"{SITE}/1.jpg", "caption": "The bridge at dawn"},
    ]
    read = read_metadata(Head(linked_data=[json.dumps({"@graph": graph})]))
    assert (read["byline"], read["site"]) == ("Ana Ruiz", "The Harbour Post")
    assert (read["image"], read["image_caption"]) == (f"{SITE}/1.jpg", "The bridge at dawn")


def test_nodes_that_refer_to_themselves():
    graph = [
        NODE | {"author": {"@id": "#a"}},
        {"@id": "#a", "name": {"@id": "#b"}},
        {"@id": "#b", "name": {"@id": "#a"}},
    ]
    assert "byline" not in read_metadata(Head(linked_data=[json.dumps({"@graph": graph})]))


GOOD = '{"@type": "NewsArticle", "headline": "Bridge opens", "author": "Ana Ruiz"}'


@pytest.mark.parametrize(
    "script",
    [
        f"\n {GOOD} ;\n",
        f"\ufeff{GOOD}",
        f"<!-- {GOOD} -->",
        f"//<![CDATA[\n{GOOD}\n//]]>",
        f"/*<![CDATA[*/{GOOD}/*]]>*/",
        f"<![CDATA[{GOOD}]]>",
        GOOD.replace("Bridge opens", "Bridge\n opens"),
        GOOD.replace("}", ",\n}"),
        GOOD.replace("Bridge", r"Br\idge"),
        f'{{"@type": "Person"}}{GOOD}',
        f"{GOOD} and then something that is no JSON",
    ],
)
def test_broken_json_that_can_be_mended(script):
    read = read_metadata(Head(linked_data=[script]))
    assert (read["title"], read["byline"]) == ("Bridge opens", "Ana Ruiz")


@pytest.mark.parametrize(
    "script",
    [
        "",
        "null",
        "{",
        '{"@type": "NewsArticle", "headline": "Bridge',
        "{{ article.json }}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 10_000,
        '"\\ud800"',
        '[1,,"' + "," * 1000 + "]",
        " " * MAX_SCRIPT + GOOD,
    ],
)
def test_json_that_is_skipped(script):
    assert read_metadata(Head(linked_data=[script, article(headline="Bridge opens")]))["title"] == "Bridge opens"
    assert read_metadata(Head(linked_data=[script])) == {}


# Titles.


@pytest.mark.parametrize(
    ("title", "own", "evidence"),
    [
        ("Bridge opens - The Harbour Post", "Bridge opens", {"metas": [meta("og:site_name", "The Harbour Post")]}),
        ("Bridge opens | Harbour Post", "Bridge opens", {"metas": [meta("og:site_name", "The Harbour Post")]}),
        ("Harbour Post: Bridge opens", "Bridge opens", {"metas": [meta("og:site_name", "Harbour Post")]}),
        ("Harbour Post » Bridge opens", "Bridge opens", {"metas": [meta("application-name", "Harbour Post")]}),
        ("Bridge opens — HARBOUR POST", "Bridge opens", {"linked_data": [article(publisher={"name": "Harbour Post"})]}),
        ("Bridge opens - Harbour Post", "Bridge opens", {"address": STORY}),
        ("Bridge opens - harbour-post.example", "Bridge opens", {"address": STORY}),
        ("Bridge opens | Local | Harbour Post", "Bridge opens | Local", {"address": STORY}),
        (
            "Bridge opens | Local | Harbour Post",
            "Bridge opens",
            {"address": STORY, "metas": [meta("section", "Local")]},
        ),
        ("Opinion | Bridge opens", "Bridge opens", {"metas": [meta("article:section", "Opinion")]}),
        (f"{HEADLINE} | Local | HP", HEADLINE, {"headings": [HEADLINE, "Menu"]}),
        (f"Local | {HEADLINE}", HEADLINE, {"headings": ["Menu", HEADLINE]}),
        ("橋が開通_港新聞", "橋が開通", {"metas": [meta("og:site_name", "港新聞")]}),
        ("橋が開通-港新聞", "橋が開通", {"metas": [meta("og:site_name", "港新聞")]}),
        ("Bridge opens_Post", "Bridge opens", {"metas": [meta("og:site_name", "Post")]}),
        ("橋が開通｜港新聞", "橋が開通", {"metas": [meta("og:site_name", "港新聞")]}),
        ("Bridge opens - Harbour Post - Harbour Post", "Bridge opens", {"address": STORY}),
        ("Bridge opens | Post", "Bridge opens", {"metas": [meta("og:site_name", "Post | News from the coast")]}),
        # No evidence, or evidence of something else:
        ("Bridge opens - Harbour Post", "Bridge opens - Harbour Post", {}),
        ("Bridge opens | Local", "Bridge opens | Local", {"address": STORY}),
        ("Strike at the Harbour Post - day two", "Strike at the Harbour Post - day two", {"address": STORY}),
        ("Analysis - why the Harbour Post sues", "Analysis - why the Harbour Post sues", {"address": STORY}),
        ("Live - bridge opens today", "Live - bridge opens today", {"headings": ["Live", "Menu"]}),
        ("橋が開通 - 港町", "橋が開通 - 港町", {"headings": ["橋が", "港町"]}),
        ("Harbour Post", "Harbour Post", {"address": STORY}),
        ("Mayor opens Baden-Post", "Mayor opens Baden-Post", {"metas": [meta("og:site_name", "Post")]}),
        ("Harbour Post-war plans shown", "Harbour Post-war plans shown", {"address": STORY}),
    ],
)
def test_titles_without_the_name_of_the_site(title, own, evidence):
    assert read_metadata(Head(title=title, **evidence))["title"] == own


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (Head(linked_data=[article(headline="Fish &amp; chips &#8217;24")]), "Fish & chips ’24"),
        (Head(linked_data=[article(headline="AT&T and R&D; &amp;lt;")]), "AT&T and R&D; &lt;"),
        (Head(linked_data=[article(headline="The <em>old</em> bridge<br/>opens")]), "The old bridge opens"),
        (Head(linked_data=[article(headline="If a < b and c > d")]), "If a < b and c > d"),
        (
            Head(linked_data=[article(headline="Kenya: the river of Nairobi")], title="The river of Nairobi"),
            "Kenya: the river of Nairobi",
        ),
        (Head(headings=["新しい橋が開通した", "港"], title="新しい橋が開通した - 港"), "新しい橋が開通した"),
        (Head(linked_data=[article(headline="  Two\n\t words\u00a0 ")]), "Two words"),
        (Head(linked_data=[article(headline={"@value": HEADLINE, "@language": "en"})]), HEADLINE),
        (Head(linked_data=[article(headline=["", HEADLINE])]), HEADLINE),
        (Head(linked_data=[article(headline=7, name=HEADLINE)]), HEADLINE),
        (Head(metas=[meta("og:title", "Brücken\u00adbau &quot;heute&quot;")]), 'Brückenbau "heute"'),
        # The site's name is no title where there is another one.
        (Head(metas=[meta("og:title", "Post"), meta("og:site_name", "Post")], title=HEADLINE), HEADLINE),
        (Head(headings=["Harbour Post"], title=HEADLINE, address=STORY), HEADLINE),
        # Of a logo and a headline in h1, the one that <title> knows.
        (Head(headings=["Tide", HEADLINE], title=f"{HEADLINE} - Tide"), HEADLINE),
        (Head(headings=["Something else entirely", "Menu"], title=HEADLINE), HEADLINE),
        (Head(headings=["Bridge", "Menu"]), "Bridge"),
        # What is too long for a title is none; alone, it must do.
        (Head(linked_data=[article(headline="word " * 100)], title=HEADLINE), HEADLINE),
    ],
)
def test_titles(head, title):
    assert read_metadata(head)["title"] == title


def test_a_headline_that_was_cut_is_read_in_full_elsewhere():
    whole = "Council votes after a long night to rebuild the old swing bridge and the road along the southern bank"
    cut = Head(linked_data=[article(headline=whole[:80] + "…")], metas=[meta("og:title", f"{whole} | Post")])
    cut.metas.append(meta("og:site_name", "Post"))
    assert read_metadata(cut)["title"] == whole


# Bylines.


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Ana Ruiz", "Ana Ruiz"),
        ("By Ana Ruiz", "Ana Ruiz"),
        ("Abby Ruiz", "Abby Ruiz"),
        ("Ana Ruiz; Jonas Falk", "Ana Ruiz, Jonas Falk"),
        (["Ana Ruiz", "ANA RUIZ", "Jonas Falk"], "Ana Ruiz, Jonas Falk"),
        ({"@type": "Person", "name": "Ana Ruiz"}, "Ana Ruiz"),
        ({"@type": "Person", "name": ["Ana Ruiz", "Jonas Falk"]}, "Ana Ruiz, Jonas Falk"),
        ({"@type": "Person", "givenName": "Ana", "familyName": "Ruiz"}, "Ana Ruiz"),
        ([{"name": "Ana Ruiz"}, {"name": None}, None, 7, {"url": STORY}], "Ana Ruiz"),
        ([{"name": "Ana &amp; Jo"}], "Ana & Jo"),
        (["dpa", "EFE"], "dpa, EFE"),
        (["The Harbour Post", "Ana Ruiz"], "Ana Ruiz"),
        ("The Harbour Post", "The Harbour Post"),
        ("harbour-post.example", "harbour-post.example"),
        ("ana@harbour-post.example (Ana Ruiz)", "Ana Ruiz"),
        ("Ana Ruiz <ana@harbour-post.example>", "Ana Ruiz"),
        (["https://social.example/ana", "www.ana.example", "//social.example", "@ana", "Ana Ruiz"], "Ana Ruiz"),
        ("Ana Ruiz @ana", "Ana Ruiz @ana"),
        ("https://social.example/ana", None),
        ("@ana", None),
        ("ana@harbour-post.example", None),
        ("page.head.author", None),
        ("ana.ruiz", None),
        ("{{ author }}", None),
        ("null", None),
        ("admin", None),
        ("123", None),
        ("", None),
        ([], None),
        ({}, None),
        (7, None),
        ([[[["Ana Ruiz"]]]], "Ana Ruiz"),
    ],
)
def test_bylines(author, byline):
    head = Head(linked_data=[article(author=author)], metas=[meta("og:site_name", "The Harbour Post")], address=STORY)
    assert read_metadata(head).get("byline") == byline


def test_the_site_as_author_gives_way_to_a_name_elsewhere():
    head = Head(linked_data=[article(author="Harbour Post")], metas=[meta("author", "Ana Ruiz")], address=STORY)
    assert read_metadata(head)["byline"] == "Ana Ruiz"


def test_several_metas_name_several_authors():
    head = Head(metas=[meta("author", "Ana Ruiz"), meta("author", "Jonas Falk"), meta("author", "Ana Ruiz")])
    assert read_metadata(head)["byline"] == "Ana Ruiz, Jonas Falk"


def test_of_microdata_only_the_first_author_is_the_page_s():
    head = Head(metas=[meta("itemprop author", "Ana Ruiz"), meta("itemprop author", "Jo Teaser")])
    assert read_metadata(head)["byline"] == "Ana Ruiz"


@pytest.mark.parametrize(
    ("label", "byline"), [("Written by", "Ana Ruiz"), ("Verfasst von", "Ana Ruiz"), ("Price", None)]
)
def test_the_author_on_the_card(label, byline):
    card = [meta("twitter:label1", label), meta("twitter:data1", "Ana Ruiz")]
    assert read_metadata(Head(metas=card)).get("byline") == byline


# Dates.


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2024-05-14", "2024-05-14"),
        ("2024-05-14T10:23:00+02:00", "2024-05-14T10:23"),
        ("2024-05-14T10:23:00.123Z", "2024-05-14T10:23"),
        (" 2024-05-14 10:23 ", "2024-05-14T10:23"),
        ("2024-05-14, 10:23", "2024-05-14T10:23"),
        ("2024/05/14", "2024-05-14"),
        ("2024-5-4", "2024-05-04"),
        ("20240514", "2024-05-14"),
        ("20240514T102300Z", "2024-05-14T10:23"),
        ("20240514102300", "2024-05-14T10:23"),
        ("Tue, 14 May 2024 10:23:00 GMT", "2024-05-14T10:23"),
        ("14 May 2024", "2024-05-14"),
        ("1715682180", "2024-05-14T10:23"),
        ("1715682180000", "2024-05-14T10:23"),
        ("May 14, 2024 10:23 am", "2024-05-14T10:23"),
        ("2024-05-14 09:23 PM", "2024-05-14T21:23"),
        ("2024-05-14 9:23:11pm", "2024-05-14T21:23"),
        ("2024-05-14T09:23 a.m.", "2024-05-14T09:23"),
        ("2024/05/14, 12:30 AM", "2024-05-14T00:30"),
        ("2024-05-14 12:30 p.m.", "2024-05-14T12:30"),
        ("2024-05-14 21:23 PM", "2024-05-14T21:23"),
        ("14 May 2024 09:23 PM", "2024-05-14T21:23"),
        ("2024-05-14 09:23 Pmorning", "2024-05-14T09:23"),
        ("14.05.2024 10:23", "2024-05-14T10:23"),
        ("14. Mai 2024", "2024-05-14"),
        ("2024-05-14T25:61", "2024-05-14"),
        ("2024-13-45", None),
        ("0001-01-01T00:00:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("Tuesday", None),
        ("2 hours ago", None),
        ("{{ date }}", None),
        ("99999999999999999999", None),
        ("٢٠٢٤-٠٥-١٤", "2024-05-14"),
        ("", None),
    ],
)
def test_dates(printed, iso):
    assert said(datePublished=printed).get("published") == iso
    assert said(dateModified=printed).get("updated") == iso


@pytest.mark.parametrize("date", [None, 7, 1e300, True, [], {}, [None], {"@value": 7}])
def test_dates_that_are_no_text(date):
    assert "published" not in said(datePublished=date)


def test_the_language_of_the_page_tells_the_order_of_a_date():
    assert read_metadata(Head(language="en-US", metas=[meta("date", "05/06/2024")]))["published"] == "2024-05-06"
    assert read_metadata(Head(language="de", metas=[meta("date", "05.06.2024")]))["published"] == "2024-06-05"


@pytest.mark.parametrize(
    ("times", "published", "updated"),
    [
        ([{"datetime": "2024-05-14", "itemprop": "datePublished"}], "2024-05-14", None),
        ([{"datetime": "2024-05-14", "pubdate": ""}], "2024-05-14", None),
        ([{"datetime": "2024-05-14", "class": "entry-date published"}], "2024-05-14", None),
        ([{"datetime": "2024-05-15", "itemprop": "dateModified"}, {"datetime": "2024-05-14", "pubdate": "pubdate"}],
         "2024-05-14", "2024-05-15"),
        ([{"datetime": "2024-05-14T10:23"}, {"datetime": "2024-05-14"}], "2024-05-14T10:23", None),
        # Dates of other stories:
        ([{"datetime": "2024-05-14"}, {"datetime": "2024-05-13"}], None, None),
        ([{"class": "published"}, {}], None, None),
    ],
)  # fmt: skip
def test_times(times, published, updated):
    read = read_metadata(Head(times=times))
    assert (read.get("published"), read.get("updated")) == (published, updated)


# Languages, sections, addresses.


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("haw", "haw"), (" de ", "de"), ("en, fr", "en"),
     ("nb-NO", "no"), ("nn", "no"), ("nob", "no"), ("fil-PH", "tl"), ("eng", "en"), ("GER", "de"), ("deu", "de"),
     ("fre", "fr"), ("fra-FR", "fr"), ("spa", "es"), ("zho", "zh"), ("english", None), ("jp", None), ("und", None), ("x-default", None), ("", None), ("{{lang}}", None), ("1", None)],
)  # fmt: skip
def test_languages(tag, code):
    assert read_metadata(Head(language=tag)).get("language") == code
    assert read_metadata(Head(language="english", metas=[meta("og:locale", tag)])).get("language") == code
    assert read_metadata(Head(metas=[{"http-equiv": "Content-Language", "content": tag}])).get("language") == code


def test_every_language_that_is_known_has_its_long_codes():
    known = {*STOPLISTS.values(), *SCRIPTS, *(path.stem for path in PACKS)} - {"any"}
    assert known == set(_ISO_639_2.values())
    assert known < _ISO_639_1


@pytest.mark.parametrize("section", [f"{SITE}/local", "www.harbour-post.example", "42", "", " / "])
def test_what_is_no_section(section):
    assert "section" not in said(articleSection=section)
    assert said(articleSection=[section, "Local"])["section"] == "Local"


@pytest.mark.parametrize(
    ("canonical", "address", "url"),
    [
        ("/news/bridge", f"{SITE}/amp/bridge", STORY),
        ("//www.harbour-post.example/news/bridge", f"{SITE}/x", STORY),
        (f"{STORY}#comments", "", STORY),
        (f" {SITE}/news/br\nidge ", "", STORY),
        (f"{SITE}/a b", "", f"{SITE}/a%20b"),
        (f"{SITE}/?a=1&amp;b=2", "", f"{SITE}/?a=1&b=2"),
        ("HTTPS://www.harbour-post.example/x", "", "HTTPS://www.harbour-post.example/x"),
        (SITE, STORY, STORY),  # the front page is a slip of the template
        (f"{SITE}/", f"{SITE}/", f"{SITE}/"),
        ("javascript:alert(1)", STORY, STORY),
        ("mailto:ana@harbour-post.example", STORY, STORY),
        ("ftp://harbour-post.example/x", STORY, STORY),
        ("http://[", STORY, STORY),
        ("https://", STORY, STORY),
        ("https:// evil.example/", STORY, STORY),
        (f"{SITE}/{'x' * MAX_FIELD}", STORY, STORY),
        ("", STORY, STORY),
        ("/news/bridge", "", None),
        (STORY, "http://[", STORY),
        ("/news/bridge", "http://[", None),
        ("", "file:///home/ana/page.html", None),
    ],
)
def test_addresses(canonical, address, url):
    head = Head(links=[{"rel": "canonical", "href": canonical}], address=address)
    assert read_metadata(head).get("url") == url


# Pictures.

LEAD = {"@type": "ImageObject", "url": f"{SITE}/1.jpg"}


@pytest.mark.parametrize(
    ("image", "address", "caption", "credit"),
    [
        (f"{SITE}/1.jpg", f"{SITE}/1.jpg", None, None),
        ("/1.jpg", f"{SITE}/1.jpg", None, None),
        ([f"{SITE}/1.jpg", f"{SITE}/2.jpg"], f"{SITE}/1.jpg", None, None),
        (LEAD, f"{SITE}/1.jpg", None, None),
        ({"contentUrl": f"{SITE}/1.jpg"}, f"{SITE}/1.jpg", None, None),
        ({"url": [f"{SITE}/1.jpg"]}, f"{SITE}/1.jpg", None, None),
        ({"url": {"@id": f"{SITE}/1.jpg"}}, f"{SITE}/1.jpg", None, None),
        ([{"url": "data:image/gif;base64,R0"}, LEAD], f"{SITE}/1.jpg", None, None),
        (LEAD | {"caption": "The bridge &amp; the port"}, f"{SITE}/1.jpg", "The bridge & the port", None),
        (LEAD | {"creditText": "EPA", "author": "Ana Ruiz"}, f"{SITE}/1.jpg", None, "EPA"),
        (LEAD | {"copyrightHolder": {"name": "EPA"}}, f"{SITE}/1.jpg", None, "EPA"),
        (LEAD | {"author": [{"name": "Ana Ruiz"}, {"name": "EPA"}]}, f"{SITE}/1.jpg", None, "Ana Ruiz, EPA"),
        (LEAD | {"creator": "https://epa.example"}, f"{SITE}/1.jpg", None, None),
        (LEAD | {"caption": 7, "author": 7}, f"{SITE}/1.jpg", None, None),
        (7, None, None, None),
        ({"url": {"url": "x"}}, None, None, None),
        ([[], {}, None], None, None, None),
    ],
)
def test_images(image, address, caption, credit):
    read = said(image=image)
    assert (read.get("image"), read.get("image_caption"), read.get("image_credit")) == (address, caption, credit)


def test_a_caption_that_is_the_headline_again_is_none():
    assert "image_caption" not in said(headline=HEADLINE, image=LEAD | {"caption": f"{HEADLINE}."})


# Access and body.

PAID = {"isAccessibleForFree": False, "cssSelector": ".paywall"}


@pytest.mark.parametrize(
    ("node", "truncated"),
    [
        ({"isAccessibleForFree": False}, True),
        ({"isAccessibleForFree": "False"}, True),
        ({"isAccessibleForFree": "false"}, True),
        ({"isAccessibleForFree": "http://schema.org/False"}, True),
        ({"hasPart": PAID}, True),
        ({"hasPart": [{"isAccessibleForFree": True}, PAID]}, True),
        ({"isAccessibleForFree": True, "hasPart": PAID}, True),
        ({"isAccessibleForFree": True}, False),
        ({"isAccessibleForFree": "True"}, False),
        ({"isAccessibleForFree": ""}, False),
        ({"isAccessibleForFree": None}, False),
        ({"isAccessibleForFree": [False]}, False),
        ({"hasPart": {"isAccessibleForFree": False}}, False),
        ({"hasPart": "all"}, False),
        ({"hasPart": [None, [PAID]]}, False),
        ({}, False),
    ],
)
def test_truncated(node, truncated):
    assert (said(**node).get("flags") == "truncated") is truncated


@pytest.mark.parametrize(
    ("tier", "truncated"), [("locked", True), (" Locked ", True), ("metered", False), ("free", False)]
)
def test_content_tier(tier, truncated):
    assert (read_metadata(metas(article__content_tier=tier)).get("flags") == "truncated") is truncated


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("One.\n\nTwo.", "One.\nTwo."),
        ("One.\r\nTwo.\u2028Three.", "One.\nTwo.\nThree."),
        ("  One  and   more. ", "One and more."),
        ("<p>One &amp; a half.</p><p>Two.</p>", "One & a half.\nTwo."),
        ("One.<br>Two.<BR/>Three.", "One.\nTwo.\nThree."),
        ('<div class="x">A <a href="/x">link</a> and <b>bold</b>.</div>', "A link and bold."),
        ("&lt;p&gt;Fish &amp;amp; chips.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "Fish & chips.\nTwo."),
        ("One.<script>let x = '<p>'</script><style>p {}</style><!-- x -->Two.", "One.Two."),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a &lt; b", "a < b"),
        (["One.", "Two."], "One.\nTwo."),
        ("x" * 5000, "x" * 5000),
        ("\ud800\x00One.", "One."),
        (7, None),
        ("", None),
        ("<p> </p>", None),
    ],
)
def test_bodies(body, text):
    assert said(articleBody=body).get("body") == text


# Whatever a page says.


def check(read):
    assert set(read) <= FIELDS
    for key, value in read.items():
        assert isinstance(value, str)
        value.encode("utf-8")  # no half characters
        assert value.strip() == value != ""
        if key != "body":
            assert len(value) <= MAX_FIELD
            assert value == " ".join(value.split())


LONG = "Ana <b>Ruiz</b> &amp; \ud800\x00 \u00ad\n" * 10_000


@pytest.mark.parametrize("field", [place for sources in ORDER.values() for place, _ in sources])
def test_long_and_odd_values(field):
    for value in (LONG, "x" * 100_000, "\ud800", "\x00", "<p>", "&#0;&#1114112;&#xd800;", "|" * 5_000, "a | " * 5_000):
        check(read_metadata(page_of([(field, value)])))


@pytest.mark.parametrize(
    "head",
    [
        Head(metas=[{}, {"content": "x"}, {"name": "author"}, {"name": "", "content": ""}, {"property": "og:title"}]),
        Head(links=[{}, {"rel": "canonical"}, {"href": "x"}, {"rel": "image_src"}]),
        Head(times=[{}, {"datetime": ""}, {"itemprop": "datePublished"}]),
        Head(headings=["", " ", "|", "-"], title="|"),
        Head(title=" ", language=" ", address=" "),
    ],
)
def test_odd_heads(head):
    check(read_metadata(head))


@pytest.mark.parametrize(
    "head",
    [
        Head(linked_data=["[" + "," * 900_000 + "]"]),
        Head(linked_data=["{}" * 400_000]),
        Head(linked_data=["/*" * 400_000]),
        Head(linked_data=[article(articleBody="<p" + " " * 900_000)]),
        Head(linked_data=[article(articleBody="<script>" * 100_000)]),
        Head(linked_data=[article(articleBody="&lt;p&gt;" * 90_000)]),
        Head(linked_data=["[" + ",".join([article(headline="x" * 900, url=STORY)] * 800) + "]"], address=STORY),
        Head(metas=[meta("author", f"Ana {number}") for number in range(100_000)]),
        Head(metas=[meta("date", f"{number} May or so 2024") for number in range(100_000)]),
        Head(metas=[meta("og:title", "a | " * 10_000)] * 100, headings=["a | " * 200] * 100, title="a - " * 10_000),
        Head(links=[{"rel": "canonical", "href": "x" * 10_000}] * 10_000),
        Head(times=[{"datetime": f"2024-{number}", "class": "published " * 1_000} for number in range(10_000)]),
    ],
    ids=range(12),
)
def test_much_of_anything_takes_little_time(head):
    read_metadata(Head(metas=[meta("date", "soon 2024")]))  # dateparser takes a second to import
    assert least_seconds(lambda: check(read_metadata(head)), 5) < 5


KEYS = st.sampled_from(
    ["@type", "@id", "@graph", "@value", "name", "headline", "author", "creator", "datePublished", "dateModified", "url",
     "image", "contentUrl", "caption", "creditText", "publisher", "articleSection", "articleBody", "inLanguage",
     "isAccessibleForFree", "hasPart", "cssSelector", "mainEntity", "mainEntityOfPage", "description", "thumbnailUrl"]
)  # fmt: skip
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["NewsArticle", "WebPage", "WebSite", "False", STORY, "#a", "/x.jpg", "2024-05-14T10:23", "May 14, 2024", "en-US",
     "Ana Ruiz", "Post | X", "<p>", "&amp;", "http://[", "\ud800"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
NODES = st.dictionaries(KEYS, VALUES, max_size=8).map(lambda node: {"@type": "NewsArticle"} | node)


@settings(max_examples=300, deadline=None)
@given(st.lists(NODES | VALUES, max_size=3), st.integers(min_value=0, max_value=400))
def test_no_json_raises(values, cut):
    scripts = [json.dumps(value) for value in values]
    check(read_metadata(Head(linked_data=scripts, address=STORY)))
    check(read_metadata(Head(linked_data=[script[:cut] for script in scripts])))


NAMES = st.sampled_from(sorted({place for sources in ORDER.values() for place, _ in sources}))


@example([("application-name", "0")], ["", "", "0"])
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, TEXTS), max_size=12), st.lists(st.text(max_size=60), max_size=3))
def test_no_head_raises(sources, scripts):
    head = page_of(sources)
    check(read_metadata(head))
    check(read_metadata(Head(metas=head.metas, linked_data=scripts, headings=scripts, title=" | ".join(scripts))))


def test_the_same_head_is_read_the_same():
    head = page_of([source for sources in ORDER.values() for source in sources])
    assert read_metadata(head) == read_metadata(head)
