"""Runs with templates: what they took is counted, and sites that have changed are told."""

import json
import tomllib

import pytest

import cleaner
from cleaner.batch import Begin, run_batch
from cleaner.batch.drift import drift_of
from cleaner.batch.job import Reading
from cleaner.batch.summary import Summary
from cleaner.errors import UsageError
from cleaner.io.records import Keys
from cleaner.templates.lookup import Templates

SITE_LINE = "Gazeti la pwani, mtaa wa gati"


def learned(folder, share):
    """A file of templates whose site had so much of its text as template."""
    path = folder / "sites.toml"
    path.write_text(
        f'[[site]]\nname = "example.com"\npages = 100\nchars = 10000\ntaken = {int(10000 * share)}\n'
        f'[[site.line]]\ntext = "{SITE_LINE}"\nstate = "template"\nseen = {{ pages = 90, of = 100, end = 90 }}\n'
    )
    return path


def corpus_of(folder, key="url"):
    path = folder / "in.jsonl"
    rows = [
        {"id": str(n), key: f"https://news.example.com/{n}" if key == "url" else "example.com",
         "text": f"The council voted on Tuesday night to rebuild bridge {n}, which had been closed for a year.\n{SITE_LINE}"}
        for n in range(25)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("key", ["url", "publisher"])
def test_templates_and_what_they_took(tmp_path, key):
    keys = Keys(site="publisher" if key == "publisher" else None)
    options = cleaner.Options(templates=learned(tmp_path, 0.25))
    summary = run_batch(corpus_of(tmp_path, key), tmp_path / "out", options, reading=Reading(keys=keys), workers=2)
    rows = [json.loads(line) for line in (tmp_path / "out/_cleaner/manifest.jsonl").read_text().splitlines()]
    assert {row["template"] for row in rows} == {len(SITE_LINE) + 1}
    assert {row["site"] for row in rows} == {"news.example.com" if key == "url" else "example.com"}
    assert SITE_LINE not in (tmp_path / "out/in.jsonl").read_text()
    assert list(drift_of(summary, options.template_file)) == []
    record = json.loads((tmp_path / "out/_cleaner/audit.jsonl").read_text().splitlines()[0])
    assert record["options"]["templates"] == {"file": "sites.toml", "sha256": options.template_file.digest}
    configuration = tomllib.loads((tmp_path / "out/_cleaner/run.toml").read_text())
    assert configuration["templates"] == str(tmp_path / "sites.toml")


def test_a_site_that_has_changed_is_told(tmp_path):
    options = cleaner.Options(templates=learned(tmp_path, 0.6))
    summary = run_batch(corpus_of(tmp_path), tmp_path / "out", options)
    drift = next(drift_of(summary, options.template_file))
    assert (drift.site, drift.before) == ("example.com", 0.6)
    assert 0.2 < drift.now < 0.3


def test_a_run_goes_on_with_the_same_templates_only(tmp_path):
    source = corpus_of(tmp_path)
    run_batch(source, tmp_path / "out", cleaner.Options(templates=learned(tmp_path, 0.2)))
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    again = Begin(resume=True)
    run_batch(source, tmp_path / "out", cleaner.Options(templates=learned(moved, 0.2)), begin=again)
    with pytest.raises(UsageError, match="the file of templates was"):
        run_batch(source, tmp_path / "out", cleaner.Options(templates=learned(moved, 0.3)), begin=again)
    with pytest.raises(UsageError, match="the file of templates was"):
        run_batch(source, tmp_path / "out", begin=again)


def summary_of(*sites):
    """A run in numbers: name, documents, code points read and taken as template, of each site."""
    rows = [
        {"status": "ok", "site": site, "language": "en", "read": read // count, "removed": taken // count,
         "template": taken // count, "flags": [], "categories": {}}
        for site, count, read, taken in sites for _ in range(count)
    ]  # fmt: skip
    return Summary.of(rows)


def test_the_hosts_of_a_site_are_counted_together(tmp_path):
    templates = Templates(learned(tmp_path, 0.3))
    run = summary_of(("news.example.com", 12, 12_000, 0), ("sport.example.com", 12, 12_000, 1_200))
    assert [(d.site, d.before, d.now) for d in drift_of(run, templates)] == [("example.com", 0.3, 0.05)]


def test_few_documents_and_unknown_sites_tell_nothing_and_cost_nothing(tmp_path, monkeypatch):
    templates = Templates(learned(tmp_path, 0.3))
    asked = []
    monkeypatch.setattr(Templates, "site", lambda self, name: asked.append(name) or self._read(name))
    sites = [("news.example.com", 19, 19_000, 0), ("example.org", 40, 40_000, 0), ("unknown", 40, 40_000, 0)]
    assert list(drift_of(summary_of(*sites), templates)) == []
    assert asked == ["example.org"]
