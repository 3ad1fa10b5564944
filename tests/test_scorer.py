"""The learned scorer: its weights fit the package, and its scores are the same wherever they are worked out."""

import os
import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest

from cleaner.features import LEVELS, NONE, NUMBERS, TAGS, read_features
from cleaner.scorer import (
    CATEGORIES,
    NAMING_NAMES,
    NAMING_WORDS,
    STORY_NAMES,
    STORY_WORDS,
    WEIGHTS,
    WORD_INPUTS,
    load_weights,
    mean_of_alike,
    name_blocks,
    score_blocks,
    sum_around,
    weigh,
)
from cleaner.segment import segment
from tests.conftest import ROOT

PATH = ROOT / "cleaner" / "weights" / WEIGHTS
MENU = ["Home", "News", "Business", "Sport", "Culture", "Weather", "Contact"]
STORY = [
    "The council voted on Tuesday night to rebuild the old harbour bridge after a long debate about its cost, and the work will begin in the autumn, when the ferries have stopped for the year and the river is low enough for the divers.",
    "“We have waited ten years for this,” said Ana Ruiz, who owns a shop near the northern end of the bridge and crosses the river twice a day, “and I had almost stopped believing that anyone in the town hall remembered what they had promised.”",
    "It was closed three years ago, when engineers found that two of its piers had moved after a flood, and since then ferries have carried pupils, workers and tourists from one bank to the other, often in the fog and always at a loss.",
    "The opposition had asked for a tunnel instead, which would have cost twice as much and taken eight years to dig, but three of its members voted with the mayor in the end because the ferry company is giving up its licence in December.",
    "Divers will look at the foundations first, the city’s chief engineer told the council, and if they find them as sound as the last report says they are, the new deck could be lifted into place within eighteen months of that day.",
]
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Council votes to rebuild the bridge</title></head><body>
<nav class="main-menu"><ul>{"".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in MENU)}</ul></nav>
<article><h1>Council votes to rebuild the bridge</h1>{"".join(f"<p>{text}</p>" for text in STORY)}</article>
<footer class="site-footer"><p><a href="/imprint">Imprint</a></p><p>© Harbour Post</p></footer></body></html>"""
META = {"title": "Council votes to rebuild the bridge", "language": "en"}


def score(page=PAGE):
    return score_blocks(read_features(segment(page.encode()), META))


def digest():
    scores = score()
    names = name_blocks(read_features(segment(PAGE.encode()), META), scores)
    return sha256(scores.story.tobytes() + " ".join(names).encode()).hexdigest()


def test_the_weights_fit_what_is_read():
    w = load_weights()
    assert w.least.shape == w.most.shape == w.mean.shape == w.scale.shape == (len(NUMBERS),)
    assert {len(table) for table in (w.words, w.openers, w.closers, w.names)} == {NONE + 1}
    assert not any(table[NONE].any() for table in (w.words, w.openers, w.closers, w.names)), "nothing says nothing"
    assert (w.words.shape[1], w.names.shape[1]) == (STORY_WORDS + NAMING_WORDS, STORY_NAMES + NAMING_NAMES)
    assert len(w.tags) == len(TAGS) + 1
    assert len(w.first) == len(NUMBERS) + WORD_INPUTS + (LEVELS + 1) * (STORY_NAMES + w.tags.shape[1])
    assert len(w.naming) == len(w.first) + NAMING_WORDS + (LEVELS + 1) * NAMING_NAMES
    assert len(w.second) % w.first.shape[1] == len(w.named) % w.naming.shape[1] == 0
    assert w.out.shape == (w.second.shape[1], 1)
    assert w.named.shape[1] == len(w.named_bias) == len(CATEGORIES)
    assert all(np.isfinite(values).all() for values in w)


def test_the_weights_are_small():
    assert PATH.stat().st_size < 4_000_000


def test_the_model_card_is_about_these_weights():
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    assert sha256(PATH.read_bytes()).hexdigest() in card


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        "x",
        "<p>1</p><p>2</p>",
        "<p>市議会は橋を架け替えることを決めた。</p>",
        f"<p>{'long' * 10_000}</p>",
        f"{'<div>' * 200}{STORY[0]}",
        f"<p>{STORY[0]}</p>" * 1_000,
    ],
)
def test_scores_are_probabilities(page):
    scores = score(page)
    assert len(scores.story) == len(segment(page.encode()).pieces) > 0
    assert ((scores.story >= 0) & (scores.story <= 1)).all()
    features = read_features(segment(page.encode()), META)
    assert len(name_blocks(features, scores)) == len(scores.story)
    assert len(weigh(scores, np.arange(len(scores.story)))) == len(scores.story)


def test_the_sum_around_is_that_over_all_ancestors():
    parents = np.array([0, 0, 1, 1, 3, 0, 5, 6])
    ends = np.array([8, 5, 3, 5, 5, 8, 8, 8])
    held = np.random.default_rng(1).random((8, 3)).astype(np.float32)

    def naive(container):
        return held[container] + (naive(parents[container]) if container else 0)

    asked = np.arange(8)
    assert np.allclose(sum_around(held, ends, asked), [naive(container) for container in asked], atol=1e-5)


def test_the_mean_of_alike_is_that_of_each_kind():
    kinds = np.array([2, 0, 2, 1, 0, 2])
    values = np.random.default_rng(1).random((6, 2)).astype(np.float32)
    wanted = [values[kinds == kind].mean(axis=0) for kind in kinds]
    assert np.allclose(mean_of_alike(values, kinds), wanted)


def test_a_simple_page_is_told_apart():
    story = score().story.tolist()
    assert all(value < 0.5 for value in story[: len(MENU)])
    paragraphs = story[len(MENU) + 1 :][: len(STORY)]
    assert all(value > 0.5 for value in paragraphs)
    assert all(value < 0.5 for value in story[-2:])


def test_the_same_bytes_twice_and_in_another_process():
    def elsewhere(seed):
        return subprocess.run(
            [sys.executable, "-c", "from tests.test_scorer import digest; print(digest())"],
            capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout.strip()  # fmt: skip

    assert [digest(), elsewhere("0"), elsewhere("77")] == [digest()] * 3
