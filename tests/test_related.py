"""The detector of related stories below a label, on texts."""

import pytest

import cleaner

RULE = "related.structure.under-label"
ABOVE = "The council voted on Tuesday night to rebuild the old harbour bridge, which was closed three years ago."
BELOW = "Divers will look at the foundations first, the engineer said, and then the work on the piers can begin."
TEASERS = ["Ferry company adds two boats", "Flood wall passes its first test", "New roof for the market in May"]


def taken(label, lines):
    """The lines below the label that go as teasers, between paragraphs."""
    text = "\n".join([ABOVE, ABOVE.replace("Tuesday", "Friday"), label, *lines, "What comes next", BELOW])
    removed = [r for r in cleaner.clean(text, kind="text", language="en").removals if r.rule == RULE]
    return [line for line in lines if any(line in removal.text for removal in removed)]


@pytest.mark.parametrize("label", ["Related stories", "Read more:"])
def test_teasers_below_a_label_go(label):
    assert taken(label, TEASERS) == TEASERS


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        (">> Read more: The fastest ferries", TEASERS),
        ("Read our full Ridge ferry review", TEASERS),
        ("Related stories", ["Ridge Mill | 12 boats | two bells", "Low Sluice | 9 boats | no bell"]),
        ("Related stories", [f"The ferry passes by the tower of house {n}" for n in range(40)]),
    ],
    ids=["named in the label", "a pointer", "a table", "it does not end"],
)
def test_what_is_no_list_of_teasers_stays(label, lines):
    assert taken(label, lines) == []
