"""The four invariants on documents that nobody wrote."""

import subprocess
import sys

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.rules import load_rules
from tests.invariants import check_invariants

LINES = sorted({line for rule in load_rules()[::3] for line in (*rule.hits, *rule.misses)})
STORY = [
    "The council voted on Tuesday night to rebuild the old harbour bridge after a long debate about its cost.",
    "“We have waited ten years for this,” said Ana Ruiz, who owns a shop near the northern end of it.",
    "Die Stadt hatte die Brücke vor drei Jahren gesperrt, weil sich zwei ihrer Pfeiler bewegt hatten.",
    "Minister quits", "Ana Ruiz", "A crosshead", "Council votes to rebuild bridge", "12 May 2024", "X", "",
]  # fmt: skip
lines = st.one_of(st.sampled_from(STORY), st.sampled_from(LINES), st.text(max_size=60))
breaks = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028", "\n \n"])


@st.composite
def documents(draw):
    parts = draw(st.lists(st.tuples(lines, breaks), max_size=14))
    return "".join(line + end for line, end in parts)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), st.sampled_from(["careful", "balanced", "thorough"]))
def test_any_text(text, preset):
    options = cleaner.Options(preset=preset)
    check_invariants(cleaner.clean(text, kind="text", options=options), options)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "div", "h2", "li", "aside", "figcaption", "span", "td"]), lines), max_size=12
    )
)
def test_any_page(parts):
    page = "<html><body>" + "".join(f"<{tag} class='{tag}'>{text}</{tag}>" for tag, text in parts) + "</body></html>"
    check_invariants(cleaner.clean(page, kind="html"))


def test_the_same_bytes_in_another_process():
    text = "\n\n".join([STORY[0], *LINES[::9], STORY[1], STORY[2]])
    script = "import sys, cleaner; r = cleaner.clean(sys.stdin.read(), kind='text'); print(ascii((r.text, r.language, r.removals)))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", script], input=text, capture_output=True, text=True, check=True, encoding="utf-8",
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(seen) == 1
