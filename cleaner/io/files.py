"""Which files an input is, what is in each, and how it is opened."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from cleaner.errors import CleanerError, InputError, UsageError
from cleaner.io.compress import BOMB_RATIO, need_zstd, unpacked
from cleaner.io.extras import need
from cleaner.io.jsonl import read_json, read_jsonl
from cleaner.io.parquet import need_parquet, read_parquet
from cleaner.io.plain import read_html, read_plain, read_text
from cleaner.io.records import Bookmark, Entry, Keys, Unreadable
from cleaner.io.streams import RECORD_LIMIT, plain_words
from cleaner.io.warc import need_warc, read_warc
from cleaner.io.zip import read_zip

FORMAT_OF = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".zip": "zip",
}
"""Suffix → format. Each may be followed by one of :data:`PACKED`."""

PACKED = (".gz", ".zst")

READERS: dict[str, Callable[..., Iterator[Entry]]] = {
    "text": read_text,
    "html": read_html,
    "auto": read_plain,
    "jsonl": read_jsonl,
    "json": read_json,
    "parquet": read_parquet,
    "warc": read_warc,
    "zip": lambda *args, **more: read_zip(*args, **more, format_of=format_of),
}
"""Format → reader. ``auto`` is a file that its name tells nothing about."""

UNKNOWN_SUFFIX = "unknown suffix"

STDIN = "-"
STDIN_NAME = "stdin"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of an input; travels to the workers."""

    name: str
    """Relative, with ``/``, the same on every machine. Never absolute and never with ``..``."""
    path: str
    """Where it is: a path, a URL, or ``-``."""
    format: str
    """A key of :data:`READERS`."""
    size: int | None = None
    """Bytes, packed; ``None`` where that is not known."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What lies in a folder and is not read."""

    name: str
    reason: str
    """One of few, so that it can be counted."""


Found = InputFile | Unreadable | LeftOut


def find_inputs(source: str | Path, format: str | None = None) -> Iterator[Found]:
    """The files of an input, each once, in the same order on every machine; what is not read stands in its place.

    ``source`` is a folder, a file, ``@FILE`` (a list, one path or URL a line), ``-`` (standard input) or a URL that
    fsspec knows, of a file or a folder. Of a folder, files with a known suffix are taken, and no links that leave it.
    With ``format``, all files are of that format, whatever their suffix. Raises
    :class:`cleaner.errors.UsageError` if there is no such input or an extra is missing for it.
    """
    if format is not None and format not in READERS:
        raise UsageError(f"the input format must be one of {', '.join(READERS)}, not {format!r}")
    for entry in _found(str(source), format):
        if isinstance(entry, InputFile):
            _need_extras(entry)
        yield entry


Watch = Callable[[BinaryIO], BinaryIO]
"""Puts something between a file that was opened and who reads it: to count, to compare. It may raise errors."""


def open_stream(file: InputFile, *, ratio: int = BOMB_RATIO, watch: Watch | None = None) -> io.BufferedReader:
    """The bytes of a file, unpacked if it is packed, whatever its suffix says; ``watch`` sees them packed.

    Raises :class:`cleaner.errors.InputError` if it cannot be opened, :class:`cleaner.errors.UsageError` if an extra is
    missing. For what reading may raise see :func:`cleaner.io.compress.unpacked`.
    """
    with ExitStack() as if_it_fails:
        try:
            packed = if_it_fails.enter_context(_opened(file.path))
            stream = unpacked(watch(packed) if watch else packed, ratio)
        except (CleanerError, MemoryError):
            raise
        except Exception as error:  # every file system of fsspec has errors of its own
            raise InputError(f"it cannot be opened: {plain_words(error)}") from error
        if_it_fails.pop_all()
        return stream


def read_entries(
    file: InputFile,
    keys: Keys | None = None,
    *,
    limit: int = RECORD_LIMIT,
    ratio: int = BOMB_RATIO,
    bookmark: Bookmark | None = None,
    watch: Watch | None = None,
) -> Generator[Entry, None, None]:
    """The records of a file, from a bookmark on. What cannot be read is an entry that says so.

    ``limit`` is the most bytes that a record may take, unpacked; ``ratio`` the most times that data may grow when they
    are unpacked; ``watch`` is for :func:`open_stream`. Raises nothing but :class:`MemoryError`.
    """
    bookmark = bookmark or Bookmark()
    try:
        stream = open_stream(file, ratio=ratio, watch=watch)
    except CleanerError as error:
        yield Unreadable(bookmark.number, file.name, str(error))
        return
    number = 0
    with stream:
        try:
            read = READERS[sniffed(file.format, stream)]
            for entry in read(stream, file.name, keys or Keys(), limit=limit, bookmark=bookmark):
                number = entry.number + 1
                if entry.number >= bookmark.number:
                    yield entry
        except MemoryError:
            raise
        except UsageError as error:  # an extra is missing that the name did not ask for
            yield Unreadable(max(number, bookmark.number), file.name, str(error))
        except Exception as error:  # a fault of a reader or of a library must not cost the other files
            why = f"the rest of the file cannot be read: unexpected {plain_words(error)}"
            yield Unreadable(max(number, bookmark.number), file.name, why)


