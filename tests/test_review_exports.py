"""Verdicts become rules that hold, fixtures that fail until the cleaner is right, and labels that training reads."""

import json

import pytest

import cleaner
from cleaner.errors import UsageError
from cleaner.review.exports import Exports, Targets
from cleaner.review.fixtures import MARK, write_fixture
from cleaner.review.items import Verdict, check_verdict, judged
from cleaner.review.labels import write_labels
from cleaner.review.protect import add_protections, protections
from cleaner.review.run import Asked, open_review
from cleaner.review.store import State
from cleaner.rules.user import open_rule_file, prove_user_rules, read_user_rules
from cleaner.toml import toml_value
from tests.conftest import PLAYS
from tests.reviewing import TEXT, document, draw_of, item, verdict
from tests.test_pages import check_truth, run


def parts(one, said, **more):
    return [
        (part.start - one.start, part.end - one.start, part.name) for part in judged(one, verdict(one, said, **more))
    ]


def test_what_a_verdict_says_of_the_text():
    of = document()
    gone, spared = item(of, "The Ferry (Photo"), item(of, "Share", "spared", "share")
    assert parts(gone, "right") == [(0, 16, "advertisement")]
    assert parts(gone, "wrong") == [(0, 16, "content")]
    assert parts(gone, "category") == [(0, 16, "ui")]
    assert parts(gone, "skip") == []
    inside = {"start": gone.start + 10, "end": gone.end + 6}
    assert parts(gone, "extend", **inside) == [(10, 22, "advertisement"), (0, 10, "content")]
    assert parts(spared, "right") == [(0, 5, "content")]
    assert parts(spared, "wrong") == [(0, 5, "share")]
    assert parts(spared, "extend", start=spared.start - 9, end=spared.end) == [(-9, 5, "share")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Verdict("i", "wrng"), "did you mean 'wrong'"),
        (Verdict("i", "category"), "category 'None'"),
        (Verdict("i", "category", category="advert"), "category 'advert'"),
        (Verdict("i", "extend"), "outside the document"),
        (Verdict("i", "extend", start=5, end=5), "outside the document"),
        (Verdict("i", "extend", start=0, end=len(TEXT) + 1), "outside the document"),
        (Verdict("i", "extend", start=-1, end=3), "outside the document"),
        (Verdict("i", "extend", start="0", end=True), "outside the document"),
    ],
)
def test_verdicts_that_mean_nothing_are_refused(said, why):
    with pytest.raises(UsageError, match=why):
        check_verdict(said, document())


