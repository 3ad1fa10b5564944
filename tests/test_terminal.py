"""What people see in a terminal: nothing wider than it, nothing of a document that steers it, no codes in files."""

import io
import os
import pty
import re
import subprocess
import sys
from collections import Counter

import pytest
from rich.cells import cell_len
from rich.console import Console

import cleaner
from cleaner.batch.summary import Summary
from cleaner.terminal import WIDEST, print_explanation, print_summary
from tests.conftest import FIXTURES

BRIDGE = (FIXTURES / "demo" / "bridge.txt").read_text(encoding="utf-8")
JAPANESE = "市議会は火曜日の夜、古い旋回橋を架け替えることを決めた。長年続いた議論に終止符が打たれた。" * 3
HEBREW = "מועצת העיר החליטה ביום שלישי בלילה לבנות מחדש את הגשר הישן, אמר ראש העיר ביום רביעי בבוקר. " * 2
LONG = "The council said so on https://harbour-post.example/" + "bridge-" * 60 + " on Monday night, in the town hall."
HARD = "\n\n".join([JAPANESE, HEBREW.strip(), LONG, BRIDGE])

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def explained(text, width=80, **terminal):
    """What ``explain`` shows on a terminal of so many columns; nothing else given, one with colours."""
    terminal = {"force_terminal": True, "color_system": "standard", "legacy_windows": False} | terminal
    console = Console(file=io.StringIO(), width=width, highlight=False, _environ={}, **terminal)
    print_explanation(cleaner.clean(text), console)
    return console.file.getvalue()


def on_terminal(*arguments, columns=60, **more):
    """What a command prints on a real terminal, and its exit status."""
    master, slave = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"COLUMNS": str(columns), "TERM": "xterm-256color", **more}
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        with io.FileIO(master) as terminal:
            try:
                while piece := terminal.read(65536):
                    shown += piece
            except OSError:  # Linux's way to say that the other side is closed
                pass
    return shown.decode(), process.returncode


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_an_explanation_fits_and_its_lines_stand_beside_their_label(width):
    lines = CODES.sub("", explained(HARD, width)).splitlines()
    assert max(map(cell_len, lines)) <= min(width, WIDEST)
    assert max(map(cell_len, lines)) > min(width, WIDEST) * 0.8
    first = next(number for number, line in enumerate(lines) if line.startswith("  keep  市"))
    assert re.match(r" {8}\S", lines[first + 1])


@pytest.mark.parametrize("width", [60, 200])
def test_an_explanation_leaves_nothing_out(width):
    shown = re.sub(r"\s", "", CODES.sub("", explained(HARD, width)))
    for block in filter(None, HARD.split("\n")):
        assert re.sub(r"\s", "", block) in shown


def test_what_is_kept_has_the_colour_of_the_terminal_and_what_goes_is_struck_through():
    shown = explained(BRIDGE, 120)
    assert "\x1b[32m  keep  \x1b[0mThe city council voted" in shown
    assert "\x1b[31m  drop  \x1b[0m\x1b[2;9mAdvertisement\x1b[0m" in shown
    assert "\x1b[2;9m Read more: Five things to know" in shown


def test_a_reason_is_said_once_for_a_run_of_blocks():
    shown = CODES.sub("", explained(BRIDGE, 200))
    assert shown.count("part of an appeal that a salutation opens") == 1
    assert shown.index("Thank you,") < shown.index("part of an appeal") < shown.index("Work is to begin")


def test_an_explanation_ends_with_what_went():
    removals = cleaner.clean(BRIDGE).removals
    donation = sum(len(removal.text) for removal in removals if removal.category == "donation")
    last = CODES.sub("", explained(BRIDGE, 200, force_terminal=False)).splitlines()[-1]
    assert last.startswith(f"removed: {sum(len(r.text) for r in removals):,} of {len(BRIDGE):,} characters")
    assert f"donation {donation}" in last


def test_no_color_means_no_colour():
    coloured, plain = explained(BRIDGE), explained(BRIDGE, no_color=True)
    assert set(re.findall(r"\x1b\[([0-9;]*)m", plain)) <= {"0", "1", "2", "9", "2;9"}
    assert CODES.sub("", coloured) == CODES.sub("", plain)


