"""The user's own rules: what they order happens, whatever anybody else says; what is wrong with a file is said at once."""

import json
import pickle
import re

import pytest

import cleaner
from cleaner import Options
from cleaner.audit import audit_record, digest
from cleaner.batch import RECORD_FOLDER, run_batch
from cleaner.errors import UsageError
from cleaner.model import Category
from cleaner.rules import load_rules
from cleaner.rules.user import RuleFile, user_matcher
from tests.conftest import ROOT
from tests.invariants import check_invariants
from tests.test_batch import tree
from tests.test_html import URL, page
from tests.test_html import lines as lines_of
from tests.test_scorer import STORY
from tests.warm import run_cleaner

SHORT = "It had been closed for a year."
TEXT = f"{STORY[0]}\n\nAdvertisement\n\n{SHORT}\n\nHarbour Post exclusive\n\n{STORY[2]}\n"


def rule(id, phrase, **more):
    """One rule in TOML."""
    said = {"id": id, "why": "A test.", "category": "ui", "phrases": [phrase], "hits": [phrase]} | more
    return "\n".join(["[[rule]]", *(f"{key} = {json.dumps(value)}" for key, value in said.items() if value), ""])


def protect(id, phrase, **more):
    return rule(id, phrase, action="protect", category=None, **more)


@pytest.fixture
def options(tmp_path):
    """Options whose rules are the given ones."""

    def make(*rules, **more):
        path = tmp_path / "mine.toml"
        path.write_text("\n".join(rules), encoding="utf-8")
        return Options(rules=path, **more)

    return make


def cleaned(text, options, kind="text"):
    result = cleaner.clean(text, kind=kind, url=URL, options=options)
    check_invariants(result, options)
    return result


# What is removed.


def test_a_rule_removes_what_nobody_else_would(options):
    result = cleaned(TEXT, options(rule("exclusive", "harbour post exclusive")))
    assert result.text == f"{STORY[0]}\n\n{SHORT}\n\n{STORY[2]}\n"
    mine = [removal for removal in result.removals if removal.rule == "exclusive"]
    assert [(r.category, r.score, r.text) for r in mine] == [(Category.UI, 1.0, "Harbour Post exclusive\n\n")]
    assert mine[0].reason == "always removed, says mine.toml: Harbour Post exclusive"


def test_a_stretch_goes_and_the_paragraph_stays(options):
    text = TEXT.replace(SHORT, f"{SHORT} Story number 4711.")
    pattern = {"phrases": None, "pattern": "story number \\d{1,9}\\.", "keys": ["number"], "extent": "match"}
    result = cleaned(text, options(rule("number", "Story number 12.", **pattern)))
    assert SHORT in lines_of(result.text)


QUOTED = "“Please subscribe to our newsletter,” she says to every customer who comes into the shop."
LISTED = "• Save your receipt\n\n• Share\n\n• Bring your passport\n\n• Write your name on both"
ABOUT = [f"The newsletter had told them so. {text}" for text in STORY]


@pytest.mark.parametrize(
    ("text", "phrase", "guard"),
    [
        (f"{STORY[0]}\n\n{QUOTED}\n\n{STORY[1]}", "subscribe to our newsletter", "quote"),
        (f"{STORY[0]}\n\n{LISTED}\n\n{STORY[1]}", "Share", "one item of a list"),
        (
            "\n\n".join([*ABOUT[:3], "Just subscribe to our newsletter and you will hear of it first.", *ABOUT[3:]]),
            "subscribe to our newsletter",
            "about",
        ),
    ],
    ids=["in quotes", "in a list", "what the story is about"],
)
def test_no_guard_refuses_a_user(options, text, phrase, guard):
    line = next(line for line in lines_of(text) if phrase.lower() in line.lower())
    before = cleaned(text, Options())
    assert line in lines_of(before.text)
    assert any(guard in claim.because for claim in before.spared)
    assert line not in lines_of(cleaned(text, options(rule("mine", phrase))).text)


