"""Readers and writers of files. Knows nothing of cleaning: ``batch`` and the command line join the two.

What goes in::

    files.find_inputs(source: str | Path, format: str | None = None) -> Iterator[InputFile | Unreadable | LeftOut]
    files.read_entries(file, keys=None, *, limit=RECORD_LIMIT, ratio=BOMB_RATIO, bookmark=None, watch=None)
                                                               -> Iterator[Record | Unreadable | Passed]
    files.open_stream(file: InputFile, *, ratio=BOMB_RATIO, watch=None) -> io.BufferedReader     (unpacked)
    files.format_of(name) -> str | None;  files.stem_of(name) -> str;  files.sniffed(format, stream) -> str
    <format>.read_<format>(stream, name, keys, *, limit=RECORD_LIMIT, bookmark=None) -> the same
    compress.unpacked(stream, ratio=BOMB_RATIO) -> io.BufferedReader                 (gzip, zstd, by their bytes)

What comes out::

    fields.cleaned_row(record, text, keys=None, *, keep_html=False) -> dict               (for the writers of rows)
    rows.JsonlWriter(path, *, sync=True)                       .write(row) .tell() .close() .abort(); packed by suffix
    parquet.ParquetWriter(path, schema=None, *, added=(), sync=True, group_bytes=GROUP_BYTES)
    parts.row_writer(path, *, schema=None, sync=True, group_bytes=GROUP_BYTES) -> RowWriter   (by suffix)
    parts.PartWriter(folder, suffix=".jsonl.gz", *, part_bytes=PART_BYTES, schema=None, sync=True)     .parts
    rows.json_line(row) -> bytes;  rows.attribute_row(id, spans, prefix="cleaner") -> dict
    atomic.AtomicFile(path, *, sync=True)                      .write(bytes) .tell() .commit() .abort()
    atomic.write_atomically(path, data, *, sync=True);  atomic.place_below(root, name) -> Path

Rows and Arrow::

    arrow.rows_of(batch) -> Iterator[dict | str]                                      (a str says why there is no row)
    arrow.cleaned_schema(schema, keys, *, keep_html=False, added=()) -> pyarrow.Schema                (of cleaned rows)
    columns.Columns(schema, *, added=())                       .table(rows) -> pyarrow.Table, what has no place in it

A page from WARC is bytes; ``fields["charset"]`` is what HTTP called them, for ``encoding.decode_html(raw, charset)``.
Writers are used with ``with``: they finish at its end and leave no trace if an exception leaves it. Readers never raise
for what is in a file; ``find_inputs`` and the writers raise :class:`cleaner.errors.UsageError`.
"""