def sniffed(format: str, stream: io.BufferedReader) -> str:
    """The format by the first bytes, where the name says otherwise; texts and pages are believed.

    Raises nothing: a stream that cannot be read is left to its reader.
    """
    if format in ("text", "html"):
        return format
    try:
        head = stream.peek(512)[:512]
    except Exception:
        return format
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{" and format not in ("jsonl", "json"):
        return "jsonl"
    return format


def format_of(name: str) -> str | None:
    """The format by the suffix, ``None`` for a suffix that is not known.

    >>> format_of("crawl/CC-1.warc.WET.gz"), format_of("notes.md")
    ('warc', None)
    """
    return FORMAT_OF.get(PurePosixPath(_without_packing(name)).suffix.lower())


def stem_of(name: str) -> str:
    """The name without the suffixes of format and packing.

    >>> stem_of("2024/05/story.html.gz"), stem_of("notes.v2")
    ('2024/05/story', 'notes.v2')
    """
    inner = _without_packing(name)
    known = format_of(name) is not None
    return str(PurePosixPath(inner).with_suffix("")) if known else inner


def _without_packing(name: str) -> str:
    return name[: -len(Path(name).suffix)] if name.lower().endswith(PACKED) else name


def _found(source: str, format: str | None) -> Iterator[Found]:
    if source == STDIN:
        yield InputFile(STDIN_NAME, STDIN, format or "auto")
    elif source.startswith("@"):
        yield from _listed(source[1:], format)
    elif is_url(source):
        yield from _remote(source, format)
    else:
        yield from _local(Path(source), format)


def _local(path: Path, format: str | None) -> Iterator[Found]:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()
    except FileNotFoundError:
        raise UsageError(f"there is no file or folder {path}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {plain_words(error)}") from error
    if stat.S_ISDIR(status.st_mode):
        yield from _walked(path, format)
    elif not _same_for_all(path, status):
        raise UsageError(f"{path} is no regular file, which can be read more than once: use - for standard input")
    else:
        yield InputFile(path.name, str(path), format or format_of(path.name) or "auto", status.st_size)


# Behind these names each process finds what it has open itself: a worker would read something else.
_OWN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/")


def _same_for_all(path: Path, status: os.stat_result) -> bool:
    """Whether it is a regular file, which every worker can read, more than once."""
    return stat.S_ISREG(status.st_mode) and not os.path.abspath(path).startswith(_OWN_FILES)  # noqa: PTH100  (resolve() would follow them)


def _walked(root: Path, format: str | None) -> Iterator[Found]:
    """Everything below a folder; what is read are regular files of a known suffix, and links to such in the folder."""
    real_root = root.resolve()
    failed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=failed.append):
        folders.sort()
        for path in (Path(folder, name) for name in sorted(names)):
            yield _seen(path, path.relative_to(root).as_posix(), real_root, format)
        for path in (Path(folder, name) for name in folders):
            if path.is_symlink():
                yield LeftOut(path.relative_to(root).as_posix(), "a link to a folder")
        while failed:
            yield _unreadable_folder(root, failed.pop())
    while failed:
        yield _unreadable_folder(root, failed.pop())


def _unreadable_folder(root: Path, error: OSError) -> Unreadable:
    name = Path(error.filename or root).relative_to(root).as_posix()
    return Unreadable(0, name, f"the folder cannot be read: {plain_words(error)}")


def _seen(path: Path, name: str, real_root: Path, format: str | None) -> InputFile | LeftOut:
    known = format_of(path.name)
    if known is None:
        return LeftOut(name, UNKNOWN_SUFFIX)
    status = _regular(path, real_root)
    if isinstance(status, str):
        return LeftOut(name, status)
    return InputFile(name, str(path), format or known, status.st_size)


def _regular(path: Path, real_root: Path) -> os.stat_result | str:
    """What the system says of a regular file, or why it is none for us."""
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(real_root):
            return "a link out of the folder"
        status = path.stat()
    except (OSError, RuntimeError):
        return "a link to nothing"
    # Opening a pipe would wait for ever.
    return status if stat.S_ISREG(status.st_mode) else "no regular file"


