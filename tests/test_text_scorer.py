"""The line scorer of text mode: what it sees, what it says, and what it must not take."""

from hashlib import sha256

import numpy as np
import pytest

import cleaner
from cleaner.blocks import text_document
from cleaner.detectors import scored
from cleaner.detectors.heard import Heard
from cleaner.text_features import CLAIMS, NUMBERS, read_lines
from cleaner.text_scorer import CATEGORIES, WEIGHTS, load_line_weights, name_lines, score_lines, weigh_lines
from tests.conftest import ROOT, digests
from tests.test_scorer import MENU, STORY

PATH = ROOT / "cleaner" / "weights" / WEIGHTS
JAPANESE = [
    "市議会は火曜日の夜、費用をめぐる長い議論の末に、古い港の橋を架け替えることを決めた。工事は秋に始まる。",
    "「十年待ちました」と橋の近くで店を営む女性は話した。「役所が約束を覚えているとは思いませんでした」",
    "橋は三年前、洪水のあとで橋脚が動いているのを技術者が見つけて以来、閉鎖されている。",
]


def read(lines, claims=None, address="", language="en"):
    claims = np.zeros((len(lines), len(CLAIMS)), np.float32) if claims is None else claims
    return read_lines(lines, claims, address, language)


def column(features, name):
    return features.numbers[:, NUMBERS.index(name)].tolist()


@pytest.mark.parametrize(
    "lines",
    [
        STORY,
        ["x"],
        ["1", "2"],
        ["—", "...", "😀"],
        JAPANESE,
        [f"{'long' * 10_000}"],
        ["word " * 10_000],
        STORY * 200,
        ["\u0301\u200b", "One"],
    ],
)
@pytest.mark.parametrize("language", [None, "en", "ja", "xx"])
def test_every_number_is_a_number(lines, language):
    features = read(lines, language=language)
    assert features.numbers.shape == (len(lines), len(NUMBERS))
    assert np.isfinite(features.numbers).all()
    scores = score_lines(features)
    assert ((scores.residue >= 0) & (scores.residue <= 1)).all()
    every = np.arange(len(lines))
    assert len(name_lines(features, scores, every)) == len(weigh_lines(scores, every)) == len(lines)


def test_numbers_say_what_their_names_say():
    claims = np.zeros((4, len(CLAIMS)), np.float32)
    claims[3, CLAIMS.index("medium wording")] = 1
    features = read([STORY[0], "Bridge", STORY[1], "Bridge"], claims, "bridge harbour")
    assert column(features, "prose") == [1, 0, 1, 0]
    assert column(features, "is a copy") == [0, 0, 0, 1]
    assert column(features, "has the address")[1] == 0.5
    assert column(features, "of the address")[1] == 1
    assert column(features, "words of the story")[1] == 1
    assert column(features, "medium wording") == [0, 0, 0, 1]
    assert column(features, "share of claimed lines") == [0.25] * 4
    assert features.above.tolist() == [0, 0, 0, 2]
    assert features.below.tolist() == [2, 2, 2, 3]


def test_the_names_of_the_numbers_differ():
    assert len(set(NUMBERS)) == len(NUMBERS)


def test_the_weights_fit_what_is_read():
    w = load_line_weights()
    assert w.mean.shape == w.scale.shape == (len(NUMBERS),)
    assert len(w.first) == len(NUMBERS) + w.words.shape[1] + w.openers.shape[1] + w.closers.shape[1]
    assert w.named.shape[1] == len(CATEGORIES)
    assert all(np.isfinite(values).all() for values in w)
    assert PATH.stat().st_size < 3_000_000


def test_the_model_card_is_about_these_weights():
    card = (ROOT / "docs" / "text-model-card.md").read_text(encoding="utf-8")
    assert sha256(PATH.read_bytes()).hexdigest() in card


def test_the_story_in_a_page_s_text_is_found():
    footer = ["Imprint", "Privacy", "© 2024 Harbour Post", "Back to top", "Newsletter", "Terms of use"]
    result = cleaner.clean("\n".join([*MENU, *STORY, *footer]), kind="text")
    kept = result.text.splitlines()
    assert [line for line in kept if line in STORY] == STORY
    assert not set(kept) & {*MENU, "Terms of use", "Back to top"}


@pytest.mark.parametrize("lines", [STORY, STORY[:1], ["One"], JAPANESE, JAPANESE[:1], ["A line", "and another"]])
def test_a_text_without_residue_stays(lines):
    text = "\n\n".join(lines)
    assert cleaner.clean(text, kind="text").text == text