def test_neither_budget_nor_actions_nor_preset_refuse_a_user(options):
    order = rule("story", "the", category="crosshead", max_words=200, hits=["The end"])
    result = cleaned(TEXT, options(order, budget=0, preset="careful", actions={"crosshead": "keep"}))
    assert lines_of(result.text) == [SHORT, "Harbour Post exclusive"]
    assert result.flags == frozenset()


def test_what_a_user_removes_fills_its_field(options):
    text = TEXT.replace("Harbour Post exclusive", "Reported from the bridge: Ana Ruiz")
    result = cleaned(text, options(rule("reporter", "Reported from the bridge", category="byline")))
    assert "Ana Ruiz" in result.byline


def test_a_longer_block_than_max_words_is_left_alone(options):
    result = cleaned(TEXT, options(rule("ferries", "the ferries have stopped")))
    assert STORY[0] in result.text


# What is protected.


def test_a_protected_block_stays_whoever_claims_it(options):
    result = cleaned(TEXT, options(protect("ad-label", "Advertisement")))
    assert result.text == TEXT
    assert "advertisement.en.label" in {claim.finding.rule for claim in result.spared}
    assert {claim.because for claim in result.spared} == {"protected by ad-label (mine.toml)"}


def test_a_protected_paragraph_stays_at_any_length(options):
    order = protect("ferries", "the ferries have stopped")
    both = options(order, rule("story", "voted on Tuesday night", max_words=200))
    result = cleaned(TEXT, both)
    assert STORY[0] in result.text
    assert [c.because for c in result.spared if c.finding.rule == "story"] == ["protected by ferries (mine.toml)"]
    assert STORY[0] not in cleaned(TEXT, options(rule("story", "voted on Tuesday night", max_words=200))).text


def test_a_protected_stretch_stays_and_the_rest_of_its_block_can_go(options):
    line = "The bridge at dusk, seen from the southern bank in May (photo credit: Ana Ruiz) (photo credit: City of Northport)"
    text = TEXT.replace(SHORT, line)
    result = cleaned(text, options(protect("ana", "(photo credit: Ana Ruiz)", extent="match")))
    assert "(photo credit: Ana Ruiz)" in result.text
    assert "City of Northport" not in result.text


def test_a_claim_on_the_block_is_refused_where_a_stretch_of_it_is_protected(options):
    result = cleaned(
        TEXT.replace("Advertisement", "Advertisement »"),
        options(protect("sign", "»", extent="match", hits=["a »"], phrases=None, pattern='"$', keys=['"'])),
    )
    assert "Advertisement »" in result.text


def test_what_the_scorer_claims_is_protected(options):
    tail = ["Weather", "Tide tables", "Ferry webcam", "Classifieds", "Reader offers", "Puzzles"]
    text = "\n\n".join([*STORY, *tail])
    before = cleaned(text, Options(preset="thorough"))
    gone = [line for line in tail if line not in lines_of(before.text)]
    assert gone
    orders = [protect(f"tail-{n}", line, at="whole") for n, line in enumerate(tail)]
    result = cleaned(text, options(*orders, preset="thorough"))
    assert lines_of(result.text) == lines_of(text)


# Pages.


def test_a_page_keeps_what_is_protected_outside_its_main_content(options):
    order = protect("imprint", "Imprint", at="whole")
    source = page(below="<footer><p>About us</p><p>Imprint</p><p>Contact</p></footer>").replace(
        "<footer><p>Imprint</p></footer>", ""
    )
    assert "Imprint" not in cleaned(source, Options(), "html").text
    result = cleaned(source, options(order), "html")
    assert lines_of(result.text) == [*STORY, "Imprint"]
    spared = {result.document.text[c.finding.start : c.finding.end] for c in result.spared if "imprint" in c.because}
    assert spared == {"Imprint"}