def _listed(list_path: str, format: str | None) -> Iterator[InputFile | Unreadable]:
    """The files of a list, named from the folder that they have in common."""
    try:
        data = sys.stdin.buffer.read() if list_path == STDIN else Path(list_path).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"the list {list_path} cannot be read: {plain_words(error)}") from error
    lines = [line.rstrip(b"\r") for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    paths = [os.fsdecode(line) for line in lines if line.strip()]
    # A file that is listed twice is one input: it has one name, and would have one output.
    for name, path in dict(zip(_common_names(paths), paths, strict=True)).items():
        yield _listed_file(name, path, format)


def _listed_file(name: str, path: str, format: str | None) -> InputFile | Unreadable:
    if not is_url(path):
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:
            return Unreadable(0, name, f"it cannot be opened: {plain_words(error)}")
        if not _same_for_all(Path(path), status):
            return Unreadable(0, name, "it is no file")
        return InputFile(name, path, format or format_of(path) or "auto", status.st_size)
    return InputFile(name, path, format or format_of(path) or "auto")


def _common_names(paths: list[str]) -> list[str]:
    parts = [_parts(path) for path in paths]
    shared = 0
    for steps in zip(*(each[:-1] for each in parts), strict=False):
        if len(set(steps)) > 1:
            break
        shared += 1
    return ["/".join(each[shared:]) for each in parts]


def _parts(path: str) -> list[str]:
    """The steps to a file from the root, a URL's protocol and host among them; ``..`` is resolved."""
    if is_url(path):
        protocol, _, rest = path.partition("://")
        return [protocol, *(part for part in rest.split("/") if part not in ("", ".", ".."))]
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links and change the names)
    return list(absolute.parts[1:])


def is_url(source: str) -> bool:
    """True for an address such as ``s3://bucket/folder``, which fsspec opens."""
    protocol, mark, _ = source.partition("://")
    return bool(mark) and protocol.replace("+", "").replace("-", "").replace(":", "").isalnum()


def _remote(url: str, format: str | None) -> Iterator[Found]:
    fs, path = file_system(url)
    try:
        whole = fs.isfile(path)
        found: Iterable[str] = [path] if whole else sorted(fs.find(path))
        infos = [(each, fs.info(each).get("size") if whole or format_of(each) else None) for each in found]
    except Exception as error:
        raise UsageError(f"{url} cannot be read: {plain_words(error)}") from error
    if not found:
        raise UsageError(f"there is no file or folder {url}")
    root = path.rstrip("/") + "/"
    for each, size in infos:
        name = (PurePosixPath(each).name if whole else each.removeprefix(root)).lstrip("/")
        if not whole and format_of(each) is None:
            yield LeftOut(name, UNKNOWN_SUFFIX)
        elif ".." in name.split("/"):
            yield LeftOut(name, "a name that leads out of the folder")
        else:
            yield InputFile(name, fs.unstrip_protocol(each), format or format_of(each) or "auto", size)


def file_system(url: str) -> tuple[Any, str]:
    """The file system of fsspec that holds an address, and where in it.

    Raises :class:`cleaner.errors.UsageError` if the extra, or what this kind of address needs, is missing.
    """
    fsspec = need("fsspec", "remote", f"the address {url}")
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url} cannot be read: {error}") from error
    return fs, str(path)


def lies_in(source: str, folder: str) -> bool:
    """Whether a file or folder is another one, or lies in it; either may be an address.

    Raises :class:`cleaner.errors.UsageError` like :func:`file_system`.
    """
    (system, path), (other, root) = map(_place, (source, folder))
    return type(system) is type(other) and path.is_relative_to(root)


def _place(source: str) -> tuple[Any, PurePosixPath]:
    """File system and path; a file or folder of this machine under the name that no link is on the way to."""
    system, path = file_system(source if is_url(source) else f"file://{Path(source).resolve()}")
    local = "file" in ([system.protocol] if isinstance(system.protocol, str) else system.protocol)
    return system, PurePosixPath(Path(path).resolve() if local else path)


def _opened(path: str) -> BinaryIO:
    if path == STDIN:
        return sys.stdin.buffer
    if not is_url(path):
        return cast(BinaryIO, Path(path).open("rb", buffering=0))
    fs, inner = file_system(path)
    return cast(BinaryIO, fs.open(inner, "rb"))


def _need_extras(file: InputFile) -> None:
    if file.path.lower().endswith(".zst"):
        need_zstd()
    if file.format == "parquet":
        need_parquet()
    if file.format == "warc":
        need_warc()
