"""Pages in parts: every part in its place, nothing lost where a page is broken."""

import pytest

from cleaner import clean
from cleaner.segment import segment
from tests.timing import least_seconds

WORDS = "The ferry to the northern islands sails again on Monday after four weeks in the dock, the company said."


def texts(page: str) -> list[str]:
    return [piece.text for piece in segment(page.encode()).pieces]


def test_a_part_stands_in_its_place_and_instead_of_what_was_shown_meanwhile():
    page = (
        '<p>One</p><!--$?--><template id="B:0"></template><p>Loading</p><!--/$--><p>Three</p>'
        '<div hidden id="S:0"><p>Two</p></div><script>$RC("B:0","S:0")</script>'
    )
    assert texts(page) == ["One", "Two", "Three"]


def test_without_comments_what_was_shown_meanwhile_stays():
    page = '<p>One</p><template id="B:0"></template><p>Loading</p><div hidden id="S:0"><p>Two</p></div>'
    assert texts(page) == ["One", "Two", "Loading"]


def test_parts_stand_within_parts():
    page = (
        '<main><!--$?--><template id="B:1"></template><!--$--><p>Loading</p><!--/$--><!--/$--></main><p>End</p>'
        '<div hidden id="S:1"><h2>Head</h2><template id="P:2"></template></div><div hidden id="S:2"><p>Body</p></div>'
    )
    segments = segment(page.encode())
    assert [piece.text for piece in segments.pieces] == ["Head", "Body", "End"]
    body = segments.pieces[1].container
    assert segments.tags[segments.parents[body]] == "main"


def test_the_script_tells_which_part_belongs_where():
    page = (
        '<template id="B:0"></template><p>Two</p><template id="B:1"></template><p>Four</p>'
        '<div hidden id="S:1"><p>One</p></div><script>$RC("B:0","S:1")</script>'
        '<div hidden id="S:2"><p>Three</p></div><script>$RC("B:1","S:2")</script>'
    )
    assert texts(page) == ["One", "Two", "Three", "Four"]


@pytest.mark.parametrize(
    "page",
    [
        '<template id="B:0"></template><p>One</p><div hidden id="S:7"><p>Two</p></div>',  # no part, no place
        '<p>One</p><div hidden id="S:0"><p>Two</p><template id="B:0"></template></div>',  # in itself
        '<p>One</p><div id="S:0"><template id="B:1"></template></div>'
        '<div id="S:1"><p>Two</p><template id="B:0"></template></div>',  # in a circle
        '<p>One</p><template id="B:0"></template><div hidden id="S:0"><p>Two',  # cut off
        '<template id="B:0"><p>One</p><div hidden id="S:0"><p>Two</p></div>',  # a place that does not end
        '<div><!--$?--><template id="B:0"></template><p>One</p></div><p>Two</p><!--/$--><div hidden id="S:0"></div>',
        '<template id="B:0"></template><template id="P:0"></template><p>One</p><div hidden id="S:0"></div><p>Two</p>',
    ],
)
def test_nothing_is_lost_where_places_and_parts_do_not_fit(page):
    assert texts(page) == ["One", "Two"]


@pytest.mark.parametrize(
    "page",
    [
        '<!--$?--><template id="B:0"></template><p>One</p>' * 20_000 + '<div hidden id="S:0"><p>Two</p></div>',
        "".join(f'<!--$?--><template id="B:{n:x}"></template><div hidden id="S:{n:x}">One' for n in range(20_000)),
    ],
    ids=["beside", "within"],
)
def test_many_places_take_no_time(page):
    assert least_seconds(lambda: texts(page), 10) < 10


def test_a_story_that_arrives_in_a_hidden_part_is_read():
    story = "".join(f"<p>{WORDS} {number}</p>" for number in range(8))
    page = (
        '<!--$?--><template id="B:0"></template><!--/$--><footer><a href="/">Home</a></footer>'
        f'<div hidden id="S:0"><article><h1>The ferry sails</h1>{story}</article></div>'
    )
    text = clean(page, kind="html").text
    assert text.count(WORDS) == 8
    assert "Home" not in text
