"""Templates while cleaning: found by site, in any process and thread."""

import multiprocessing
import pickle
import threading

import pytest

import cleaner
from cleaner.errors import UsageError
from cleaner.templates import parquet_file
from cleaner.templates.files import write_sites
from cleaner.templates.lines import Line, Site
from cleaner.templates.lookup import Templates

SITES = [
    Site("a.example", lines=(Line('Say "sign up" \\ and\tgo'), Line("読者のみなさまへ 12"))),
    Site("b.example", 3, lines=(Line("Harbour"),)),
]


@pytest.fixture(params=[".toml", ".parquet"])
def file(request, tmp_path):
    if request.param == ".parquet":
        pytest.importorskip("pyarrow", reason="needs the extra learn")
    return tmp_path / f"sites{request.param}"


def test_one_site_of_many_is_found_across_groups_of_rows(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="needs the extra learn")
    monkeypatch.setattr(parquet_file, "GROUP_ROWS", 7)
    sites = [
        Site(f"site{n:03}.example", lines=tuple(Line(f"line {n}{chr(97 + i)}") for i in range(5))) for n in range(50)
    ]
    write_sites(tmp_path / "s.parquet", sites)
    templates = Templates(tmp_path / "s.parquet")
    for site in sites:
        assert templates.site(site.name) == site
        assert set(templates.lines_of(site.name)) == {line.label for line in site.lines}
    assert templates.lines_of("site0005.example") == {}


def test_a_lookup_holds_a_bounded_number_of_lines(file, monkeypatch):
    monkeypatch.setattr("cleaner.templates.lookup.HELD_LINES", 100)
    sites = [Site(f"site{n:03}.example", lines=tuple(Line(f"line {chr(97 + i)}") for i in range(5))) for n in range(60)]
    write_sites(file, sites)
    templates = Templates(file)
    for _ in range(2):
        for site in sites:
            assert len(templates.lines_of(site.name)) == 5
    assert len(templates._held) < 10


def _labels(templates):
    return sorted(templates.lines_of("a.example"))


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_it_travels_to_other_processes(file, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    write_sites(file, SITES)
    templates = Templates(file)
    here = _labels(templates)
    assert here == ['say "sign up" \\ and go', "読者のみなさまへ #"]
    again = pickle.loads(pickle.dumps(cleaner.Cleaner(templates=templates)))  # noqa: S301
    assert _labels(again.options.templates) == here
    context = multiprocessing.get_context(method)
    pipe, theirs = context.Pipe()
    child = context.Process(target=_send, args=(theirs, templates))
    child.start()
    assert pipe.poll(60)
    assert pipe.recv() == here
    child.join()


def _send(pipe, templates):
    pipe.send(_labels(templates))


def test_threads_may_share_it(file):
    sites = [Site(f"s{n:02}.example", lines=(Line(f"line of {chr(97 + n)}"),)) for n in range(20)]
    write_sites(file, sites)
    templates = Templates(file)
    wrong = []

    def ask():
        for _ in range(20):
            wrong.extend(site.name for site in sites if list(templates.lines_of(site.name)) != [site.lines[0].label])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_file_that_was_changed_is_not_taken_for_the_old_one(file):
    write_sites(file, SITES)
    packed = pickle.dumps(Templates(file))
    write_sites(file, SITES[:1])
    with pytest.raises(UsageError, match="was changed while it was in use"):
        pickle.loads(packed)  # noqa: S301


def test_a_name_of_any_length_is_found(tmp_path):
    """Parquet keeps no bounds of very long values."""
    pytest.importorskip("pyarrow", reason="needs the extra learn")
    long = "a" * 9000
    write_sites(tmp_path / "s.parquet", [Site(long, lines=(Line("one"),)), Site("b", lines=(Line("two"),))])
    templates = Templates(tmp_path / "s.parquet")
    assert list(templates.lines_of(long)) == ["one"]
    assert list(templates.lines_of("b")) == ["two"]
