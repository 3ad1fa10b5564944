"""Read and write Parquet, one group of rows after the other. What a row is to Arrow is told by ``io.arrow``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.errors import InputError, UsageError
from cleaner.io.arrow import ROWS_AT_ONCE, arrow_words, rows_of
from cleaner.io.atomic import AtomicFile
from cleaner.io.columns import Columns
from cleaner.io.extras import need
from cleaner.io.fields import entry_of, numbered
from cleaner.io.records import Bookmark, Entry, Keys, Unreadable
from cleaner.io.rows import Managed, Row, size_of
from cleaner.io.streams import RECORD_LIMIT, seekable, too_large

GROUP_BYTES = 32_000_000
"""So much text, roughly, goes into one group of rows, and is held in memory until the group is full."""

# A group of rows that claims to be larger than this, unpacked, is not touched.
_GROUP_LIMIT = 1 << 32
_BUFFER = 1 << 20
_ZSTD_LEVEL = 3


def read_parquet(
    stream: BinaryIO, name: str, keys: Keys, *, limit: int = RECORD_LIMIT, bookmark: Bookmark | None = None
) -> Iterator[Entry]:
    """One record a row. A group of rows that is damaged costs the rows of it that are left.

    A stream without ``seek`` is copied to a temporary file first, because a Parquet file is read from its end.
    Raises :class:`cleaner.errors.UsageError` if pyarrow is missing.
    """
    pq, bookmark = need_parquet()[1], bookmark or Bookmark()
    with ExitStack() as stack:
        try:
            file = pq.ParquetFile(
                seekable(stream, stack), pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True
            )
            groups = [_Group(file, index) for index in range(file.num_row_groups)]
        except MemoryError:
            raise
        except Exception as error:
            yield Unreadable(0, name, f"no Parquet file that can be read: {arrow_words(error)}")
            return
        number = 0
        for group in groups:
            if number + group.rows > bookmark.number:
                yield from _read_group(group, number, name, keys, limit, bookmark)
            number += group.rows


def schema_of(stream: BinaryIO) -> Any:
    """The Arrow schema of a Parquet file.

    The stream needs ``seek``. Raises :class:`cleaner.errors.InputError` if it holds no Parquet file.
    """
    pq = need_parquet()[1]
    try:
        return pq.ParquetFile(stream).schema_arrow
    except Exception as error:
        raise InputError(f"no Parquet file that can be read: {arrow_words(error)}") from error


class ParquetWriter(Managed):
    """Rows as Parquet, packed with zstd. The same rows give the same bytes with the same pyarrow.

    Without ``schema`` the columns are those of the first group of rows, and a last one, :data:`cleaner.io.arrow.REST`,
    for what comes later and has none. ``added`` columns of a schema are filled where they can hold what there is. Lone
    surrogates, which no Parquet text can hold, become U+FFFD.
    """

    def __init__(
        self,
        path: Path,
        schema: Any = None,
        *,
        added: Collection[str] = (),
        sync: bool = True,
        group_bytes: int = GROUP_BYTES,
    ) -> None:
        """Raises :class:`cleaner.errors.UsageError` if the file cannot be written or pyarrow is missing."""
        self._pq = need_parquet()[1]
        self._file = AtomicFile(path, sync=sync)
        self._columns = None if schema is None else Columns(schema, added=added)
        self._group_bytes = group_bytes
        self._rows: list[Row] = []
        self._held = 0
        self._writer: Any = None

    def write(self, row: Row) -> None:
        """Add one row. Raises :class:`cleaner.errors.UsageError` if it cannot be written, or does not fit a schema."""
        self._rows.append(row)
        self._held += size_of(row)
        if self._held >= self._group_bytes:
            self._flush()

    def tell(self) -> int:
        """Bytes written so far: whole groups of rows."""
        return self._file.tell()

    def close(self) -> None:
        """Finish the file and give it its name."""
        try:
            if self._rows or self._writer is None:
                self._flush()
            self._writer.close()
            self._writer = None
            self._file.commit()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Leave no trace of the file."""
        writer, self._writer = self._writer, None
        self._file.abort()
        if writer is not None:
            # It would write its footer when it is collected, into a file that is gone.
            writer.is_open = False

    def _flush(self) -> None:
        if self._columns is None:
            self._columns = Columns.for_rows(self._rows)
        table, missing = self._columns.table(self._rows)
        wrong = next((row for row in missing if row), None)
        if wrong:
            names = ", ".join(map(repr, wrong))
            raise UsageError(f"{self._file.path} cannot be written: its schema has no place for {names}")
        if self._writer is None:
            self._writer = self._pq.ParquetWriter(
                self._file, table.schema, compression="zstd", compression_level=_ZSTD_LEVEL, write_page_checksum=True
            )
        self._writer.write_table(table)
        self._rows, self._held = [], 0
        del table
        need_parquet()[0].default_memory_pool().release_unused()  # it keeps 30 to 120 MB of a group of rows


class _Group:
    """One group of rows of a file."""

    def __init__(self, file: Any, index: int) -> None:
        about = file.metadata.row_group(index)
        self._file, self._index = file, index
        self.rows: int = about.num_rows
        self.bytes: int = sum(about.column(n).total_uncompressed_size for n in range(about.num_columns))

    def too_large(self, limit: int) -> bool:
        return self.bytes > _GROUP_LIMIT or self.bytes > limit * max(self.rows, 1)

    def batches(self) -> Iterator[Any]:
        return iter(self._file.iter_batches(ROWS_AT_ONCE, row_groups=[self._index], use_threads=False))


def _read_group(group: _Group, number: int, name: str, keys: Keys, limit: int, bookmark: Bookmark) -> Iterator[Entry]:
    end = number + group.rows
    if group.too_large(limit):
        why = f"these {group.rows} rows unpack to {group.bytes / 1e6:.0f} MB; {too_large(limit)}"
        yield Unreadable(number, numbered(name, number), why)
        return
    try:
        for batch in group.batches():
            if number + batch.num_rows > bookmark.number:
                yield from _entries(batch, number, name, keys, limit)
            number += batch.num_rows
    except MemoryError:
        raise
    except Exception as error:
        why = f"rows {number} to {end - 1} of the file cannot be read: {arrow_words(error)}"
        yield Unreadable(number, numbered(name, number), why)


def _entries(batch: Any, number: int, name: str, keys: Keys, limit: int) -> Iterator[Entry]:
    """The rows of a batch. What goes wrong with them costs no others: who passes over these rows does not see it."""
    try:
        rows = list(rows_of(batch))
    except MemoryError:
        raise
    except Exception as error:
        rows = [arrow_words(error)] * batch.num_rows
    for at, row in enumerate(rows, number):
        if isinstance(row, str):
            yield Unreadable(at, numbered(name, at), row)
        elif size_of(row) > limit:
            yield Unreadable(at, numbered(name, at), too_large(limit))
        else:
            yield entry_of(row, at, name, keys)


def need_parquet() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet. Raises :class:`cleaner.errors.UsageError` if they are missing."""
    return need("pyarrow", "parquet", "a Parquet file"), need("pyarrow.parquet", "parquet", "a Parquet file")
