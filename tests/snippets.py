"""Snippets of the documentation: found in Markdown, and run as a reader would run them, one after the other."""

import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cleaner.review.items import Verdict
from cleaner.review.run import Asked
from cleaner.review.store import Store
from tests.conftest import ROOT

_FENCE = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.DOTALL | re.MULTILINE
)

NOT_RUN = {
    r"bash (run-demo|run-tests|set-up)\.sh": "installs packages; the first is what .ci/run does",
    r"python3 -m venv|\.venv/bin/pip|pip install|\. \.venv": "installs packages",
    r"curl|mkdir -p crawl$": "fetches from the network",
    r"cleaner batch s3:": "needs an account; tests/test_send.py sends to another store",
    r"pytest tests/test_pages.py": "tests/test_review_browser.py runs it",
    r"pytest ": "a test that would run in itself",
}
"""Commands that are not run, by how they begin, and why."""


@dataclass(frozen=True)
class Snippet:
    """One fenced block."""

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def snippets(path):
    """The fenced blocks of a page."""
    page = path.read_text(encoding="utf-8")
    for block in _FENCE.finditer(page):
        line = page.count("\n", 0, block.start()) + 1
        yield Snippet(path.name, line, block["language"], block["title"] or "", block["text"])


class Reader:
    """Somebody who follows a page in a folder of their own, with more programs than others have.

    What they could not do is in ``skipped``.
    """

    def __init__(self, folder, programs):
        self.folder = folder
        self.skipped = []
        places = [programs, Path(sys.executable).parent, os.environ["PATH"]]
        self._environment = os.environ | {
            "PATH": os.pathsep.join(map(str, places)),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "BROWSER": "true",  # that is a command: it opens nothing, and is content
            "OPENBLAS_NUM_THREADS": "1",
        }

    def follow(self, snippet):
        """Do what a snippet says."""
        if snippet.title:
            (self.folder / snippet.title).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / snippet.title).write_text(snippet.text, encoding="utf-8")
        elif snippet.language == "sh":
            for command in _commands(snippet.text):
                self._run(snippet, command)
        elif snippet.language == "console":
            for command, expected in _session(snippet.text):
                said = self._run(snippet, command)
                if said is not None:
                    assert matches(expected, said), difference(snippet, command, expected, said)
        elif snippet.language == "python":
            self._python(snippet)

    def _run(self, snippet, command):
        """What a command says on stdout; None where it is not run."""
        if any(re.match(pattern, command) for pattern in NOT_RUN):
            return None
        missing = next((name for name in _programs(command) if not shutil.which(name, path=self._path)), None)
        if missing:
            self.skipped.append(f"{snippet.place}: there is no {missing}")
            return None
        if re.match(r"cleaner review(?!.*--export)", command):
            return self._serve(snippet, command)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=self.folder, env=self._environment, text=True,
            capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, f"{snippet.place}: {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _serve(self, snippet, command):
        """Begin a review, judge its first removal wrong, and end it by Ctrl-C."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self._environment, text=True, stderr=subprocess.PIPE
        )
        with process:
            said = ""
            while "end with Ctrl-C" not in said:
                line = process.stderr.readline()
                assert line, f"{snippet.place}: {command}\n{said}"
                said += line
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=30)
            finally:
                process.kill()
        assert process.returncode == 0, f"{snippet.place}: {command}: {process.returncode}\n{said}"
        if named := re.match(r"cleaner review (\w+)/$", command.partition(" #")[0].strip()):
            with Store(Asked(self.folder / named[1]).file) as store:
                removal = next(item for item in store.state.draw.items if item.stratum.kind == "removal")
                store.give(Verdict(removal.id, "wrong"))
        return ""

    def _python(self, snippet):
        needed = re.findall(r"^(?:import|from) (trafilatura)\b", snippet.text, re.MULTILINE)
        code = [sys.executable, "-c", snippet.text]
        done = subprocess.run(code, cwd=self.folder, env=self._environment, text=True, capture_output=True, check=False)
        if needed and f"No module named '{needed[0]}'" in done.stderr:
            self.skipped.append(f"{snippet.place}: there is no {needed[0]}")
            return
        assert done.returncode == 0, f"{snippet.place}:\n{done.stderr}"

    @property
    def _path(self):
        return self._environment["PATH"]


def _commands(text):
    """The command lines of a block, without remarks."""
    for line in re.sub(r"\\\n", "", text).splitlines():
        command = re.sub(r"(^|\s)# .*$", "", line).strip()
        if command:
            yield command


def _session(text):
    """Commands of a block, each with what it says."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command, said


def _programs(command):
    """The programs that a pipe calls; builtins of the shell are none."""
    for part in re.split(r"\|\|?|&&|\$\(", command):
        words = [word for word in part.split() if not re.match(r"[A-Z_]+=", word)]
        yield from words[:1]


def matches(expected, said):
    """Whether a command said what is printed; ``…`` stands for any text, a line of it for any lines.

    >>> matches("a\\n…\\nd\\n", "a\\nb\\nc\\nd\\n"), matches("a … c\\n", "a b\\n")
    (True, False)
    """
    pattern = "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", expected.strip()))
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


def difference(snippet, command, expected, said):
    lines = difflib.unified_diff(expected.splitlines(), said.splitlines(), "the page", "the command", lineterm="")
    return "\n".join([f"{snippet.place}: {command}", *lines])
