"""Policy: who may remove what. Findings are made by hand here; no detector runs."""

from dataclasses import replace

import pytest

from cleaner.blocks import text_document
from cleaner.decide import decide
from cleaner.model import Category, Finding, Strength, apply_removals
from cleaner.options import Options

TEXT = "A headline stands here\n\nThe first paragraph of the story has a good many words in it, as they do.\n\nShare\n\nThe last one."
DOCUMENT = text_document(TEXT)


def claim(index, strength, rule="share.en.x", category=Category.SHARE, start=0, end=None):
    block = DOCUMENT.blocks[index]
    return Finding(
        category, rule, strength, block.start + start, block.start + end if end else block.end, f"said by {rule}"
    )


def cleaned(*claims, **options):
    verdict = decide(DOCUMENT, claims, Options(**options))
    return apply_removals(TEXT, verdict.removals), verdict


def test_a_strong_claim_removes_alone_and_takes_its_line_break():
    text, verdict = cleaned(claim(2, Strength.STRONG))
    assert text == TEXT.replace("Share\n\n", "")
    assert verdict.removals[0].reason == "strong share: said by share.en.x"


@pytest.mark.parametrize(("preset", "goes"), [("careful", False), ("balanced", False), ("thorough", True)])
def test_a_medium_claim_needs_a_second_voice(preset, goes):
    text, verdict = cleaned(claim(2, Strength.MEDIUM), preset=preset)
    assert ("Share" not in text) is goes
    assert bool(verdict.spared) is not goes


@pytest.mark.parametrize(("preset", "goes"), [("careful", False), ("balanced", True), ("thorough", True)])
def test_what_the_scorer_alone_is_sure_of_stays_when_careful(preset, goes):
    scored = claim(2, Strength.STRONG, "share.structure.scored")
    text, verdict = cleaned(scored, preset=preset)
    assert ("Share" not in text) is goes
    assert bool(verdict.spared) is not goes
    assert "Share" not in cleaned(scored, claim(2, Strength.MEDIUM), preset=preset)[0]


@pytest.mark.parametrize(("preset", "goes"), [("careful", False), ("balanced", False), ("thorough", True)])
def test_short_lines_that_the_scorer_is_not_sure_of_go_when_thorough(preset, goes):
    low = claim(2, Strength.MEDIUM, "share.structure.scored-low")
    assert ("Share" not in cleaned(low, preset=preset)[0]) is goes
    alone, seconded = (cleaned(*claims, preset=preset)[0] for claims in ((), (low, claim(2, Strength.WEAK))))
    assert ("Share" not in seconded) is goes  # it seconds nobody either
    assert "Share" in alone


def test_medium_and_weak_together_suffice_when_balanced():
    text, verdict = cleaned(claim(2, Strength.MEDIUM), claim(2, Strength.WEAK, "share.structure.y"))
    assert "Share" not in text
    assert "seconded by share.structure.y" in verdict.removals[0].reason


def test_one_rule_is_one_voice_however_often_it_speaks():
    text, verdict = cleaned(claim(2, Strength.MEDIUM), claim(2, Strength.MEDIUM))
    assert text == TEXT
    assert "asks for 3 votes, heard 2" in verdict.spared[0].because


def test_a_weak_claim_never_widens_what_a_strong_one_takes():
    text, _ = cleaned(claim(1, Strength.STRONG, start=0, end=9), claim(1, Strength.WEAK, "share.en.y"))
    assert text == TEXT.replace("The first ", "")


def test_the_last_line_stays_the_last():
    text, _ = cleaned(claim(3, Strength.STRONG))
    assert text == TEXT.removesuffix("\n\nThe last one.")


def test_the_last_line_stays_the_last_where_claims_overlap():
    both = replace(claim(2, Strength.STRONG), end=DOCUMENT.blocks[3].end)
    text, _ = cleaned(claim(1, Strength.STRONG), both, claim(3, Strength.STRONG, "comments.structure.y"))
    assert text == "A headline stands here"


def test_all_lines_may_go():
    text, _ = cleaned(*(claim(i, Strength.STRONG) for i in range(4)))
    assert text == ""


def test_article_parts_stay_unless_the_options_drop_them():
    standfirst = claim(1, Strength.STRONG, "standfirst.en.x", Category.STANDFIRST)
    text, verdict = cleaned(standfirst)
    assert text == TEXT
    assert verdict.spared[0].because == "standfirst is part of the article"
    assert "first paragraph" not in cleaned(standfirst, actions={"standfirst": "drop"})[0]


def test_the_options_keep_a_category():
    text, verdict = cleaned(claim(2, Strength.STRONG), actions={"share": "keep"})
    assert text == TEXT
    assert verdict.spared[0].because == "the options keep share"


def test_the_budget_counts_what_two_claims_take_once():
    strong = [claim(1, Strength.STRONG), claim(1, Strength.STRONG, "share.en.y", start=4, end=60)]
    weaker = [claim(2, Strength.MEDIUM), claim(2, Strength.WEAK, "share.structure.y")]
    share = len("Share") / (len(TEXT) - len(DOCUMENT.blocks[1].text))
    assert not cleaned(*strong, *weaker, budget=1.01 * share)[1].over_budget
    assert cleaned(*strong, *weaker, budget=0.99 * share)[1].over_budget


def test_the_budget_spares_the_weaker_claims_only():
    claims = [claim(2, Strength.STRONG)] + [
        claim(i, s, f"ui.en.{s}") for i in (0, 1) for s in (Strength.MEDIUM, Strength.WEAK)
    ]
    text, verdict = cleaned(*claims)
    assert verdict.over_budget
    assert "Share" not in text
    assert "The first paragraph" in text
    assert all("over budget" in spared.because for spared in verdict.spared)


def test_words_name_a_removal_before_places_do():
    _, verdict = cleaned(claim(2, Strength.STRONG, "other.structure.a", Category.OTHER), claim(2, Strength.STRONG))
    assert verdict.removals[0].category is Category.SHARE


@pytest.mark.parametrize(
    ("text", "start", "end", "left"),
    [
        ("One sentence. Read more: that. Another one.", 14, 30, "One sentence. Another one."),
        ("One sentence. (photo credit: X)", 14, 31, "One sentence."),
        ("(photo credit: X) One sentence.", 0, 17, "One sentence."),
    ],
)
def test_a_stretch_leaves_no_double_space(text, start, end, left):
    document = text_document(text)
    found = Finding(Category.RELATED, "related.en.x", Strength.STRONG, start, end, "said so")
    assert apply_removals(text, decide(document, [found], Options()).removals) == left
