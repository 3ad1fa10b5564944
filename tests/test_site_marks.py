"""Site configurations on a page: what they mark, and what cannot be marked."""

import pytest

from cleaner.segment import segment
from cleaner.site_config import read_config
from cleaner.site_marks import ATTRIBUTE, mark_page, told_of

STORY = (
    "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year.",
    "Work is to begin in the autumn, the mayor said on Wednesday, and the ferry will sail until the deck is in place.",
)


def told(page, rules):
    config = read_config(rules, "x.txt")
    marking = mark_page(page.encode(), config)
    return told_of(segment(marking.source), config, marking.body), marking


def test_a_page_cannot_mark_itself():
    forged = f'<body><p {ATTRIBUTE}="body">Mine</p><p {ATTRIBUTE}="0">{STORY[0]}</p><div id="s"><p>{STORY[1]}</p></div></body>'
    config = read_config("body: //div[@id='s']\nstrip: //h6", "x.txt")
    marking = mark_page(forged.encode(), config)
    told = told_of(segment(marking.source), config, marking.body)
    assert told.main == [False, False, True]


@pytest.mark.parametrize(
    "expression", ["//comment()", "//text()", "//@class", "count(//p)", "//processing-instruction()"]
)
def test_what_is_no_element_is_passed_over(expression):
    page = f"<body><!-- one --><?two three?><p class='x'>{STORY[0]}</p></body>"
    found, marking = told(page, f"strip: {expression}")
    assert found.main == [None]
    assert not marking.failed


def test_a_page_without_elements_comes_back_as_it_was():
    for page in (b"", b"  ", b"<!-- -->"):
        assert mark_page(page, read_config("body: //p", "x.txt")) == (page, "", True)
        assert not mark_page(page, read_config("strip: //p", "x.txt")).failed


def test_what_is_stripped_within_the_story_and_around_it_says_by_what():
    page = f"<body><nav>Menu</nav><div id=s><p>{STORY[0]}</p><b class=x>Tap</b><p>{STORY[1]}</p></div></body>"
    found, marking = told(page, "body: //div[@id='s']\nstrip: //b")
    assert marking.body == "//div[@id='s']"
    assert found.main == [False, True, False, True]
    assert found.why[0] == "outside the body that x.txt names: //div[@id='s']"
    assert found.why[1:] == ["", "x.txt strips it: //b", ""]


@pytest.mark.parametrize(
    "inside", ["{}<br>{}", "<p>{}</p><p>{}</p>", "{}<p>{}</p>", "<p>{}</p>{}", "<b>{}</b><div>{}</div>"]
)
@pytest.mark.parametrize(
    ("around", "body"),
    [
        ("<span class=story>{}</span>", "//span[@class='story']"),
        ("<p>Lead <font class=story>{}</font> tail</p>", "//font"),
        ("<table><tr><td>Left<td class=story>{}<td>Right</table>", "//td[@class='story']"),
        ("<table><tr><th class=story>{}</th></tr><tr><td>Below</table>", "//th"),
    ],
)
def test_the_story_may_stand_in_a_line_or_in_a_cell(around, body, inside):
    page = f"<body><nav>Menu</nav>{around.format(inside.format(*STORY))}<footer>Foot</footer></body>"
    config = read_config(f"body: {body}", "x.txt")
    marking = mark_page(page.encode(), config)
    segments = segment(marking.source)
    main = told_of(segments, config, marking.body).main
    assert [piece.text for piece, kept in zip(segments.pieces, main, strict=True) if kept] == list(STORY)
    assert not marking.failed


def test_what_one_expression_makes_a_block_another_still_finds():
    page = f"<body><span class=s>{STORY[0]}<span class=x>Tap <b>here</b></span><br>{STORY[1]}</span></body>"
    found, _ = told(page, "body: //span[@class='s']\nstrip: //span[@class='x']\nstrip: //span/span/b")
    assert found.main == [True, False, False, True]


def test_a_page_too_deep_for_a_tree_is_not_marked():
    for page in (f"{'<div>' * 2_500}{STORY[0]}", f"<p>{STORY[0]}</p>{'<x>' * 5_000}</y>{STORY[1]}"):
        assert mark_page(page.encode(), read_config("body: //p", "x.txt")) is None
