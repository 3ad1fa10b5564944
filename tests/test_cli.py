"""The command line as users meet it: streams, exit statuses, errors."""

import json
import subprocess
import sys

import pytest

from cleaner.cli import _commands, cli
from tests.warm import run_cleaner

STORY = "The council voted on Tuesday night to rebuild the old harbour bridge, which had been closed for a year."
DOCUMENT = f"Council votes to rebuild bridge\n\nBy Jane Doe\n\n{STORY}\n\nAdvertisement\n\nWork is to begin in the autumn, the mayor said on Wednesday.\n"
CLEANED = f"{STORY}\n\nWork is to begin in the autumn, the mayor said on Wednesday.\n"


def run(*arguments, stdin=None, **more):
    return run_cleaner(*arguments, input=stdin, **more)


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_bytes(DOCUMENT.encode())
    return path


def test_clean_prints_title_and_text(story):
    done = run("clean", story)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "Council votes to rebuild bridge\n\n" + CLEANED


def test_a_process_of_its_own_prints_the_same(story):
    command = [sys.executable, "-m", "cleaner", "clean", story]
    assert subprocess.run(command, capture_output=True, check=True).stdout == run("clean", story).stdout


def test_clean_reads_stdin_and_leaves_the_title_out():
    assert run("clean", "-", "--no-title", stdin=DOCUMENT.encode()).stdout.decode() == CLEANED


def test_clean_as_json_and_markdown(story):
    data = json.loads(run("clean", story, "--format", "json").stdout)
    assert data["title"] == "Council votes to rebuild bridge"
    assert data["byline"] == "Jane Doe"
    assert data["text"] == CLEANED
    assert {r["category"] for r in data["removals"]} == {"headline", "byline", "advertisement"}
    assert (
        run("clean", story, "--format", "markdown")
        .stdout.decode()
        .startswith("# Council votes to rebuild bridge\n\n*Jane Doe*\n\n")
    )


def test_options_reach_the_cleaning(story):
    assert "Advertisement" in run("clean", story, "--keep", "advertisement").stdout.decode()
    both = run("clean", story, "--keep", "share", "--drop", "share")
    assert both.returncode == 2
    assert b"both name share" in both.stderr


@pytest.mark.parametrize("title", ["--title", "--no-title"])
def test_restore_gives_every_byte_back(tmp_path, title):
    raw = b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode() + b"caf\xc3\xa9"
    source, cleaned, audit = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "a.jsonl"
    source.write_bytes(raw)
    cleaned.write_bytes(run("clean", source, title, "--audit", audit).stdout)
    assert run("restore", cleaned, audit).stdout == raw
    cleaned.write_bytes(cleaned.read_bytes() + b"more")
    refused = run("restore", cleaned, audit)
    assert refused.returncode == 1
    assert b"changed after cleaning" in refused.stderr


def test_undecodable_bytes_come_back(tmp_path):
    raw = DOCUMENT.encode() + bytes(range(128, 256)) + b"\x00\x81\x8d"
    source, cleaned, audit = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "a.jsonl"
    source.write_bytes(raw)
    cleaned.write_bytes(run("clean", source, "--audit", audit).stdout)
    assert run("restore", cleaned, audit).stdout == raw


def test_explain_names_blocks_without_escape_codes(story):
    out = run("explain", story).stdout
    assert b"\x1b" not in out
    assert b"advertisement" in out
    assert b"keep" in out
    coloured = run(
        "explain", story, env={"FORCE_COLOR": "1", "PYTHONPATH": ":".join(sys.path), "TERM": "xterm-256color"}
    ).stdout
    assert b"\x1b[" in coloured


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("clean", "/no/such/file.txt"), 1, "there is no file /no/such/file.txt"),
        (("clean", "/"), 1, "is a folder; use 'cleaner batch'"),
        (("clean", "--preset", "wild"), 2, "'wild' is not one of"),
        (("clean", "--language", "English"), 2, "'English' is no ISO 639-1 code: give two letters, such as 'en'"),
        (("batch", "in", "out", "--language", "en-US"), 2, "'en-US' is no ISO 639-1 code"),
        (("batch", "/no/such/folder", "/tmp/out"), 2, "there is no folder /no/such/folder"),
        (("rules", "show", "share.en.nothing-like-it"), 2, "there is no rule"),
        (("rules", "test", "no-such-rule"), 2, "no rule id holds"),
        (("nonsense",), 2, "No such command"),
        (("restore", "/no/such", "/no/such"), 1, "there is no file"),
    ],
)
def test_errors_speak_to_the_user(arguments, status, message):
    done = run(*arguments, stdin=b"")
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_closed_pipe_is_quiet(tmp_path):
    big = tmp_path / "big.txt"
    big.write_text((STORY + "\n") * 20_000)
    done = subprocess.run(
        f"{sys.executable} -m cleaner clean {big} | head -c 10; exit ${{PIPESTATUS[0]}}",
        shell=True,
        capture_output=True,
        check=False,
        executable="/bin/bash",
    )
    assert done.stderr == b""
    assert done.returncode == 0


def test_rules_commands():
    listed = run("rules", "list", "--category", "newsletter", "--language", "en").stdout.decode().splitlines()
    assert all(line.startswith("newsletter.en.") for line in listed)
    shown = run("rules", "show", listed[0].split("\t")[0]).stdout.decode()
    assert "hit:" in shown
    assert "miss:" in shown
    tested = run("rules", "test", "newsletter.en.")
    assert (tested.returncode, b" 0 faults" in tested.stdout) == (0, True)


def test_every_command_has_help():
    for name in _commands(cli):
        done = run(*name.split(), "--help")
        assert done.returncode == 0, name
        assert len(done.stdout) > 100
