import errno
import json
import multiprocessing.forkserver
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.batch import run_batch, supervise

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def pytest_addoption(parser):
    parser.addoption(
        "--update-fixtures", action="store_true", help="rewrite expected.* of the page fixtures from today's output"
    )
    parser.addoption("--screenshots", metavar="FOLDER", help="save pictures of the pages that are tested there")
    parser.addoption("--pages", help="check the page fixtures of this folder instead of the project's own")
    parser.addoption("--rules", action="append", help="clean the page fixtures with this file of rules")
    parser.addoption("--many-kills", action="store_true", help="kill runs 50 times for every format, at other moments")
    parser.addoption("--many-documents", action="store_true", help="10,000 documents through every engine's example")


def pytest_configure(config):
    # A shell that starts the tests in the background has Ctrl-C ignored, which the commands under test would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--update-fixtures") and os.environ.get("CI"):
        raise pytest.UsageError("--update-fixtures never runs in CI: snapshots are looked at before they are committed")


@pytest.fixture
def update_fixtures(request):
    return request.config.getoption("--update-fixtures")


@pytest.fixture(scope="session", autouse=True)
def quick_workers():
    """Workers of runs in this process fork from one that has everything loaded, which takes a tenth of the time.

    Those of ``tests.faults`` and of ``python -m cleaner`` start as they do for everybody.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)  # from where the server finds what it is to load
        multiprocessing.set_forkserver_preload(["tests.loaded"])
        multiprocessing.forkserver.ensure_running()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervise, "START", "forkserver")
        yield


PLAYS = """Three plays in one evening

By Jane Doe

The harbour theatre opened its season on Friday with three short plays, one after the other, and the house was full to the last seat. The first one, by a writer of the town, is about a man who sells his window.

Advertisement

It was followed by a comedy that the company had shown in the summer, on the ferry, to people who had not asked for it.

“Please subscribe to our newsletter, I tell every customer,” said Ana Ruiz, who sells the tickets. “We have no street left to put a sign in.”

Share this article

© 2024 The Harbour Post. All rights reserved.
"""
"""One of its plays has a name that no cleaner could know for what it is."""

HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">\n\n"
    "The ferry was full on Friday, said \x1b[31mthe \u202eharbour\u202c master</mark></article><h1>\x00\x07, and nobody "
    "could say when the next one would come, or whether there would be one.\n\n"
    "Share this <b onmouseover=\"document.title = 'owned'\">article</b>\n\n</script><svg onload=alert(1)>\n\n"
    "Advertisement\n\n{{constructor.constructor('document.title=1')()}}\n\nRelated articles\n"
)


@pytest.fixture(scope="session")
def reviewed_run(tmp_path_factory):
    """The output of a run over texts, pages and records, some of them hostile."""
    folder = tmp_path_factory.mktemp("reviewed")
    source = folder / "in"
    source.mkdir()
    for slug in ("storm-top-and-tail", "derby-captions-and-promos", "html-cookie-fines", "html-photo-gallery"):
        (page,) = (FIXTURES / "pages" / "en" / slug).glob("source.*")
        shutil.copy(page, source / f"{slug}{page.suffix}")
    (source / "plays.txt").write_text(PLAYS, encoding="utf-8")
    records = [
        {"id": "<b>hostile</b>", "url": "javascript:document.title='owned'", "text": HOSTILE},
        {"id": "plays", "url": "https://harbour-post.example/plays", "text": PLAYS.replace("Friday", "Sunday")},
    ]
    (source / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    run_batch(source, folder / "out", workers=1)
    return folder / "out"


def digests(module):
    """What ``digest()`` of a test module says in processes that hash strings differently."""
    code = f"from {module} import digest; print(digest())"
    return {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": "1"},
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip


class FullDisk:
    """A file whose disk is full after some bytes."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


def fill_disk(monkeypatch, room):
    """Let every file that is opened from now on find so many bytes free."""
    real = Path.open
    monkeypatch.setattr(Path, "open", lambda *args, **options: FullDisk(real(*args, **options), room))
