"""The learned scorer: its weights fit the package, and its scores are the same wherever they are worked out."""

from hashlib import sha256

import numpy as np
import pytest

from cleaner.features import LEVELS, NUMBERS, TAGS, read_features
from cleaner.hashing import NONE
from cleaner.scorer import (
    CATEGORIES,
    NAMING_NAMES,
    NAMING_WORDS,
    STORY_NAMES,
    STORY_WORDS,
    WEIGHTS,
    WORD_INPUTS,
    Weights,
    load_weights,
    mean_of_alike,
    name_blocks,
    score_blocks,
    sum_around,
    weigh,
)
from cleaner.segment import segment
from tests.conftest import ROOT, digests

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
    """For :func:`digests`."""
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
    for asked in (np.arange(len(scores.story)), np.zeros(0, np.int64)):
        assert len(weigh(scores, asked)) == len(asked)


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_around_is_that_over_all_ancestors(seed):
    rng = np.random.default_rng(seed)
    open_, parents, ends = [0], [0], np.ones(30, int)
    for number in range(1, 30):
        open_ = [*open_[: rng.integers(1, len(open_) + 1)], number]
        parents.append(open_[-2])
        ends[open_] = number + 1
    held = rng.random((30, 3)).astype(np.float32)

    def naive(container):
        return held[container] + (naive(parents[container]) if container else 0)

    asked = rng.permutation(30)
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


def only(column, **tables):
    """Weights that see nothing but one input, and take it for a sign against the story."""
    w = Weights(*map(np.zeros_like, load_weights()))
    w = w._replace(least=w.least - 9, most=w.most + 9, scale=w.scale + 1)
    w.first[column, 0] = 1
    w.second[0, 0] = 1
    w.out[0, 0] = -1
    for name, value in tables.items():
        getattr(w, name)[:, 0] = value
    return w


@pytest.mark.parametrize(
    ("column", "tables", "said"),
    [
        (NUMBERS.index("words"), {}, "its shape"),
        (NUMBERS.index("link share"), {}, "its links"),
        (NUMBERS.index("place"), {}, "its place on the page"),
        (NUMBERS.index("container 1: links"), {}, "what its container holds"),
        (NUMBERS.index("page blocks"), {}, "the kind of page"),
        (len(NUMBERS), {"words": 1}, "its words"),
        (len(NUMBERS) + STORY_WORDS, {"openers": 1}, "its words"),
        (len(NUMBERS) + WORD_INPUTS, {"names": 1}, "the classes and tags around it"),
        (NUMBERS.index("hidden"), {}, "the page as a whole"),
    ],
)
def test_what_speaks_against_a_block_is_told(column, tables, said):
    features = read_features(segment(f"<p class=a><a href=x>{STORY[0]}</a></p><p class=b>One".encode()), META)
    w = only(column, **tables)
    scores = score_blocks(features, w)
    assert weigh(scores, np.array([0]), w) == [said]
    assert scores.story[0] <= 0.5
    assert (scores.story[0] == 0.5) == (said == "the page as a whole")


def test_what_stands_around_speaks_against_a_block():
    w = only(NUMBERS.index("link share"))
    w.second[:] = np.roll(w.second, w.first.shape[1], axis=0)
    scores = score_blocks(read_features(segment(b"<a href=x>One</a><p>Two<p>Three"), META), w)
    assert weigh(scores, np.array([1, 2]), w) == ["the blocks around it", "the page as a whole"]
    assert scores.story[1] < scores.story[2]


def test_the_same_in_any_process():
    assert len(digests("tests.test_scorer")) == 1
