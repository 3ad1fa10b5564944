"""Learning from small corpora: what a site repeats is found, and what its stories share is not."""

import json
import os
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

import cleaner
from cleaner.batch.job import Reading
from cleaner.cli import cli
from cleaner.errors import UsageError
from cleaner.io.records import Keys
from cleaner.learn.gather import gather
from cleaner.learn.job import Learning, Watcher
from cleaner.learn.run import learn
from cleaner.model import Category
from cleaner.templates.files import read_sites, write_sites
from cleaner.templates.lines import Line, State
from tests.learning import FEET, MENU, START, WORDS, Corpus, paragraph
from tests.reports import make_inputs_with_what_is_no_document

pytest.importorskip("duckdb", reason="needs the extra learn")
pytest.importorskip("pyarrow", reason="needs the extra learn")


def pool_of_none(job, bundles, what, _workers, _broken):
    """What the pool of processes does, in this one: most tests are about what is found, and processes start slowly."""
    return (gather(job, bundle, job.output, what.date_key) for bundle in bundles)


@pytest.fixture
def processes(tmp_path):
    """A corpus that is learned in processes."""
    return Corpus(tmp_path)


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """A corpus that is learned in this process."""
    monkeypatch.setattr("cleaner.learn.run._pooled", pool_of_none)
    return Corpus(tmp_path)


def test_what_all_pages_have_is_template(corpus):
    corpus.pages(30)
    assert corpus.taken() == {*MENU, *FEET}
    site = next(read_sites(corpus.output))
    assert (site.pages, site.first) == (30, START)
    assert site.share == pytest.approx(sum(map(len, MENU + FEET)) * 30 / site.chars)
    menu = next(line for line in site.lines if line.text == "Berriak")
    assert (menu.category, menu.seen.top, menu.seen.edge) == (Category.NAVIGATION, 30, 30)
    assert menu.evidence(site.name) == f"on 30 of 30 pages of a.example, last seen {site.last}"


def test_a_standing_head_a_quote_and_a_refrain_are_not(corpus):
    def body(story):
        story.insert(3, "Why it matters")
        story.insert(5, "“We did not come this far to turn around,” she said.")
        return [*story, "And that is how the week went."] if len(corpus.rows) % 3 == 0 else story

    corpus.pages(60, body)
    assert corpus.taken() == {*MENU, *FEET}


def test_background_corrections_and_tables_are_not(corpus):
    def body(story):
        kind = len(corpus.rows) % 4
        if kind == 0:
            story.append(
                "The dispute began when the old port authority was dissolved, and the towns argue about it since."
            )
        if kind == 1:
            story.append("Correction: an earlier version of this article gave the wrong name for a street.")
        if kind == 2:
            story += [
                "How they played",
                *(f"{corpus.rng.choice(WORDS)} {n}:2 {corpus.rng.choice(WORDS)}" for n in range(6)),
            ]
        return story

    corpus.pages(80, body)
    assert corpus.taken() == {*MENU, *FEET}


def test_copies_of_a_story_do_not_count(corpus):
    corpus.pages(30)
    copied = corpus.story(8)
    for _ in range(20):
        corpus.page(copied, day=40, headline="The same text under many addresses")
    for number in range(20):
        corpus.page(copied, day=41, headline=f"Under another headline each {chr(97 + number)}")
    assert corpus.taken() == {*MENU, *FEET}
    assert next(read_sites(corpus.output)).pages == 30


