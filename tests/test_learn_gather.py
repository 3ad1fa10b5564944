"""Records in lines: whose they are, from which day, and what counting needs of each line."""

import gzip
from datetime import date

import pytest

from cleaner.batch.job import Job
from cleaner.batch.plan import Task
from cleaner.errors import InputError
from cleaner.io.files import InputFile
from cleaner.io.records import Record, Unreadable
from cleaner.learn import gather
from cleaner.learn.gather import EPOCH, LINES, MAX_LINE, STRETCH, Bundle, Lines, line_rows, lines_of
from cleaner.segment import Segments

KEY, FORM, CHARS, PROSE, SHOWN = 2, 3, 4, 5, 7


def record(raw, kind="text", **more):
    return Record(0, "a.jsonl#0", raw, kind, **more)


def rows(*texts, site="a.example", title="", address=""):
    return line_rows("a#0", Lines(site, address, None, title, [(text, "") for text in texts]))


def test_a_text_in_lines():
    found = lines_of(
        record(" One \n\n\tTwo\r\n", url="https://news.a.example/1#top", fields={"date": "2024-05-14"}), None
    )
    assert found == Lines("a.example", "https://news.a.example/1", date(2024, 5, 14).toordinal() - EPOCH, "One",
                          [("One", ""), ("Two", "")])  # fmt: skip


def test_the_users_field_tells_the_site_before_the_address_does():
    assert lines_of(record("x", url="https://a.example/1", site="The Lantern"), None).site == "The Lantern"
    assert lines_of(record("x"), None).site == ""


def test_a_page_tells_its_address_its_day_and_its_title():
    head = (
        '<title>Bridge</title><link rel="canonical" href="https://www.a.example/b">'
        '<meta property="article:published_time" content="2024-05-14">'
    )
    page = f"<html><head>{head}</head><body><main id=m><div class=box><p>One</p></div></main></body></html>"
    found = lines_of(record(page.encode(), "html"), None)
    day = date(2024, 5, 14).toordinal() - EPOCH
    assert found == Lines("a.example", "https://www.a.example/b", day, "Bridge", [("One", "main[m]/div[box]/p")])


def test_what_cannot_be_read_says_why(monkeypatch):
    with pytest.raises(InputError, match="no JSON"):
        lines_of(Unreadable(3, "a.jsonl#3", "this is no JSON"), None)
    monkeypatch.setattr(gather, "segment", lambda _: Segments(gave_up=True))
    with pytest.raises(InputError, match="the parser gave up"):
        lines_of(record("<p>Deep", "html"), None)


def test_a_label_counts_once_a_page_where_it_stands_first():
    _, lines = rows("Harbour", "Own words.", "HARBOUR »", "Harbour 2")
    assert [(line[1], line[SHOWN]) for line in lines] == [(0, "Harbour"), (1, "Own words."), (3, "Harbour 2")]


def test_numbers_are_alike_and_their_forms_are_not():
    (_, one), (_, two) = rows("Page 1"), rows("Page 2")
    assert one[0][KEY] == two[0][KEY]
    assert one[0][FORM] != two[0][FORM]
    (_, plain), (_, again) = rows("Page"), rows("page:")
    assert plain[0][KEY] == plain[0][FORM] == again[0][FORM]


@pytest.mark.parametrize("names", [("a.example", "b.example"), ("a" * 100 + "1", "a" * 100 + "2")])
def test_the_same_words_of_two_sites_are_two_lines(names):
    (one, first), (two, second) = (rows("Harbour", title="Harbour", site=name) for name in names)
    assert one[1] != two[1]
    assert first[0][KEY] != second[0][KEY]
    assert (one[6], two[6]) == (first[0][KEY], second[0][KEY]), "a title is found among the lines of its own site"


def test_signs_and_numbers_alone_say_nothing_and_very_long_lines_are_not_shown():
    _, lines = rows("* * *", "12", "\u200b", "x" * (MAX_LINE + 1), "x" * MAX_LINE)
    assert [(line[CHARS], line[SHOWN] is None) for line in lines] == [(MAX_LINE + 1, True), (MAX_LINE, False)]


def test_a_page_is_its_address_or_else_itself():
    (one, _), (two, _) = rows("a b", address="https://a.example/1"), rows("c d", address="https://a.example/1")
    assert one[3] == two[3]
    assert one[4] != two[4], "its content is another"
    assert rows("a b")[0][3] == rows("a b")[0][0]


def test_letters_that_are_none_can_be_written():
    document, lines = rows("\ud800 Harbour", site="\ud800.example")
    assert document[2] == "?.example"
    assert lines[0][SHOWN] == "? Harbour"


LINE = b'{"url": "https://a.example/1", "text": "One"}\n'


@pytest.mark.parametrize(
    ("data", "documents", "failed"),
    [
        (LINE * 1000, 1000, 0),
        (LINE * STRETCH + b"nonsense\n" + LINE * 700, STRETCH + 701, 1),
        (gzip.compress(LINE * 400) + gzip.compress(LINE * 500)[:-20], None, 1),
        (b"", 0, 0),
        (None, 1, 1),
    ],
    ids=["whole", "a bad line", "broken off", "empty", "gone"],
)
def test_parts_of_a_file_count_everything_once(data, documents, failed, tmp_path):
    pytest.importorskip("pyarrow", reason="needs the extra learn")
    path = tmp_path / "a.jsonl"
    if data is not None:
        path.write_bytes(data)
    task = Task(0, (InputFile("a.jsonl", str(path), "jsonl"),), 0)
    job = Job(str(path), tmp_path)
    alone = gather.gather(job, Bundle((task,)), tmp_path, None)
    parts = [gather.gather(job, Bundle((task,), part, 3), tmp_path, None) for part in range(3)]
    assert sum(part.documents for part in parts) == alone.documents
    assert [why for part in parts for why in part.why] == list(alone.why)
    assert sum(part.failed for part in parts) == alone.failed == failed
    assert documents in (None, alone.documents)
    assert len(list(tmp_path.glob(f"{LINES}-*.parquet"))) == 3, "the first part has the name of the whole"
