import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


def pytest_addoption(parser):
    parser.addoption(
        "--update-fixtures", action="store_true", help="rewrite expected.* of the page fixtures from today's output"
    )


def pytest_configure(config):
    if config.getoption("--update-fixtures") and os.environ.get("CI"):
        raise pytest.UsageError("--update-fixtures never runs in CI: snapshots are looked at before they are committed")


@pytest.fixture
def update_fixtures(request):
    return request.config.getoption("--update-fixtures")
