"""Find and read the documents of a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cleaner.errors import InputError, UsageError

SUFFIXES = (".txt", ".html", ".htm")


def find_documents(root: Path) -> Iterator[Path]:
    """Paths below ``root`` of the documents in it, relative, in the same order on every machine.

    Links that lead out of the folder, and folders reached by links, are left out: they could lead anywhere, or round
    in a circle. Raises :class:`cleaner.errors.UsageError` if ``root`` is no folder that can be read.
    """
    if not root.exists():
        raise UsageError(f"there is no folder {root}")
    if not root.is_dir():
        raise UsageError(f"{root} is a file; batch reads a folder (use 'cleaner clean' for one document)")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UsageError(f"the folder {root} cannot be read: no permission")
    real_root = root.resolve()
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix.lower() in SUFFIXES and not (path.is_symlink() and not _inside(path, real_root)):
                yield path.relative_to(root)


def _inside(path: Path, real_root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(real_root)
    except (OSError, RuntimeError):
        return False


def kind_by_name(path: Path) -> str | None:
    """``"text"`` or ``"html"`` by the file's suffix, ``None`` for any other. A .txt file is text, whatever is in it.

    >>> kind_by_name(Path("a.HTM"))
    'html'
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return None
    return "text" if suffix == ".txt" else "html"


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    Raises :class:`cleaner.errors.InputError` saying what is wrong with which file.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    path = Path(path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; use 'cleaner batch' for folders") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: no permission") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