def digest():
    """For :func:`digests`."""
    scores = score_lines(read([*MENU, *STORY, *JAPANESE]))
    return sha256(scores.residue.tobytes()).hexdigest()


def test_the_same_in_any_process():
    assert len(digests("tests.test_text_scorer")) == 1


def test_a_removal_says_how_likely_and_why():
    result = cleaner.clean("\n".join([*MENU, *STORY, *MENU]), kind="text")
    reasons = [r.reason for r in result.removals if r.rule.endswith(".structure.scored")]
    assert reasons
    assert all("% probability: " in reason for reason in reasons)


# Stories, a menu, and what a page tells of other stories below it: how likely each line is residue, how long it is.
SURE_STORY, SURE_MENU, TEASER = [(0.04, 300)] * 8, [(0.98, 12)] * 20, [(0.4, 50), (0.2, 140)] * 3


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (SURE_MENU + SURE_STORY + SURE_MENU + TEASER, 26),
        (SURE_MENU + SURE_STORY + SURE_MENU + SURE_STORY + SURE_MENU + TEASER, 26),  # a box in the middle
        (SURE_MENU + SURE_STORY + SURE_MENU[:3] + TEASER + SURE_STORY[:1], 0),  # three lines are no menu
        (SURE_MENU + SURE_STORY * 2 + SURE_MENU + SURE_STORY, 0),  # what comes below is too much for teasers
        (SURE_MENU + SURE_STORY + SURE_MENU + TEASER[:3], 23),
        (SURE_MENU + SURE_STORY + SURE_MENU + TEASER[:2], 20),  # perhaps the story's last lines, below a box
        (SURE_MENU + SURE_STORY + SURE_MENU + SURE_STORY[:1] + TEASER, 26),  # of that the scorer is sure
        (SURE_STORY, 0),
        (SURE_MENU, 20),
    ],
)
def test_what_stands_below_the_story_of_a_whole_page(lines, count):
    residue, lengths = (np.array(values) for values in zip(*lines, strict=True))
    below = scored._below_story(residue, lengths)
    assert np.count_nonzero(below) == count
    if count:
        assert below[np.flatnonzero(below)[0] :][:20].all()
    assert not below[residue < scored.SPARED].any()


@pytest.mark.parametrize(
    ("probability", "slugs"), [(0.2, []), (0.4, ["scored-low"]), (0.7, ["scored", "scored-low"]), (0.99, ["scored"])]
)
def test_what_a_short_line_is_claimed_as(probability, slugs, monkeypatch):
    lines = [*STORY, "Stay in touch", "And one more"]
    residue = np.array([0.02] * len(STORY) + [probability, 0.9], np.float32)
    scores = score_lines(read(lines))._replace(residue=residue)
    monkeypatch.setattr(scored, "score_lines", lambda _: scores)
    document = text_document("\n".join(lines))
    start = document.blocks[len(STORY)].start
    claims = [f for f in scored.find_scored(document, Heard(document)) if f.start == start]
    assert [claim.rule.rpartition(".")[2] for claim in claims] == slugs


@pytest.mark.parametrize(
    ("lines", "understood"),
    [
        (SURE_MENU * 2 + SURE_STORY + SURE_MENU, True),
        (SURE_MENU * 2 + SURE_STORY[:1] + [(0.99, 300)] * 30, True),  # a short story above many comments
        (SURE_MENU * 2 + [(0.9, 400)] * 30 + [(0.2, 200)], False),
        (SURE_MENU * 2 + [(0.35, 400)] * 30, False),
    ],
)
def test_a_page_in_which_no_story_stands_out_is_left_to_the_rules(lines, understood):
    residue, lengths = (np.array(values) for values in zip(*lines, strict=True))
    assert scored._understood(residue, lengths, scored.IN_PAGE) is understood


def test_texts_of_very_many_lines_are_left_to_the_rules(monkeypatch):
    text = "\n".join([*MENU, *STORY, "Advertisement", *MENU])
    monkeypatch.setattr(scored, "MAX_LINES", len(text.split("\n")))
    assert any(removal.rule.endswith(".scored") for removal in cleaner.clean(text, kind="text").removals)
    monkeypatch.setattr(scored, "MAX_LINES", len(text.split("\n")) - 1)
    result = cleaner.clean(text, kind="text")
    assert "Advertisement" not in result.text
    assert not any(removal.rule.endswith(".scored") for removal in result.removals if removal.findings)
