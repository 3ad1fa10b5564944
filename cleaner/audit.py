"""The versioned record of what was done to a document, as JSON; ``docs/audit-format.md`` holds the schema.

With the record and the cleaned text the document can be restored; without either it cannot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cleaner.errors import AuditError
from cleaner.model import Category, CleanResult, Removal, restore_text
from cleaner.options import Options
from cleaner.site_config import SiteConfigs
from cleaner.templates.lookup import Templates

SCHEMA = "cleaner-audit/1"
"""Changes when a reader of older records would misread newer ones."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, as the record names it."""

    id: str | None = None
    encoding: str | None = None
    """How its bytes were decoded; ``None`` where it came as text."""
    header: str = ""
    """What the written output carries above the body (the title lines)."""


def audit_record(result: CleanResult, options: Options, source: Source | None = None) -> dict[str, Any]:
    """The record of one document, ready for JSON."""
    source = source or Source()
    document = result.document
    return {
        "schema": SCHEMA,
        "id": source.id,
        "kind": document.kind,
        "encoding": source.encoding,
        "header": source.header,
        "sha256": digest(document.text),
        "clean_sha256": digest(result.text),
        "language": result.language,
        "flags": sorted(result.flags),
        "fields": result.fields(),
        "options": {
            "preset": options.preset,
            "actions": dict(sorted(options.actions.items())),
            "budget": options.budget,
            "extractor": options.extractor,
            "links": options.links,
            "rules": [{"file": file.name, "sha256": digest(file.text)} for file in options.rule_files],
            "templates": _file_of(options.template_file),
            "site_configs": _folder_of(options.config_folder),
        },
        "removals": [{**r.as_dict(), "score": r.score} for r in result.removals],
        "spared": [
            {
                "start": s.finding.start,
                "end": s.finding.end,
                "category": s.finding.category.value,
                "rule": s.finding.rule,
                "strength": s.finding.strength.value,
                "because": s.because,
            }
            for s in result.spared
        ],
    }


def _file_of(templates: Templates | None) -> dict[str, str] | None:
    return None if templates is None else {"file": templates.name, "sha256": templates.digest}


def _folder_of(configs: SiteConfigs | None) -> dict[str, str] | None:
    return None if configs is None else {"folder": configs.folder.name, "sha256": configs.digest}


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal; lone surrogates count as they are."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def restore_record(clean: str, record: Mapping[str, Any]) -> str:
    """The document that a record was made from, given its cleaned text (with or without the record's header).

    Raises :class:`cleaner.errors.AuditError` if the two do not belong together.
    """
    _check(record)
    name = record.get("id") or "this document"
    header = record["header"]
    body = clean
    if header and digest(body) != record["clean_sha256"] and body.startswith(header):
        body = body[len(header) :]
    if digest(body) != record["clean_sha256"]:
        raise AuditError(f"the cleaned text of {name} was changed after cleaning: it does not fit its audit record")
    text = restore_text(body, removals_of(record))
    if digest(text) != record["sha256"]:
        raise AuditError(
            f"the audit record of {name} is damaged: the restored text is not the document that was cleaned"
        )
    return text


def removals_of(record: Mapping[str, Any]) -> list[Removal]:
    """The removals of a record as values."""
    try:
        return [
            Removal(r["start"], r["end"], r["text"], Category(r["category"]), r["rule"], r["reason"], r["score"])
            for r in record["removals"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise AuditError(f"the audit record is damaged: {error}") from error


def _check(record: Mapping[str, Any]) -> None:
    if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
        found = record.get("schema") if isinstance(record, Mapping) else None
        raise AuditError(f"not an audit record of schema {SCHEMA}: found {found!r}")
    missing = {"header", "sha256", "clean_sha256", "removals"} - record.keys()
    if missing:
        raise AuditError(f"the audit record lacks {', '.join(sorted(missing))}")


def to_json(record: Mapping[str, Any]) -> str:
    """One line of JSON; letters as they are, unless the text holds lone surrogates, which UTF-8 cannot carry."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(record)
    return line


def read_records(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    """Records from JSON lines. Raises :class:`cleaner.errors.AuditError` naming the line that is none."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise AuditError(f"line {number} of the audit file is not JSON: {error}") from error
            if not isinstance(record, dict):
                raise AuditError(f"line {number} of the audit file is not a record")
            yield record
