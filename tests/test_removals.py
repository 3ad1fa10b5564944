"""What is taken out of a page: what it is called, where it stood, and how much of a block goes."""

import pytest

import cleaner
from cleaner import Options
from cleaner.audit import audit_record
from tests.invariants import check_invariants
from tests.test_html import TITLE, URL, lines, page
from tests.test_scorer import STORY

FULL = f"""<!DOCTYPE html>
<html lang="en"><head><title>{TITLE} | The Harbour Post</title>
  <meta property="og:site_name" content="The Harbour Post"><script>window.page = {{"kind": "story"}};</script></head>
<body class="page">
  <header class="site-header"><nav class="main-nav"><ul>
    <li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li>
    <li><a href="/culture">Culture</a></li></ul></nav></header>
  <main>
    <article class="story"><h1>{TITLE}</h1>
      <figure><img src="/bridge.jpg" alt="">
        <figcaption>The old bridge seen from the southern bank in May</figcaption></figure>
      {"".join(f"<p>{text}</p>" for text in STORY)}</article>
    <section class="comments" id="comments"><h3>What readers say</h3>
      <div class="comment"><b class="user">tidewatcher</b>
        <p>Finally some good news for us out here on the island!!</p></div>
      <div class="comment"><b class="user">old_pier</b>
        <p>I will believe it when I see the first crane lol</p></div></section>
    <aside class="related-articles"><h3>From the harbour</h3><ul>
      <li><a href="/1">Ferry company adds two boats</a></li><li><a href="/2">Flood wall passes its first test</a></li>
      <li><a href="/3">Market hall gets a new roof</a></li></ul></aside>
    <div class="newsletter-box"><p>The best of the week, every Friday in your inbox</p>
      <form><input type="text" name="address"><button>Go</button></form></div>
  </main>
  <footer class="site-footer"><ul><li><a href="/about">About the paper</a></li><li><a href="/imprint">Imprint</a></li></ul>
  </footer>
  <div class="cookie-banner"><p>This site stores small files on your device.</p><button>Fine</button></div>
</body></html>
"""


def test_removals_are_named_by_the_classes_around_them():
    result = cleaner.clean(FULL, url=URL)
    assert lines(result.text) == STORY
    named = {line: removal.category.value for removal in result.removals for line in lines(removal.text)}
    expected = {
        "Home": "navigation",
        "Culture": "navigation",
        TITLE: "headline",
        "The old bridge seen from the southern bank in May": "caption",
        "tidewatcher": "comments",
        "Finally some good news for us out here on the island!!": "comments",
        "I will believe it when I see the first crane lol": "comments",
        "Ferry company adds two boats": "related",
        "Market hall gets a new roof": "related",
        "The best of the week, every Friday in your inbox": "newsletter",
        "This site stores small files on your device.": "cookie-consent",
    }
    assert {line: named.get(line) for line in expected} == expected
    check_invariants(result)


def test_the_record_says_where_what_was_removed_stood():
    result = cleaner.clean(FULL, url=URL)
    text, record = result.document.text, audit_record(result, Options())
    assert [(r["start"], r["end"], r["text"]) for r in record["removals"]] == [
        (r.start, r.end, text[r.start : r.end]) for r in result.removals
    ]
    assert all(r["reason"] and r["score"] == 1.0 for r in record["removals"])
    assert result.restore() == text
    assert lines(text) == [block.text for block in result.document.blocks]
    assert [text[block.start : block.end] for block in result.document.blocks] == lines(text)


GLUED = "Read more: Ferry company adds two boats"


@pytest.mark.parametrize(
    ("story", "gone"),
    [
        ([*STORY[:2], f"{STORY[2]} {GLUED}", *STORY[3:]], f" {GLUED}"),
        ([*STORY[:2], f"{GLUED}. {STORY[2]}", *STORY[3:]], f"{GLUED}. "),
        ([*STORY[:4], f"{STORY[4]} {GLUED}"], f" {GLUED}"),
        ([*STORY[:3], GLUED, *STORY[3:]], f"{GLUED}\n"),
    ],
)
def test_what_is_glued_to_a_paragraph_goes_and_the_paragraph_stays(story, gone):
    result = cleaner.clean(page(story=story), url=URL)
    text = result.document.text
    assert lines(result.text) == STORY
    assert gone in [removal.text for removal in result.removals]
    assert all(text[removal.start : removal.end] == removal.text for removal in result.removals)
    at = text.index(gone)
    assert (at, at + len(gone)) in [(removal.start, removal.end) for removal in result.removals]
    check_invariants(result)


def test_the_first_pass_takes_whole_blocks_only():
    story = [f"{text} {GLUED} {number}" for number, text in enumerate(STORY)]
    result = cleaner.clean(
        page(story=story, below="<aside class=related><p><a href=/ferry>Ferry gives up</a></p></aside>"), url=URL
    )
    starts, ends = ({getattr(block, side) for block in result.document.blocks} for side in ("start", "end"))
    whole = [removal for removal in result.removals if removal.rule.endswith(".structure.outside")]
    assert whole
    for removal in whole:
        assert removal.start + (removal.text[0] == "\n") in starts
        assert removal.end - (removal.text[-1] == "\n") in ends
    assert lines(result.text) == STORY