@pytest.mark.parametrize("where", [{"force_terminal": False}, {"color_system": None}], ids=["pipe", "dumb terminal"])
def test_what_goes_is_marked_where_nothing_can_be_struck_through(where):
    shown = explained(BRIDGE, 200, **({"color_system": None} | where))
    assert "\x1b" not in shown
    assert "[- Read more: Five things to know about the new ferry timetable-]" in shown.replace("\n        ", " ")


def test_in_a_pipe_a_block_is_a_line():
    shown = explained(HARD, 60, force_terminal=False, color_system=None)
    assert f"  keep  {LONG}\n" in shown
    assert f"  keep  {JAPANESE}\n" in shown


def test_a_document_does_not_steer_the_terminal():
    shown = CODES.sub("", explained(f"{LONG}\n\nThe\tferry \x1b[2J\u202ewas\u2066 full\x07, the mayor said.\n"))
    assert "The ferry �[2J�was� full�, the mayor said." in shown
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", shown)


def test_tables_fit_into_sixty_columns_and_cut_nothing_off(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "60")
    summary = Summary()
    row = {
        "id": "a.txt", "status": "ok", "flags": [], "language": "en", "site": "the-harbour-post-of-northport.example",
        "read": 90_000_000, "removed": 9_000_000, "categories": {"affiliate-disclosure": [100_000, 9_000_000]},
    }  # fmt: skip
    for _ in range(3):
        summary.add(row)
    print_summary(summary, tmp_path)
    shown = capsys.readouterr().err
    assert max(map(cell_len, shown.splitlines())) <= 60
    assert "…" not in shown
    assert "27,000,000" in shown
    words = Counter(re.sub(r"\s", "", shown))
    assert not Counter("affiliate-disclosure" + row["site"]) - words


def test_rules_stand_in_columns_on_a_terminal_and_between_tabs_in_a_pipe():
    wide, status = on_terminal("rules", "list", "--category", "share", "--language", "en", columns=120)
    narrow, _ = on_terminal("rules", "list", "--category", "share", "--language", "en", columns=60)
    assert status == 0
    assert "\t" not in wide + narrow
    assert max(cell_len(line) for line in CODES.sub("", wide).splitlines()) <= 120
    assert max(cell_len(line) for line in CODES.sub("", narrow).splitlines()) <= 60
    command = [sys.executable, "-m", "cleaner", "rules", "list", "--category", "share", "--language", "en"]
    piped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert all(len(line.split("\t")) == 3 for line in piped.splitlines())
    assert re.sub(r"\s", "", piped) == re.sub(r"\s", "", CODES.sub("", wide))


def test_a_run_shows_how_far_it_is_and_leaves_no_codes_in_files(tmp_path):
    shown, status = on_terminal("batch", FIXTURES / "demo", tmp_path / "out", "--workers", "1")
    assert status == 0
    assert "cleaning" in shown
    assert "3 documents, 0 failed" in shown
    written = subprocess.run(
        [sys.executable, "-m", "cleaner", "batch", FIXTURES / "demo", tmp_path / "again", "--workers", "1"],
        capture_output=True, text=True, check=True, env=os.environ | {"TERM": "xterm-256color"},
    )  # fmt: skip
    assert "\x1b" not in written.stdout + written.stderr
    assert "cleaning" not in written.stderr
    assert "3 documents, 0 failed" in written.stderr


@pytest.mark.parametrize("command", ["explain {big}", "rules list"])
def test_a_reader_that_leaves_is_no_failure(tmp_path, command):
    big = tmp_path / "big.txt"
    big.write_text(
        "".join(f"The council said on Monday that ferry {n} is full on most mornings.\n" for n in range(3000))
    )
    done = subprocess.run(
        f"{sys.executable} -m cleaner {command.format(big=big)} | head -c 10; exit ${{PIPESTATUS[0]}}",
        shell=True, capture_output=True, check=False, executable="/bin/bash",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
