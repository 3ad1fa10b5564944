"""Documentation is tested: every category, option, command and flag appears; examples run; nothing private leaks."""

import re
import subprocess
import sys
from dataclasses import fields

import pytest

import cleaner
from cleaner.cli import _commands, cli
from cleaner.model import Category
from cleaner.options import Options
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in PAGES}


@pytest.mark.parametrize("category", Category)
def test_every_category_is_in_the_glossary(category):
    assert f"`{category.value}`" in DOCS["glossary.md"]


@pytest.mark.parametrize("name", [name for name in _commands(cli) if name != "rules"])
def test_every_command_is_in_the_readme(name):
    assert name.split()[-1] in DOCS["README.md"]


def test_every_option_has_help():
    for name in _commands(cli):
        command = cli
        for part in name.split():
            command = command.commands[part]
        for option in command.params:
            assert option.param_type_name == "argument" or option.help, f"{name} {option.name}"


@pytest.mark.parametrize("field", [field.name for field in fields(Options)])
def test_every_library_option_is_documented(field):
    assert re.search(rf"`{field}`|{field}=", "".join(DOCS.values()))


@pytest.mark.parametrize("flag", ["truncated", "over-budget", "empty", "degraded"])
def test_every_flag_is_explained(flag):
    assert f"`{flag}`" in DOCS["audit-format.md"] + DOCS["glossary.md"]


def test_links_lead_somewhere():
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("script", ["make_rules_page.py", "make_coverage_page.py"])
def test_generated_pages_are_current(script):
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / script, "--check"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_few_public_names_all_documented():
    assert len(cleaner.__all__) <= 10
    for name in cleaner.__all__:
        assert getattr(cleaner, name).__doc__
