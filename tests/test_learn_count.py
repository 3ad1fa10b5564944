"""The statement, on a few pages whose numbers are known."""

from datetime import date

import pytest

from cleaner.batch.plan import Task
from cleaner.learn.count import Room, count
from cleaner.learn.gather import EPOCH, Bundle, Lines, _Rows

pytest.importorskip("duckdb", reason="needs the extra learn")
pytest.importorskip("pyarrow", reason="needs the extra learn")

START = date(2024, 1, 1)
FIRST = START.toordinal() - EPOCH
SPELLED = "abcdefghijklmnopqrstuvwxyz"


def story(number, length=4):
    """Paragraphs that no other page has."""
    words = " ".join(SPELLED[(number * 7 + place * 3) % 26] * (number + 3) for place in range(9))
    return [f"The council of {words} voted on part {SPELLED[place]} of it on Tuesday." for place in range(length)]


def counted(folder, pages, *, room=None):
    """The sites of some pages: lines, and by name what is not usual of them."""
    with _Rows(folder, Bundle((Task(0, (), 0),))) as rows:
        for number, (lines, more) in enumerate(pages):
            usual = Lines(
                "a.example", f"https://a.example/{number}", FIRST + number, "", [(line, "") for line in lines]
            )
            rows.add(f"x#{number}", usual._replace(**more))
    return list(count(folder, room or Room(512)))


def lines_of(site):
    return {line.text: line for line in site.lines}


def test_places(tmp_path):
    pages = [(["Menu", f"Title {SPELLED[n]}{SPELLED[n]}", *story(n), "Box", "Foot"], {}) for n in range(10)]
    pages[3][0].remove("Box")
    (site,) = counted(tmp_path, pages)
    assert (site.name, site.pages, site.days, site.first) == ("a.example", 10, 10, START)
    assert site.chars == sum(len(line) for lines, _ in pages for line in lines)
    found = lines_of(site)
    assert set(found) == {"Menu", "Box", "Foot"}
    menu, box, foot = (found[name].seen for name in ("Menu", "Box", "Foot"))
    assert (menu.pages, menu.top, menu.end, menu.edge, menu.chars) == (10, 10, 0, 10, 40)
    assert (box.pages, box.top, box.end, box.edge, box.deep) == (9, 0, 9, 9, 0)
    assert (foot.pages, foot.end, foot.edge, foot.deep) == (10, 10, 10, 9), "nine times the box stands before it"


def test_what_stands_among_the_paragraphs_is_at_no_edge(tmp_path):
    pages = [([*story(n)[:2], "Why it matters", *story(n)[2:], "Foot"], {}) for n in range(6)]
    seen = lines_of(counted(tmp_path, pages)[0])["Why it matters"].seen
    assert (seen.pages, seen.top, seen.end, seen.edge) == (6, 0, 0, 0)


def test_the_pages_of_a_lines_own_time(tmp_path):
    pages = [([*story(n), "Foot", *(["Spring week"] if 4 <= n < 8 else [])], {}) for n in range(20)]
    seen = lines_of(counted(tmp_path, pages)[0])["Spring week"].seen
    assert (seen.pages, seen.of, seen.days) == (4, 4, 4)
    assert (seen.first, seen.last) == (date(2024, 1, 5), date(2024, 1, 8))


def test_pages_without_days(tmp_path):
    (site,) = counted(tmp_path, [([*story(n), "Foot"], {"day": None}) for n in range(8)])
    assert (site.days, site.first, site.last) == (0, None, None)
    seen = lines_of(site)["Foot"].seen
    assert (seen.pages, seen.of, seen.days, seen.first) == (8, 8, 0, None)


def test_a_page_fetched_again_and_a_text_at_other_addresses_count_once(tmp_path):
    pages = [([*story(n), "Foot"], {}) for n in range(5)]
    again = [([*story(30), "Foot"], {"address": "https://a.example/0"})] * 3
    copies = [([*story(1), "Foot"], {"address": f"https://a.example/copy{n}"}) for n in range(4)]
    (site,) = counted(tmp_path, [*pages, *again, *copies])
    assert site.pages == 5
    assert lines_of(site)["Foot"].seen.pages == 5


def test_copies_under_other_headlines_do_not_count(tmp_path):
    pages = [([*story(n), "Foot"], {}) for n in range(5)]
    copies = [([f"Another {SPELLED[n] * 3}", *story(40), "Foot"], {}) for n in range(6)]
    (site,) = counted(tmp_path, [*pages, *copies])
    assert site.pages == 5
    assert set(lines_of(site)) == {"Foot"}


def test_numbers_that_vary_paragraphs_and_headlines_are_marked(tmp_path):
    teaser = "The ferry has sunk off the coast, and nobody knows why it did on that day."
    pages = [([*story(n), "More", f"{n + 2} comments", "The ferry", teaser], {}) for n in range(8)]
    pages.append((["The ferry", *story(9)], {"title": "The ferry"}))
    found = lines_of(counted(tmp_path, pages)[0])
    flags = {text: (line.varies, line.prose, line.headline) for text, line in found.items() if text[:1].isalpha()}
    assert flags == {"More": (False, False, False), "The ferry": (False, False, True), teaser: (False, True, False)}
    assert [line.varies for text, line in found.items() if text.endswith("comments")] == [True]


def test_sites_do_not_mix_and_come_by_name(tmp_path):
    pages = [
        ([*story(n + 10 * place), "Foot"], {"site": site})
        for place, site in enumerate(("b.example", "a.example")) for n in range(3 + place)
    ]  # fmt: skip
    assert [(site.name, site.pages, [line.seen.pages for line in site.lines]) for site in counted(tmp_path, pages)] == [
        ("a.example", 4, [4]), ("b.example", 3, [3]),
    ]  # fmt: skip


def test_little_room_gives_the_same(tmp_path):
    pages = [([*story(n), "Foot", f"Line {SPELLED[n % 7]}"], {}) for n in range(60)]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert counted(tmp_path / "one", pages, room=Room(256, 1)) == counted(tmp_path / "two", pages, room=Room(1024, 4))
