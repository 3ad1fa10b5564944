"""One record: the same for every engine, and the same as in ``cleaner batch``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.audit import to_json
from cleaner.batch.document import Done, Row, clean_record, failed
from cleaner.batch.job import Job, Reading, Writing
from cleaner.io.fields import entry_of
from cleaner.io.files import InputFile
from cleaner.io.records import Keys, Record, Unreadable
from cleaner.io.rows import size_of
from cleaner.io.streams import RECORD_LIMIT, too_large
from cleaner.options import Options
from cleaner.pipeline import clean_page

ERROR = "cleaner_error"
"""Field that says, for people, why a record has not been cleaned; null for one that has."""

AUDIT = "cleaner_audit"
"""Field with the record of all removals, one line of JSON, where it is asked for."""

_ROWS = InputFile("", "", "jsonl")


@dataclass(frozen=True, slots=True)
class Step:
    """What all records of a run share; travels to the workers. Says what ``cleaner batch`` says by the same names.

    >>> Step()({"id": 7, "content": "The bridge is open, the city said.\\n\\nAdvertisement\\n"})["content"]
    'The bridge is open, the city said.\\n'
    """

    options: Options = field(default_factory=Options)
    language: str | None = None
    """ISO 639-1 code of all documents that name none; ``None`` to find it out for each."""
    keys: Keys = field(default_factory=Keys)
    """Which fields of a record hold what."""
    keep_html: bool = False
    """Leave the page in the row beside its cleaned text."""
    audit: bool = False
    """Add :data:`AUDIT`."""

    def __call__(self, fields: Mapping[str, Any]) -> Row:
        """The cleaned record; one that cannot be cleaned comes back as it was, with :data:`ERROR` in it."""
        done = self.clean(fields)
        row = {**(fields if done.fields is None else done.fields), **self.told(done)}
        return {name: value for name, value in row.items() if name not in (ERROR, AUDIT) or value is not None}

    def clean(self, fields: Mapping[str, Any] | str) -> Done:
        """What becomes of a record, or of the reason why there is none.

        No document raises anything: engines try again what raises, and then give up.
        """
        entry = read_fields(fields, self.keys)
        if isinstance(entry, Unreadable):
            return self.failed(entry.why)
        try:
            return clean_record(self._job(), clean_page, entry, _ROWS, None)
        except MemoryError:
            return self.failed("it takes more memory than there is")

    def failed(self, why: str) -> Done:
        """A record that cannot be cleaned, and why."""
        return failed(Unreadable(0, _ROWS.name, why), _ROWS, why)

    def told(self, done: Done) -> Row:
        """The fields that tell of the cleaning: :data:`ERROR`, and :data:`AUDIT` if it is asked for."""
        error = {ERROR: done.row.get("error")}
        if not self.audit:
            return error
        return error | {AUDIT: done.audit and to_json(done.audit)}

    def _job(self) -> Job:
        reading, writing = Reading(keys=self.keys), Writing("jsonl", keep_html=self.keep_html)
        return Job("", Path(), self.options, language=self.language, reading=reading, writing=writing)


def read_fields(fields: Mapping[str, Any] | str, keys: Keys) -> Record | Unreadable:
    """The document in the fields of a record; of what is none, or is the reason why there is none, that reason."""
    if isinstance(fields, str):
        return Unreadable(0, _ROWS.name, fields)
    # Where there are no files, a record without an id of its own has none.
    entry = entry_of(fields, 0, _ROWS.name, keys, alone=True)
    if isinstance(entry, Record) and size_of(fields) > RECORD_LIMIT:
        return Unreadable(0, _ROWS.name, too_large(RECORD_LIMIT))
    return entry
