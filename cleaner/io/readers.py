"""Read one document from a file or from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from cleaner.errors import InputError
from cleaner.io.files import FORMAT_OF


def kind_by_name(path: Path) -> str | None:
    """``"text"`` or ``"html"`` by the file's suffix, ``None`` for any other. A .txt file is text, whatever is in it.

    >>> kind_by_name(Path("a.HTM"))
    'html'
    """
    kind = FORMAT_OF.get(path.suffix.lower())
    return kind if kind in ("text", "html") else None


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    Raises :class:`cleaner.errors.InputError` saying what is wrong with which file.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    path = Path(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_read(path, error) from None


def cannot_read(path: Path, error: OSError) -> InputError:
    """What is wrong with a file that cannot be read, for people."""
    if isinstance(error, FileNotFoundError):
        return InputError(f"there is no file {path}")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path} is a folder; use 'cleaner batch' for folders")
    why = "no permission" if isinstance(error, PermissionError) else error.strerror or error
    return InputError(f"{path} cannot be read: {why}")