def test_a_protected_stretch_keeps_its_block_on_a_page(options):
    source = page(
        inside="<figure><img src=/b.jpg><figcaption>The old bridge in May. Photo: Ana Ruiz</figcaption></figure>"
    )
    caption = "The old bridge in May. Photo: Ana Ruiz"
    assert caption not in cleaned(source, Options(), "html").text
    assert caption in cleaned(source, options(protect("ana", "Photo: Ana Ruiz", extent="match")), "html").text


def test_a_page_loses_what_its_user_removes(options):
    source = page(story=[*STORY[:2], "Harbour Post exclusive", *STORY[2:]])
    result = cleaned(source, options(rule("exclusive", "Harbour Post exclusive")), "html")
    assert lines_of(result.text) == STORY
    assert "exclusive" in {removal.rule for removal in result.removals}


# The options and the record.


def test_without_rules_nothing_changes(options):
    source = page(inside="<p>Advertisement</p>")
    for text, kind in ((TEXT, "text"), (source, "html")):
        assert cleaner.clean(text, kind=kind, options=options()) == cleaner.clean(text, kind=kind)


def test_the_record_names_file_and_rule(options):
    chosen = options(rule("exclusive", "Harbour Post exclusive"), protect("ad-label", "Advertisement"))
    record = audit_record(cleaned(TEXT, chosen), chosen)
    text = chosen.rule_files[0].text
    assert record["options"]["rules"] == [{"file": "mine.toml", "sha256": digest(text)}]
    assert [(r["rule"], "mine.toml" in r["reason"]) for r in record["removals"]] == [("exclusive", True)]
    assert record["spared"][0]["because"] == "protected by ad-label (mine.toml)"
    assert audit_record(cleaner.clean(TEXT), Options())["options"]["rules"] == []


def test_the_options_carry_the_rules_themselves(options, tmp_path):
    chosen = options(rule("exclusive", "Harbour Post exclusive"))
    (tmp_path / "mine.toml").unlink()
    again = pickle.loads(pickle.dumps(chosen))  # noqa: S301
    assert again == chosen
    assert hash(again.rules) == hash(chosen.rules)
    assert cleaner.Cleaner(again)(TEXT).text == cleaner.clean(TEXT, options=chosen).text
    assert user_matcher(again.rule_files) is user_matcher(chosen.rule_files)


def test_a_changed_file_takes_new_options(options):
    assert "exclusive" not in cleaner.clean(TEXT, options=options(rule("mine", "Harbour Post exclusive"))).text
    assert "exclusive" in cleaner.clean(TEXT, options=options(rule("mine", "Harbour Post extra"))).text


def test_several_files(tmp_path):
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(rule("exclusive", "Harbour Post exclusive"))
    two.write_bytes(b"\xef\xbb\xbf" + protect("ad", "Advertisement").replace("\n", "\r\n").encode())
    result = cleaner.clean(TEXT, options=Options(rules=[str(one), two]))
    assert result.text == TEXT.replace("Harbour Post exclusive\n\n", "")


def test_the_category_may_stand_at_the_top(options):
    result = cleaned(TEXT, options('category = "newsletter"', rule("mine", "Harbour Post exclusive", category=None)))
    assert Category.NEWSLETTER in {removal.category for removal in result.removals}


# Files that are wrong.

