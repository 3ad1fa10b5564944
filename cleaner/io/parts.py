"""Writers by the name of the file, and rows in many files of a target size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cleaner.errors import UsageError
from cleaner.io.compress import need_zstd
from cleaner.io.parquet import GROUP_BYTES, ParquetWriter, need_parquet
from cleaner.io.rows import JsonlWriter, Managed, Row, RowWriter

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
"""What rows can be written as."""

PART_BYTES = 256_000_000


def row_writer(path: Path, *, schema: Any = None, sync: bool = True, group_bytes: int = GROUP_BYTES) -> RowWriter:
    """The writer for a file of that name. ``schema`` and ``group_bytes`` are for Parquet only.

    Raises :class:`cleaner.errors.UsageError` for a suffix that is none of :data:`SUFFIXES`, if the file cannot be
    written, or an extra is missing.
    """
    name = path.name.lower()
    if name.endswith(".parquet"):
        return ParquetWriter(path, schema, sync=sync, group_bytes=group_bytes)
    if name.endswith(SUFFIXES):
        return JsonlWriter(path, sync=sync)
    raise UsageError(f"{path}: rows are written to files in {', '.join(SUFFIXES)}")


def need_writer(suffix: str) -> None:
    """Raise :class:`cleaner.errors.MissingError` if an extra is missing that writing such files needs."""
    if suffix == ".parquet":
        need_parquet()
    elif suffix.endswith(".zst"):
        need_zstd()


class PartWriter(Managed):
    """Rows in files ``part-00000.jsonl.gz``, ``part-00001.jsonl.gz``, …, each of about ``part_bytes``, packed.

    A part is closed by the first row that brings it to its size, so where parts end depends on the rows alone. Parts
    that are closed stay, whatever becomes of those after them.
    """

    def __init__(
        self,
        folder: Path,
        suffix: str = ".jsonl.gz",
        *,
        part_bytes: int = PART_BYTES,
        schema: Any = None,
        sync: bool = True,
    ) -> None:
        """Raises :class:`cleaner.errors.UsageError` if the first part cannot be begun."""
        self._folder, self._suffix, self._part_bytes = folder, suffix, part_bytes
        self._schema, self._sync = schema, sync
        self.parts: list[Path] = []
        """The parts so far, the last of them not closed yet."""
        self._writer = self._next()

    def write(self, row: Row) -> None:
        """Add one row. Raises :class:`cleaner.errors.UsageError` if it cannot be written."""
        self._for_next().write(row)

    def write_line(self, line: bytes) -> None:
        """Add a row of JSON that is a line already. Raises :class:`cleaner.errors.UsageError` like :meth:`write`."""
        writer = self._for_next()
        if not isinstance(writer, JsonlWriter):
            raise UsageError(f"{self.parts[-1]} takes no lines of JSON")
        writer.write_line(line)

    def tell(self) -> int:
        """Bytes of the part that is being written."""
        return self._writer.tell()

    def close(self) -> None:
        """Finish the last part; one without rows is written too if it is the only one."""
        self._writer.close()

    def abort(self) -> None:
        """Leave no trace of the part that is being written."""
        self._writer.abort()

    def _for_next(self) -> RowWriter:
        if self._writer.tell() >= self._part_bytes:
            self._writer.close()
            self._writer = self._next()
        return self._writer

    def _next(self) -> RowWriter:
        path = self._folder / f"part-{len(self.parts):05}{self._suffix}"
        self.parts.append(path)
        # Groups above the size of a part would make parts above it.
        group_bytes = min(GROUP_BYTES, self._part_bytes)
        return row_writer(path, schema=self._schema, sync=self._sync, group_bytes=group_bytes)