def test_versions_of_a_live_story_are_no_template_even_where_they_are_most_pages(corpus):
    corpus.pages(12)
    live = corpus.story(4)
    for hour in range(40):
        live = [paragraph(corpus.rng), *live]
        corpus.page(live, day=100 + hour // 20, headline="Live: the flood")
    assert corpus.taken() == {*MENU, *FEET}


def test_wire_copy_of_many_sites_is_no_template_of_one_and_of_a_group(corpus):
    wire = [corpus.story(5) for _ in range(3)]
    for number in range(12):
        for _ in range(12):
            corpus.page(corpus.story(), day=corpus.rng.randrange(300), site=f"s{number}.example", group="all")
        for story in wire:
            corpus.page(story, day=77, site=f"s{number}.example", group="all")
    assert corpus.taken("s3.example") == {*MENU, *FEET}
    assert corpus.taken("all", reading=Reading(keys=Keys(site="group"))) == {*MENU, *FEET}


def test_a_page_that_was_fetched_again_counts_once(corpus):
    corpus.pages(8)
    corpus.rows *= 3
    assert corpus.taken() == set(), "eight pages show nothing"
    assert next(read_sites(corpus.output)).pages == 8


def test_the_story_of_the_day_is_no_template_on_its_own_page(corpus):
    """A crawl of one day: all other pages print its headline and first paragraph below their stories."""
    top = corpus.story()
    for number in range(40):
        story = corpus.story()
        corpus.page([*story, "Berri gehiago", "The ferry has sunk", top[0]] if number != 20 else top, day=5,
                    headline="The ferry has sunk" if number == 20 else None)  # fmt: skip
    assert corpus.taken() == {*MENU, *FEET, "Berri gehiago"}


def test_nor_where_its_own_page_was_not_seen(corpus):
    top = corpus.story()
    for _ in range(40):
        corpus.page([*corpus.story(), "Berri gehiago", "The ferry has sunk", top[0]], day=5)
    assert top[0] in corpus.taken()
    own = "\n".join([*MENU, "The ferry has sunk", *top, *FEET])
    clean = cleaner.Cleaner(templates=corpus.output)
    result = clean(own, kind="text", url="https://a.example/own")
    assert result.text.splitlines() == ["The ferry has sunk", *top]


def test_what_was_printed_for_a_few_days_is_not(corpus):
    for number in range(120):
        story = corpus.story()
        corpus.page([*story, "Wiki ya masika kwa bei ya kahawa"] if 40 <= number < 43 else story, day=number)
    assert corpus.taken() == {*MENU, *FEET}


def test_a_redesign_has_two_templates(corpus):
    for number in range(200):
        corpus.page([*corpus.story(), "Zamani tulikuwa hapa" if number < 70 else "Sasa tuko hapa"], day=number)
    assert corpus.taken() == {*MENU, *FEET, "Zamani tulikuwa hapa", "Sasa tuko hapa"}


def test_numbers_that_change_are_one_line(corpus):
    corpus.pages(40, lambda story: [*story, f"Maoni {corpus.rng.randrange(1000)} ya wasomaji"])
    assert len(corpus.taken()) == len(MENU) + len(FEET) + 1
    text = "\n".join([*corpus.story(), "Maoni 123456 ya wasomaji"])
    assert "Maoni" not in cleaner.Cleaner(templates=corpus.output)(text, kind="text", url="https://a.example").text


def test_the_words_of_a_notice_go_in_the_middle_of_a_story_too(corpus):
    def body(story):
        story.insert(3, "Sign up for our newsletter")
        return story

    corpus.pages(30, body)
    assert corpus.taken() == {*MENU, *FEET, "Sign up for our newsletter"}
    found = {line.text: line.category for line in next(read_sites(corpus.output)).lines}
    assert found["Sign up for our newsletter"] is Category.NEWSLETTER


def test_pages_in_html_are_lines_too(corpus):
    for number in range(40):
        story = "".join(f"<p>{each}</p>" for each in corpus.story())
        title = f"Story {chr(97 + number % 26)} of {'a day' if number < 26 else 'another'}"
        page = (
            f"<html><head><title>{title}</title>"
            f'<link rel="canonical" href="https://www.a.example/{number}">'
            f'<meta property="article:published_time" content="{START + timedelta(days=number * 5)}"></head><body>'
            f"<nav><a>Berriak</a></nav><h1>{title}</h1>{story}"
            '<div class="newsletter-box"><p>Kila asubuhi mfukoni mwako</p></div><footer>Gazeti la pwani</footer></body>'
        )
        corpus.rows.append({"html": page})
    assert corpus.taken() == {"Berriak", "Kila asubuhi mfukoni mwako", "Gazeti la pwani"}
    found = {line.text: line for line in next(read_sites(corpus.output)).lines}
    assert found["Kila asubuhi mfukoni mwako"].category is Category.NEWSLETTER
    assert found["Kila asubuhi mfukoni mwako"].path == "body/div[newsletter-box]/p"
    assert next(read_sites(corpus.output)).days == 40


def test_new_pages_are_added_and_decisions_stay(corpus, tmp_path):
    corpus.pages(30)
    corpus.learn()
    old = tmp_path / "old.parquet"
    site = next(read_sites(corpus.output))
    lines = tuple(
        Line(line.text, line.category, State.REFUSED if line.text == "Berriak" else line.state, line.seen)
        for line in site.lines
    )
    write_sites(
        old, [type(site)(site.name, site.pages, site.days, site.first, site.last, site.chars, site.taken, lines)]
    )
    corpus.rows.clear()
    for number in range(40):
        corpus.page([*corpus.story(), "Mpya kabisa"], day=310 + number)
    learned = corpus.learn(update=old)
    site = next(read_sites(corpus.output))
    assert site.pages == 70
    assert {line.text for line in site.acting()} == {*MENU[1:], *FEET, "Mpya kabisa"}
    assert {line.text: line.state for line in site.lines}["Berriak"] is State.REFUSED
    assert next(line for line in site.lines if line.text == FEET[0]).seen.pages == 70
    assert learned.drifts == []


def test_a_redesigned_site_is_reported_and_the_old_template_ages_out(corpus, tmp_path):
    corpus.pages(40)
    corpus.learn()
    old = corpus.output.rename(tmp_path / "old.parquet")
    corpus.rows.clear()
    for number in range(40):
        corpus.page(corpus.story(), day=900 + number)
        corpus.rows[-1]["text"] = (
            corpus.rows[-1]["text"].replace("la pwani", "la bandari").replace("Kampuni ya", "Nyumba")
        )
        corpus.rows[-1]["text"] = corpus.rows[-1]["text"].replace("Berriak", "Leo").replace("Mezani", "Jikoni")
    learned = corpus.learn(update=old)
    assert [(drift.site, drift.gone, drift.of) for drift in learned.drifts] == [("a.example", 4, 5)]
    assert {line.text for line in next(read_sites(corpus.output)).acting()} == {
        "Leo", "Jikoni", "Pwani", "Gazeti la bandari, mtaa wa gati", "Nyumba kiwanda cha uchapaji",
    }  # fmt: skip


def test_the_same_bytes_for_any_number_of_workers_and_any_cutting_of_the_input(processes, tmp_path, monkeypatch):
    corpus = processes
    for number in range(4):
        corpus.pages(30, site=f"s{number}.example")
    corpus.learn()
    first = corpus.output.read_bytes()
    folder = tmp_path / "parts"
    folder.mkdir()
    monkeypatch.setattr("cleaner.learn.run.BUNDLE_TASKS", 1)
    for part in range(3):
        rows = "".join(json.dumps(row) + "\n" for row in corpus.rows[part::3])
        (folder / f"{part}.jsonl").write_text(rows, encoding="utf-8")
    learned = learn(Learning(str(folder), tmp_path / "again.parquet", workers=3))
    assert learned.documents == 120
    assert (tmp_path / "again.parquet").read_bytes() == first


def test_one_large_file_is_dealt_out(corpus, monkeypatch):
    monkeypatch.setattr("cleaner.learn.gather.STRETCH", 7)
    for number in range(4):
        corpus.pages(30, site=f"s{number}.example")
    corpus.learn()
    first = corpus.output.read_bytes()
    monkeypatch.setattr("cleaner.learn.run.BUNDLE_BYTES", 1)
    assert corpus.learn(workers=5).documents == 120
    assert corpus.output.read_bytes() == first


def test_texts_and_pages_in_a_folder_need_a_site(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(f"Berriak\nStory {number}\n")
    (folder / "broken.jsonl").write_text('{"id": 3}\nnonsense\n')
    learned = learn(Learning(str(folder), tmp_path / "s.toml"))
    assert (learned.documents, learned.nameless, learned.failed, learned.sites) == (14, 12, 2, 0)
    assert list(read_sites(tmp_path / "s.toml")) == []


def test_what_is_no_document_is_passed_over(tmp_path):
    pytest.importorskip("fastwarc", reason="needs the extra warc")
    make_inputs_with_what_is_no_document(tmp_path / "in")
    said = []
    learned = learn(Learning(str(tmp_path / "in"), tmp_path / "s.toml"), Watcher(say=said.append))
    assert (learned.documents, learned.nameless, learned.failed) == (6, 3, 0)
    assert said == ["counting"]


def test_what_cannot_be_encoded_or_is_very_long_costs_itself_only(corpus):
    corpus.pages(30, lambda story: [*story, "\ud800 Berriak \udfff", "x" * 5000, "* * *", "12", "\u200b"])
    assert {*MENU, *FEET} <= corpus.taken() <= {*MENU, *FEET, "? Berriak ?"}


def test_nothing_is_left_behind(corpus, tmp_path):
    corpus.pages(12)
    corpus.learn()
    assert {path.name for path in tmp_path.iterdir()} == {"corpus.jsonl", "sites.parquet"}
    with pytest.raises(UsageError, match="there is no file or folder"):
        learn(Learning(str(tmp_path / "none"), tmp_path / "s.toml"))
    with pytest.raises(UsageError, match=r"there is no file .* to update"):
        corpus.learn(update=tmp_path / "none.parquet")
    with pytest.raises(UsageError, match="there is no folder"):
        corpus.learn(scratch=tmp_path / "none")
    assert {path.name for path in tmp_path.iterdir()} == {"corpus.jsonl", "sites.parquet"}


def test_what_a_process_dies_on_is_left_out(processes, tmp_path, monkeypatch):
    """The readers of a damaged file may crash: then this file is left out, and the others count."""
    corpus = processes
    corpus.pages(30)
    folder = tmp_path / "parts"
    folder.mkdir()
    for part in range(3):
        rows = "".join(json.dumps(row) + "\n" for row in corpus.rows[part::3])
        (folder / f"{part}.jsonl").write_text(rows, encoding="utf-8")
    monkeypatch.setattr("cleaner.learn.run.gather", _dying)
    said = []
    monkeypatch.setattr("cleaner.learn.run.BUNDLE_TASKS", 2)
    learned = learn(Learning(str(folder), tmp_path / "s.parquet", workers=2), Watcher(say=said.append))
    assert (learned.documents, learned.failed) == (21, 1), "how many were in it nobody knows"
    assert "not read: 1.jsonl: the process dies on it, so it is left out" in said
    assert next(read_sites(tmp_path / "s.parquet")).pages == 20


def _dying(job, bundle, folder, date_key):
    if any(file.name == "1.jsonl" for task in bundle.tasks for file in task.files):
        os._exit(3)
    return gather(job, bundle, folder, date_key)


def run(*arguments, stdin=None):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)


def test_the_command_line_from_a_corpus_to_a_cleaned_text(corpus, tmp_path):
    corpus.pages(30)
    rows = "".join(json.dumps(row) + "\n" for row in corpus.rows)
    sites = tmp_path / "sites.toml"
    done = run("learn", "-", "-o", sites, "--format", "jsonl", stdin=rows)
    assert done.exit_code == 0, done.stderr
    assert "5 template lines of 1 sites" in done.stderr
    assert done.stdout == ""
    assert "a.example" in run("templates", "show", sites).stdout
    shown = run("templates", "show", sites, "--site", "a.example").stdout
    assert "Gazeti la pwani, mtaa wa gati\n        on 30 of 30 pages of a.example, last seen 2024-10-17" in shown
    edited = tmp_path / "edited.toml"
    edited.write_text(run("templates", "show", sites, "--toml").stdout.replace('"Berriak"', '"Gaurko berriak"'))
    before = tmp_path / "before.toml"
    before.write_bytes(sites.read_bytes())
    assert run("templates", "edit", sites, "--from", edited).exit_code == 0
    diff = run("templates", "diff", before, sites).stdout
    assert "- navigation  Berriak  (refused)" in diff
    assert "+ navigation  Gaurko berriak" in diff
    text = "\n".join(["Berriak", "Gaurko berriak", *corpus.story(), *FEET])
    cleaned = run("clean", "-", "--templates", sites, "--url", "https://a.example/x", "--no-title", stdin=text).stdout
    assert cleaned.splitlines()[0] == "Berriak"
    assert "Gaurko berriak" not in cleaned
    assert FEET[0] not in cleaned
    wrong = run("clean", "-", "--templates", tmp_path / "none.toml", stdin=text)
    assert isinstance(wrong.exception, UsageError)


def test_a_missing_extra_is_named(corpus, monkeypatch):
    corpus.pages(1)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(
        UsageError, match=r"learning needs duckdb, which is missing: pip install 'news-cleaner\[learn\]'"
    ):
        corpus.learn()
