"""Templates in an editor, as people change them."""

import sys

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.errors import UsageError

SITES = '[[site]]\nname = "a.example"\n[[site.line]]\ntext = "Habari"\ncategory = "share"\nstate = "template"\n'


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Run ``cleaner templates edit`` with an editor that replaces words, one pair each time it is opened."""
    path = tmp_path / "sites.toml"
    path.write_text(SITES)

    def run(*pairs, answer="n\n", site=None):
        script, turns = tmp_path / "editor.py", tmp_path / "turns"
        turns.write_text("0")
        script.write_text(
            f"import sys, pathlib\nturns = pathlib.Path({str(turns)!r})\nturn = int(turns.read_text())\n"
            f"turns.write_text(str(turn + 1))\nold, new = {list(pairs)!r}[turn]\n"
            "file = pathlib.Path(sys.argv[1])\nimport os, time\n"
            "file.write_text(file.read_text().replace(old, new))\nos.utime(file, (time.time() + 9,) * 2)\n"
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
        monkeypatch.delenv("VISUAL", raising=False)
        done = CliRunner().invoke(
            cli, ["templates", "edit", str(path), *(["--site", site] if site else [])], input=answer
        )
        return done, path.read_text()

    return run


def test_what_is_changed_goes_back_into_the_file(edit):
    done, text = edit(('state = "template"', 'state = "refused"'))
    assert done.exit_code == 0
    assert 'state = "refused"' in text


def test_a_mistake_is_told_and_can_be_mended(edit):
    done, text = edit(('state = "template"', 'state = "refusd"'), ("refusd", "refused"), answer="y\n")
    assert "did you mean 'refused'" in done.stderr
    assert 'state = "refused"' in text


def test_or_given_up_and_the_file_is_as_it_was(edit):
    done, text = edit(('state = "template"', 'state = "refusd"'))
    assert "nothing was changed" in done.stderr
    assert text == SITES


def test_a_site_that_is_not_there_is_added(edit):
    line = 'name = "b.example"\n[[site.line]]\ntext = "Pwani"'
    done, text = edit(('name = "b.example"', line), site="b.example")
    assert done.exit_code == 0
    assert text.count("[[site]]") == 2
    assert 'text = "Pwani"' in text
    assert 'state = "approved"' in text


def test_of_parquet_one_site_is_edited(tmp_path):
    done = CliRunner().invoke(cli, ["templates", "edit", str(tmp_path / "sites.parquet")])
    assert isinstance(done.exception, UsageError)
    assert "name the site to edit with --site" in str(done.exception)
