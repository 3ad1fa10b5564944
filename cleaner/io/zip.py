"""Read ZIP archives of texts and pages: one document a member. Nothing is ever unpacked to a disk."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, BinaryIO, cast

from cleaner.io.compress import BombError, Guard, unpacked
from cleaner.io.plain import read_plain
from cleaner.io.records import Bookmark, Entry, Keys, Passed, Unreadable
from cleaner.io.streams import RECORD_LIMIT, plain_words, seekable


def read_zip(
    stream: BinaryIO,
    name: str,
    keys: Keys,
    *,
    format_of: Callable[[str], str | None],
    limit: int = RECORD_LIMIT,
    bookmark: Bookmark | None = None,
) -> Iterator[Entry]:
    """One record for every text or page, by the suffix of its name; ``number`` counts all members of the archive.

    The id is the names of archive and member: it tells where the document was, and no file is ever called so. Members
    of other formats are :class:`cleaner.io.records.Passed`. A stream without ``seek`` is copied to a temporary file.
    """
    bookmark, guard = bookmark or Bookmark(), Guard()
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(seekable(stream, stack)))
        except MemoryError:
            raise
        except Exception as error:  # it has half a dozen for a file that is none
            yield Unreadable(0, name, f"no ZIP archive that can be read: {plain_words(error)}")
            return
        for number, member in enumerate(archive.infolist()):
            own = f"{name}/{member.filename}"
            try:
                guard.count(member.compress_size, member.file_size)
            except BombError as error:
                yield Unreadable(number, own, f"the rest of the file cannot be read: {error}")
                return
            if number >= bookmark.number:
                yield _entry(archive, member, number, own, keys, limit, format_of(member.filename))


def _entry(
    archive: Any, member: zipfile.ZipInfo, number: int, own: str, keys: Keys, limit: int, kind: str | None
) -> Entry:
    if member.is_dir() or stat.S_ISLNK(member.external_attr >> 16):
        return Passed(number, "a folder" if member.is_dir() else "a link")
    if kind not in ("text", "html"):
        return Passed(number, "no text or page")
    try:
        with archive.open(member) as packed, unpacked(cast(BinaryIO, packed)) as stream:
            entry = next(read_plain(cast(BinaryIO, stream), own, keys, limit=limit, kind=kind))
    except MemoryError:
        raise
    except Exception as error:  # packed in a way that Python does not know, encrypted, or what not
        return Unreadable(number, own, f"it cannot be read: {plain_words(error)}")
    return replace(entry, number=number)