LONG = "Every evening at eight, when the last ferry has gone, the old man opens his window and sells it to whoever passes, for a song or for less than that."


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "» Share this:",
        "12 comments",
        LONG,
        "“" + LONG + "”",
        "- " + LONG,
        "広告",
        "この記事は会員限定です。登録すると続きをお読みいただけます。" * 6,
        'He said "\\no" \x07 and \u202ewent',
        "☞ 7",
        "***",
    ],
)
def test_protected_lines_stay_whoever_claims_them(tmp_path, line):
    before, after = "The bridge is open again, the mayor said on Monday.", "The ferry had been full on most mornings."
    text = f"{before}\n\n{line}\n\n{after}\n"
    of = document(text)
    one = item(of, line)
    assert add_protections(tmp_path / "p.toml", protections([(one, verdict(one, "wrong"), of)])) == (1, 1)
    assert list(prove_user_rules(read_user_rules(open_rule_file(tmp_path / "p.toml")))) == []
    order = {"id": "o", "why": "An order.", "category": "ui", "max_words": 999, "phrases": [line], "hits": [line]}
    (tmp_path / "o.toml").write_text("[[rule]]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in order.items()))
    ordered = cleaner.Options(rules=tmp_path / "o.toml")
    assert line not in cleaner.clean(text, kind="text", options=ordered).text
    protected = cleaner.Options(rules=[tmp_path / "o.toml", tmp_path / "p.toml"])
    assert line in cleaner.clean(text, kind="text", options=protected).text


def test_a_stretch_is_protected_as_a_stretch(tmp_path):
    text = "The bridge is open again, the mayor said. Read more: the ferry, and what it cost. He was glad of it.\n"
    of = document(text)
    one = item(of, "Read more: the ferry, and what it cost.")
    (rule,) = protections([(one, verdict(one, "wrong"), of)])
    assert 'extent = "match"' in rule.text
    add_protections(tmp_path / "p.toml", [rule])
    options = cleaner.Options(preset="thorough", rules=tmp_path / "p.toml")
    assert cleaner.clean(text, kind="text", options=options).text == text


def test_a_removal_of_several_lines_is_one_rule_for_each_way_to_know_them():
    of = document(f"Share\n\n12 comments\n\n{LONG}\n\nThe end of it.\n")
    one = item(of, f"Share\n\n12 comments\n\n{LONG}\n\n")
    found = list(protections([(one, verdict(one, "wrong"), of)]))
    assert [rule.id for rule in found] == [f"review.advertisement.{one.id}", f"review.advertisement.{one.id}.2"]
    assert 'phrases = ["Share", "12 comments"]' in found[0].text
    assert 'at = "start"' in found[1].text


def test_rules_are_added_and_what_stands_in_the_file_is_left_as_it_is(tmp_path):
    path, of = tmp_path / "mine.toml", document()
    first, second = item(of, "Advertisement"), item(of, "Share", category="share")
    path.write_text(
        '[[rule]]\nid = "mine"\nwhy = "Mine."\naction = "protect"\nphrases = ["our letter"]\nhits = ["our letter"]'
    )
    before = path.read_text()
    assert add_protections(path, protections([(first, verdict(first, "wrong"), of)])) == (1, 2)
    edited = path.read_text().replace('phrases = ["Advertisement"]', 'phrases = ["Advertisement", "Advert"]')
    path.write_text(edited)
    both = [(first, verdict(first, "wrong"), of), (second, verdict(second, "wrong"), of)]
    assert add_protections(path, protections(both)) == (1, 3)
    assert path.read_text().startswith(before)
    assert path.read_text().startswith(edited)
    assert add_protections(path, protections(both)) == (0, 3)
    path.write_text("no rules")
    with pytest.raises(UsageError, match=r"mine\.toml"):
        add_protections(path, protections(both))


def test_verdicts_that_lose_nothing_make_no_rule():
    of = document()
    one, spared = item(of, "Advertisement"), item(of, "Share", "spared", "share")
    for said in (verdict(one, "right"), verdict(one, "category"), verdict(one, "skip")):
        assert not list(protections([(one, said, of)]))
    assert not list(protections([(spared, verdict(spared, "wrong"), of)]))


def fixture_of(tmp_path, of, *judgements, source=None):
    return write_fixture(tmp_path / "fixtures", of, judgements, source or of.text.encode())


def test_a_fixture_fails_with_the_wrong_rule_and_passes_with_the_protection(tmp_path):
    of = document(PLAYS)
    wrong, right = item(of, "Advertisement"), item(of, "Share this article", category="share")
    judgements = [(wrong, verdict(wrong, "wrong")), (right, verdict(right, "right"))]
    fixture = fixture_of(tmp_path, of, *judgements)
    assert fixture.written
    assert fixture.wrong == ("lost: Advertisement",)
    case, _, result = run(fixture.folder)
    assert case["keep"] == ["Advertisement"]
    assert case["drop"] == [{"text": "Share this article", "category": "share", "line": True}]
    with pytest.raises(AssertionError, match=r"lost \['Advertisement'\].*advertisement.en.label"):
        check_truth(case, result)
    add_protections(tmp_path / "p.toml", protections((one, said, of) for one, said in judgements))
    case, _, result = run(fixture.folder, cleaner.Options(rules=tmp_path / "p.toml"))
    check_truth(case, result)


def test_a_fixture_of_residue_fails_until_it_is_taken(tmp_path):
    of = document(PLAYS)
    spared = item(of, "“Please subscribe to our newsletter, I tell every customer,”", "spared", "newsletter")
    fixture = fixture_of(tmp_path, of, (spared, verdict(spared, "wrong")))
    case, _, result = run(fixture.folder)
    assert fixture.wrong
    with pytest.raises(AssertionError, match="left"):
        check_truth(case, result)


def test_a_later_verdict_on_the_same_line_holds(tmp_path):
    of = document(PLAYS)
    one = item(of, "Advertisement")
    other = item(of, "Advertisement", "spared", "ui", name="other")
    fixture = fixture_of(tmp_path, of, (one, verdict(one, "wrong")), (other, verdict(other, "wrong")))
    case, _, _ = run(fixture.folder)
    assert case["keep"] == []
    assert [drop["category"] for drop in case["drop"]] == ["ui"]


def test_a_fixture_that_somebody_has_edited_is_left_alone(tmp_path):
    of = document(PLAYS)
    one = item(of, "Advertisement")
    fixture = fixture_of(tmp_path, of, (one, verdict(one, "right")))
    case = fixture.folder / "case.toml"
    assert fixture_of(tmp_path, of, (one, verdict(one, "wrong"))).written
    case.write_text(case.read_text().removeprefix(MARK).replace("unknown", "CC0-1.0"))
    edited = case.read_text()
    assert not fixture_of(tmp_path, of, (one, verdict(one, "right"))).written
    assert case.read_text() == edited


@pytest.mark.parametrize(
    ("title", "language"), [("../../escaped", "en"), ("新聞", "ja"), (None, None), ('He said "\\no"\x00', "en")]
)
def test_fixtures_stay_below_their_folder(tmp_path, title, language):
    of = document(PLAYS, title=title, language=language, id="../../etc/passwd", url='https://x.example/"\\')
    one = item(of, "Advertisement")
    fixture = fixture_of(tmp_path, of, (one, verdict(one, "wrong")))
    assert fixture.folder.resolve().is_relative_to(tmp_path / "fixtures")
    case, _, _ = run(fixture.folder)
    assert case["keep"] == ["Advertisement"]


def test_a_page_needs_its_source(tmp_path):
    of = document(PLAYS, kind="html")
    one = item(of, "Advertisement")
    state = State()
    state.take(draw_of([of], [one]))
    state.history.append(verdict(one, "wrong"))
    for settings in ({}, {"input": "-"}, {"input": str(tmp_path / "gone")}, {"input": str(tmp_path)}):
        exports = Exports(state, Targets.beside(tmp_path / "r.jsonl"), settings, "out")
        with pytest.raises(UsageError, match="needs its source"):
            exports.fixture(one.id)
        (error,) = exports.fixtures()
        assert "d1.txt cannot be had" in str(error)


def labels(tmp_path, name, of, *judgements):
    write_labels(tmp_path / name, [(of, judgements)], "out")
    return (tmp_path / name).read_text().splitlines()


def test_labels_name_lines_as_training_reads_them(tmp_path):
    of = document(file="publishers.trafilatura.jsonl.gz", number=3, id="0007")
    one, two = item(of, "Advertisement"), item(of, "Share", category="share")
    part = item(of, "(Photo: EPA)", category="photo-credit")
    judgements = [(one, verdict(one, "wrong")), (two, verdict(two, "category")), (part, verdict(part, "right"))]
    assert labels(tmp_path, "l.tsv", of, *judgements) == [
        "publishers.trafilatura\t0007\t4\tcontent",
        "publishers.trafilatura\t0007\t8\tui",
    ]
    found = [json.loads(line) for line in labels(tmp_path, "l.jsonl", of, *judgements)]
    assert [(label["set"], label["upstream"], label["id"], label["i"], label["category"]) for label in found] == [
        ("publishers", "trafilatura", "0007", 4, "content"),
        ("publishers", "trafilatura", "0007", 8, "ui"),
        ("publishers", "trafilatura", "0007", 10, "photo-credit"),
    ]
    lines = of.text.split("\n")
    assert [lines[label["i"]] for label in found[:2]] == [label["text"] for label in found[:2]]
    assert of.text[found[2]["start"] : found[2]["end"]] == found[2]["text"] == "(Photo: EPA)"
    assert found[2]["line"] == "The Ferry (Photo: EPA)"


def test_labels_of_files_that_are_a_document_each(tmp_path):
    of = document(key="a")
    one = item(of, "Share", category="share")
    assert labels(tmp_path, "l.tsv", of, (one, verdict(one, "right"))) == ["out.text\ta.txt\t8\tshare"]


def test_exports_take_all_verdicts_of_a_store(tmp_path):
    of, other = document(PLAYS, "d1"), document(PLAYS, "d2")
    one, two, three = item(of, "Advertisement"), item(of, "Share this article"), item(other, "Advertisement")
    state = State()
    state.take(draw_of([of, other], [one, two, three]))
    state.history += [verdict(one, "wrong"), verdict(two, "skip"), verdict(three, "right")]
    exports = Exports(state, Targets.beside(tmp_path / "r.jsonl"), {}, "out")
    assert exports.rules() == (1, 1)
    assert [fixture.written for fixture in exports.fixtures()] == [True]
    assert exports.labels() == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.fixtures", "r.labels.jsonl", "r.rules.toml"]
    with pytest.raises(UsageError, match="give a verdict first"):
        state.history.clear()
        exports.fixture(one.id)


def test_a_page_of_a_run_becomes_a_fixture_with_its_own_source(reviewed_run, tmp_path):
    with open_review(Asked(reviewed_run, tmp_path / "r.jsonl"), lambda _: None) as review:
        pages = [review.item(number) for number in range(review.progress()["of"])]
        page = next(one for one in pages if one["document"]["kind"] == "html" and one["kind"] == "removal")
        review.give({"item": page["id"], "verdict": "right"})
        review.export("fixture", page["id"])
    (case,) = (tmp_path / "r.fixtures").glob("*/*/case.toml")
    source = (reviewed_run.parent / "in" / page["document"]["id"]).read_bytes()
    assert (case.parent / "source.html").read_bytes() == source
    truth, _, result = run(case.parent)
    check_truth(truth, result)
