"""The record: it fits its text or says that it does not."""

import json

import pytest

import cleaner
from cleaner.audit import SCHEMA, Source, audit_record, read_records, restore_record, to_json
from cleaner.errors import AuditError

TEXT = "Share\n\nThe council voted on Tuesday night to rebuild the old bridge.\n\nAdvertisement\n\nIt had been closed for a year.\n"


@pytest.fixture
def record():
    result = cleaner.clean(TEXT, kind="text")
    return json.loads(
        to_json(audit_record(result, cleaner.Options(), Source("a.txt", "utf-8", "Title\n\n")))
    ), result.text


def test_a_record_restores(record):
    data, clean = record
    assert data["schema"] == SCHEMA
    assert restore_record(clean, data) == TEXT
    assert restore_record("Title\n\n" + clean, data) == TEXT


def test_a_changed_text_is_refused(record):
    data, clean = record
    with pytest.raises(AuditError, match=r"a\.txt was changed after cleaning"):
        restore_record(clean.replace("year", "week"), data)


def test_a_damaged_record_is_refused(record):
    data, clean = record
    with pytest.raises(AuditError, match="damaged"):
        restore_record(clean, data | {"removals": []})
    with pytest.raises(AuditError, match="not an audit record"):
        restore_record(clean, {"schema": "other/1"})
    with pytest.raises(AuditError, match="lacks header"):
        restore_record(clean, {k: v for k, v in data.items() if k != "header"})
    with pytest.raises(AuditError, match=r"line 1 .* not JSON"):
        list(read_records(["{"]))
    with pytest.raises(AuditError, match=r"line 2 .* not a record"):
        list(read_records(["{}", "[]"]))


def test_lone_surrogates_survive():
    text = "Share\n\nThe council \udce9 voted on Tuesday night to rebuild the old bridge over the river.\n"
    result = cleaner.clean(text, kind="text")
    line = to_json(audit_record(result, cleaner.Options()))
    assert restore_record(result.text, json.loads(line.encode("utf-8"))) == text
