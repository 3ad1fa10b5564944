"""Files of templates: both forms hold the same, say what is wrong with them, and are found by site in any process."""

from datetime import date

import pytest

import cleaner
from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.templates.files import read_sites, write_sites
from cleaner.templates.lines import Line, Seen, Site, State, template_of
from cleaner.templates.lookup import Templates
from cleaner.templates.toml_file import read_toml

SEEN = Seen(214, 230, 40, date(2026, 10, 2), date(2026, 11, 20), 0, 214, 210, 200, 4280)
LINES = (
    Line('Say "sign up" \\ and\tgo', Category.NEWSLETTER, State.TEMPLATE, SEEN, varies=True, path="div[box]/p"),
    Line("読者のみなさまへ 12", Category.DONATION, State.APPROVED, Seen(), prose=True),
    Line("Coast\u2028line", Category.OTHER, State.REFUSED, SEEN, headline=True),
)
SITES = [
    Site("a.example", 230, 41, date(2026, 10, 1), date(2026, 11, 20), 90_000, 4280, LINES),
    Site("b.example", 3, lines=(Line("Harbour"),)),
]
FORMS = [".toml", ".parquet"]


@pytest.fixture(params=FORMS)
def file(request, tmp_path):
    if request.param == ".parquet":
        pytest.importorskip("pyarrow", reason="needs the extra learn")
    return tmp_path / f"sites{request.param}"


def test_what_is_written_comes_back(file):
    write_sites(file, SITES)
    assert list(read_sites(file)) == SITES
    before = file.read_bytes()
    write_sites(file, read_sites(file))
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_candidates_are_for_parquet_only(tmp_path):
    pytest.importorskip("pyarrow", reason="needs the extra learn")
    sites = [Site("a.example", lines=(Line("Harbour"), Line("Maybe", state=State.CANDIDATE)))]
    counts = []
    for form in FORMS:
        write_sites(tmp_path / f"s{form}", sites)
        counts.append(sum(len(site.lines) for site in read_sites(tmp_path / f"s{form}")))
    assert counts == [1, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[site]\n", "is not TOML"),
        ('schema = "cleaner-templates/9"', "this version reads 'cleaner-templates/1'"),
        ("[[site]]\npages = 3", "has no name"),
        ('[[sites]]\nname = "a"', "did you mean 'site'"),
        ('site = "a"', r"must be written \[\[site\]\]"),
        ('[[site]]\nname = "a"\n[[site]]\nname = "a"', "stands there twice"),
        ('[[site]]\nname = "a"\nline = ["x"]', r"must be written \[\[site.line\]\]"),
        ('[[site]]\nname = "a"\n[[site.line]]\ncategory = "share"', "has no text"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\ncategory = "sharing"', "did you mean 'share'"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\nstate = "aproved"', "did you mean 'approved'"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\nstat = "approved"', "did you mean 'state'"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\nseen = 3', "leave it or take it out"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\nseen = { pages = -3 }', "pages is a whole number"),
        ('[[site]]\nname = "a"\n[[site.line]]\ntext = "x"\nseen = { last = "monday" }', "last is a day"),
    ],
)
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(UsageError, match=message):
        read_toml(text, "sites.toml")


@pytest.mark.parametrize("form", FORMS)
def test_files_that_are_none(tmp_path, form):
    if form == ".parquet":
        pytest.importorskip("pyarrow", reason="needs the extra learn")
    with pytest.raises(UsageError, match=r"there is no file|cannot be read"):
        cleaner.Options(templates=tmp_path / f"nothing{form}")
    broken = tmp_path / f"broken{form}"
    broken.write_bytes(b"\xff\xfe nonsense")
    with pytest.raises(UsageError, match="broken"):
        cleaner.Options(templates=broken)


def test_another_parquet_file_is_refused(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="needs the extra learn")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"site": ["a"], "text": ["b"]}), tmp_path / "s.parquet")
    with pytest.raises(UsageError, match="holds no templates of schema"):
        Templates(tmp_path / "s.parquet")


def test_a_line_that_was_typed_in_needs_its_text_only():
    site = read_toml('[[site]]\nname = "a.example"\n[[site.line]]\ntext = "Call 555 12"', "s.toml")[0]
    line = template_of(site)["call # #"]
    assert (line.category, line.evidence, line.bare) == (Category.OTHER, "approved for a.example", "call 555 12")
    assert line.above
    assert line.below


def test_two_numbers_of_one_line_stand_for_all():
    site = Site("a.example", lines=(Line("Call 555 12"), Line("Call 555 13"), Line("* * *")))
    found = template_of(site)
    assert list(found) == ["call # #"]
    assert found["call # #"].bare is None


PAGE = "Habari za leo\n\nThe council voted on Tuesday night to rebuild the bridge, which had been closed for a year.\n"


def test_the_site_is_the_address_or_what_the_user_says(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[[site]]\nname = "example.com"\n[[site.line]]\ntext = "Habari za leo"\n')
    clean = cleaner.Cleaner(cleaner.Options(preset="careful"), templates=path)
    assert clean.options.preset == "careful"
    for more, taken in (
        ({"url": "https://news.example.com/a"}, True),
        ({"site": "example.com"}, True),
        ({"url": "https://example.com/a", "site": "other"}, False),
        ({"url": "https://example.org/a"}, False),
        ({}, False),
    ):
        result = clean(PAGE, **more)
        assert ("other.structure.template" in [r.rule for r in result.removals]) == taken, more
    html = (
        f'<html><head><link rel="canonical" href="https://example.com/a"></head><body><p>{PAGE.replace(chr(10), "<p>")}'
    )
    assert "Habari" not in clean(html, kind="html").text


def test_a_template_line_yields_to_the_users_protection_and_options_only(tmp_path):
    path, rules = tmp_path / "s.toml", tmp_path / "mine.toml"
    path.write_text('[[site]]\nname = "example.com"\n[[site.line]]\ntext = "Habari za leo"\ncategory = "share"\n')
    rules.write_text(
        '[[rule]]\nid = "mine"\nwhy = "ours"\naction = "protect"\nphrases = ["habari za leo"]\nhits = ["Habari za leo"]\n'
    )
    for options, taken in (
        ({}, True),
        ({"budget": 0.0, "preset": "careful"}, True),
        ({"actions": {"share": "keep"}}, False),
        ({"rules": rules}, False),
    ):
        result = cleaner.clean(PAGE, url="https://example.com", options=cleaner.Options(templates=path, **options))
        assert ("Habari" not in result.text) == taken, options
        assert result.restore() == PAGE
