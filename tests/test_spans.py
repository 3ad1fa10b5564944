"""A text in pieces is the text, whatever the spans are; a span is shown in its context and no more."""

from hypothesis import given
from hypothesis import strategies as st

from cleaner.spans import AROUND, cut, excerpt

SPANS = st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 45)), max_size=6)


@given(st.text(max_size=40), SPANS)
def test_pieces_are_the_text(text, spans):
    assert "".join(piece for piece, _ in cut(text, spans)) == text


@given(st.text(min_size=1, max_size=40), SPANS)
def test_every_code_point_has_the_spans_that_cover_it(text, spans):
    at = 0
    for piece, numbers in cut(text, spans):
        for offset in range(at, at + len(piece)):
            assert set(numbers) == {n for n, (start, end) in enumerate(spans) if start <= offset < end}
        at += len(piece)


@given(st.text(max_size=40), SPANS, st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_of_a_text_is_cut_alike(text, spans, one, other):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    assert "".join(piece for piece, _ in cut(text, spans, start, end)) == text[start:end]


def test_context_is_cut_at_words_and_lines():
    text = "one two three " * 40 + "SPAN" + " four five six" * 40
    start = text.index("SPAN")
    before, span, after = excerpt(text, start, start + 4)
    assert span == "SPAN"
    assert before.startswith(("…one", "…two", "…three"))
    assert after.endswith(("four…", "five…", "six…"))
    assert max(len(before), len(after)) <= AROUND + 1


def test_context_has_few_lines():
    text = "\n".join(map(str, range(100)))
    at = text.index("50")
    assert excerpt(text, at, at + 2) == ("…\n48\n49\n", "50", "\n51\n52\n…")


def test_scripts_without_spaces_are_cut_anywhere():
    before, _, after = excerpt("字" * 500, 250, 260)
    assert (before, after) == ("…" + "字" * AROUND, "字" * AROUND + "…")


def test_a_short_text_is_shown_whole():
    assert excerpt("Read more: a story", 0, 10) == ("", "Read more:", " a story")


def test_long_spans_lose_their_middle():
    assert len(excerpt("x" * 5000, 0, 5000)[1]) < 700
    lines = "\n".join(f"line {n}" for n in range(100))
    shown = excerpt(lines, 0, len(lines))[1].split("\n")
    assert (shown[0], shown[6], shown[-1]) == ("line 0", "…", "line 99")
    assert len(shown) == 13