GOOD = rule("mine", "Join the club", misses=["He will join the other club."])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('hits = ["Join the club"]', 'hits = ["Join our club"]'), "mine: does not fire on its hit 'Join our club'"),
        (("He will join the other club.", "Will you join the club?"), "mine: fires on its miss 'Will you join"),
        (('why = "A test."', ""), "rule 'mine': 'why' is missing or empty"),
        (('why = "A test."', "why = 3"), "rule 'mine': 'why' is a string"),
        (('phrases = ["Join the club"]', 'phrases = "Join the club"'), "rule 'mine': 'phrases' is a list of strings"),
        (('why = "A test."', 'why = "x"\nmax_words = "ten"'), "rule 'mine': 'max_words' is a whole number"),
        (('category = "ui"', ""), "rule 'mine': say what it removes: 'category'"),
        (('category = "ui"', 'category = "newsleter"'), "category 'newsleter' is not known, did you mean 'newsletter'?"),
        (('category = "ui"', 'category = "ui"\naction = "protekt"'), "did you mean 'protect'?"),
        (('category = "ui"', 'category = "ui"\nstrength = "weak"'), "a user's rule is an order and always acts"),
        (('category = "ui"', 'categorie = "ui"'), "unknown key 'categorie', did you mean 'category'?"),
        (('"mine"', '"my rule"'), "an id holds letters, digits"),
        (('"mine"', '"ui.structure.mine"'), "not '.structure.'"),
        (('"mine"', f'"{load_rules()[0].id}"'), "a rule of the package has this id already; choose another"),
        (('phrases = ["Join the club"]', "pattern = 'join.*club'\nkeys = ['club']"), "instead of * or +"),
        (('phrases = ["Join the club"]', "pattern = '(?=join)'\nkeys = ['join']"), "outside the RE2 subset"),
        (('phrases = ["Join the club"]', "pattern = 'join{1,99999999999}'\nkeys = ['join']"), "no regular expression"),
        (('phrases = ["Join the club"]', "pattern = '(join'\nkeys = ['join']"), "no regular expression"),
        (('phrases = ["Join the club"]', "pattern = 'join the club'\nkeys = ['the club']"), "the key 'the club' can stand"),
        (('phrases = ["Join the club"]', "pattern = 'join the club'\nkeys = ['Club']"), "the key 'Club' can stand"),
        (('phrases = ["Join the club"]', "pattern = 'join the club'\nkeys = ['clubs']"), "none of the keys stands in it"),
        (('phrases = ["Join the club"]', "pattern = 'Join the club'\nkeys = ['club']"), "compared as 'join the club'"),
        (('phrases = ["Join the club"]', 'phrases = ["***"]\nat = "whole"'), "nothing is left of a phrase"),
        (('phrases = ["Join the club"]', 'phrases = ["• Join the club"]\nat = "start"'), "can never match: at = 'start'"),
        (('hits = ["Join the club"]', f'hits = ["Join the club {"and " * 50}"]'), "more than max_words = 40"),
        (('hits = ["Join the club"]', 'hits = ["Join\\nthe club"]'), "one line at a time"),
        (("[[rule]]", "[[rules]]"), "only [[rule]] tables are allowed, and 'category' above them; found ['rules']"),
        (("[[rule]]", "[rule]"), "under [[rule]] in double brackets"),
        (("[[rule]]", "[[rule]"), "cannot be read as TOML"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_name(options, change, message):
    assert change[0] in GOOD
    with pytest.raises(UsageError) as caught:
        options(GOOD.replace(*change))
    assert str(caught.value).startswith("mine.toml: ")
    assert message in str(caught.value)


def test_an_id_stands_for_one_rule(options):
    with pytest.raises(UsageError, match=r"rule 'mine': a rule of mine\.toml has this id already"):
        options(GOOD, GOOD)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match=r"there is no rule file .*none\.toml"):
        Options(rules=tmp_path / "none.toml")
    with pytest.raises(UsageError, match="cannot be read"):
        Options(rules=tmp_path)
    (tmp_path / "old.toml").write_bytes("why = 'Für'".encode("latin-1"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        Options(rules=tmp_path / "old.toml")


def test_the_packs_are_files_that_a_user_can_start_from(options):
    packed = [r for r in load_rules() if r.strength == "strong" and r.category is Category.NEWSLETTER and not r.pattern]
    orders = [
        rule(
            f"my.{r.id}",
            None,
            phrases=list(r.phrases),
            hits=list(r.hits),
            misses=list(r.misses),
            at=r.at,
            max_words=r.max_words,
            extent=r.extent,
        )
        for r in packed
    ]
    assert len(options(*orders).rule_files) == 1


def test_the_example_of_the_documentation_is_right(options):
    told = (ROOT / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
    example = re.search(r"```toml[^\n]*\n(category = .*?)```", told, re.DOTALL)
    assert len(user_matcher(options(example.group(1)).rule_files).rules) == 2


def test_a_line_made_to_be_slow_takes_its_length(options):
    orders = [protect("a", "aa aa", extent="match"), rule("b", "bb bb", extent="match")]
    line = "aa aa x bb bb y " * 20_000
    result = cleaner.clean(f"{STORY[0]}\n{line}\n{STORY[1]}", options=options(*orders))
    assert "aa aa" in result.text
    assert "bb bb" not in result.text


# The command line.


def run(*arguments, stdin=TEXT):
    return run_cleaner(*arguments, input=stdin, encoding="utf-8")


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    orders = [rule("exclusive", "Harbour Post exclusive"), protect("ad-label", "Advertisement")]
    path.write_text("\n".join(orders), encoding="utf-8")
    return path


def test_clean_and_explain_take_rules(mine):
    assert run("clean", "-", "--rules", mine).stdout == TEXT.replace("Harbour Post exclusive\n\n", "")
    explained = run("explain", "-", "--rules", mine).stdout
    assert "always removed, says mine.toml" in explained
    assert "protected by ad-label (mine.toml)" in explained


def test_batch_gives_the_same_bytes_with_any_number_of_workers(mine, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(20):
        (folder / f"{n}.txt").write_text(TEXT.replace("Tuesday", f"day {n}"), encoding="utf-8")
    (folder / "page.html").write_text(page(inside="<p>Harbour Post exclusive</p>"), encoding="utf-8")
    done = run("batch", folder, tmp_path / "two", "--rules", mine, "--workers", 2)
    assert done.returncode == 0, done.stderr
    run_batch(folder, tmp_path / "one", Options(rules=mine))
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    written = tree(tmp_path / "two")
    assert written["7.txt"].decode() == TEXT.replace("Tuesday", "day 7").replace("Harbour Post exclusive\n\n", "")
    assert b"exclusive" not in written["page.txt"]
    assert written[f"{RECORD_FOLDER}/audit.jsonl"].count(b'"rule": "exclusive"') == 21


@pytest.mark.parametrize("command", [("clean", "-"), ("explain", "-"), ("batch", "in", "out")], ids=lambda c: c[0])
def test_a_bad_file_stops_a_command_before_it_starts(mine, tmp_path, command):
    mine.write_text(GOOD.replace("He will join", "You will join the club, and"), encoding="utf-8")
    done = run(*command, "--rules", mine)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cleaner: mine.toml: mine: fires on its miss")
    assert run(*command, "--rules", tmp_path / "none.toml").returncode == 2


def test_rules_commands_take_a_file(mine):
    assert run("rules", "list", "--rules", mine).stdout == "exclusive\tremove\tA test.\nad-label\tprotect\tA test.\n"
    assert "action:   protect the block" in run("rules", "show", "ad-label", "--rules", mine).stdout
    assert "did you mean 'ad-label'?" in run("rules", "show", "ad-labl", "--rules", mine).stderr
    assert run("rules", "test", "--rules", mine).stdout == "2 rules, 2 examples, 0 faults\n"
    mine.write_text(GOOD.replace("He will join", "You will join the club, and"), encoding="utf-8")
    tested = run("rules", "test", "--rules", mine)
    assert (tested.returncode, "mine.toml: mine: fires on its miss" in tested.stdout) == (1, True)


def test_the_fault_that_is_told_says_how_many_others_there_are():
    faulty = GOOD.replace('hits = ["Join the club"]', 'hits = ["Join", "Club"]')
    with pytest.raises(UsageError, match=r"and 1 more: 'cleaner rules test --rules FILE' lists them"):
        Options(rules=[RuleFile("mine.toml", faulty)])
