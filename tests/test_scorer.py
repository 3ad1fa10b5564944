"""The learned scorer: its weights fit the package, and its scores are the same wherever they are worked out."""

import os
import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest

from cleaner.features import HASH_BITS, LEVELS, NUMBERS, TAGS, read_features
from cleaner.scorer import CATEGORIES, WEIGHTS, load_weights, score_blocks
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
    return sha256(scores.story.tobytes() + scores.categories.tobytes()).hexdigest()


def test_the_weights_fit_what_is_read():
    w = load_weights()
    assert w.mean.shape == w.scale.shape == (len(NUMBERS),)
    assert {len(table) for table in (w.words, w.openers, w.closers, w.names)} == {1 << HASH_BITS}
    assert len(w.tags) == len(TAGS) + 1
    own = sum(table.shape[1] for table in (w.words, w.openers, w.closers))
    around = (LEVELS + 1) * (w.names.shape[1] + w.tags.shape[1])
    assert len(w.first) == len(NUMBERS) + own + around
    assert len(w.second) % w.first.shape[1] == 0
    assert len(w.out) == w.second.shape[1]
    assert w.out.shape[1] == len(w.out_bias) == 1 + len(CATEGORIES)
    assert all(np.isfinite(values).all() for values in w)


def test_the_weights_are_small():
    assert PATH.stat().st_size < 3_000_000


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
    assert scores.categories.shape == (len(scores.story), len(CATEGORIES))
    assert np.isfinite(scores.categories).all()


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
