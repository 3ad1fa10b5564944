"""Documents, items and verdicts for the tests of the review, made without a run; and the command as a process."""

import re
import subprocess
import sys

from cleaner.audit import digest
from cleaner.review.items import CATEGORY, EXTEND, Document, Item, Stratum, Verdict
from cleaner.review.strata import Draw, Wanted
from tests.conftest import ROOT

STORY = "The council voted on Monday night to rebuild the old harbour bridge, the mayor said after it."
TEXT = f"Bridge to be rebuilt\n\n{STORY}\n\nAdvertisement\n\nThree plays opened:\n\nShare\n\nThe Ferry (Photo: EPA)\n"


def document(text=TEXT, key="d1", **given):
    usual = {
        "id": f"{key}.txt", "file": None, "number": None, "kind": "text", "encoding": "utf-8", "title": "Bridge",
        "url": None, "site": None, "language": "en", "flags": (), "removals": (), "spared": (),
    }  # fmt: skip
    return Document(key=key, text=text, sha256=digest(text), **(usual | given))


def item(of, words, kind="removal", category="advertisement", rule=None, band="strong", mark=0.5, name=None):
    """An item on the first place where the words stand in a document."""
    start = of.text.index(words)
    return Item(
        name or f"{of.key}-{start}", of.key, Stratum(kind, category, rule or f"{category}.en.label", band),
        start, start + len(words), 1.0 if kind == "removal" else None, "because", mark,
    )  # fmt: skip


def verdict(on, said, **more):
    if said == CATEGORY:
        more = {"category": "ui"} | more
    if said == EXTEND:
        more = {"start": on.start, "end": on.end} | more
    return Verdict(on.id, said, **more)


def draw_of(documents, items, sizes=None):
    counted = {}
    for one in items:
        counted[one.stratum] = counted.get(one.stratum, 0) + 1
    return Draw(Wanted(len(items)), tuple(items), {d.key: d for d in documents}, sizes or counted)


class Command:
    """``cleaner review`` as a process, with the address that it prints."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cleaner", "review", *map(str, arguments), "--no-browser"],
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        said = ""
        while not (found := re.search(r"open (http://\S+)", said)):
            line = self.process.stderr.readline()
            assert line, said
            said += line
        self.address = found[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()

    def end(self, number):
        """Send it a signal, and give its exit status and the last it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said
