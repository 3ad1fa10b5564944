import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def pytest_addoption(parser):
    parser.addoption(
        "--update-fixtures", action="store_true", help="rewrite expected.* of the page fixtures from today's output"
    )
    parser.addoption("--many-kills", action="store_true", help="kill runs 50 times for every format, at other moments")
    parser.addoption("--many-documents", action="store_true", help="10,000 documents through every engine's example")


def pytest_configure(config):
    if config.getoption("--update-fixtures") and os.environ.get("CI"):
        raise pytest.UsageError("--update-fixtures never runs in CI: snapshots are looked at before they are committed")


@pytest.fixture
def update_fixtures(request):
    return request.config.getoption("--update-fixtures")


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
