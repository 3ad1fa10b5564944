"""How a run writes its own files: whole or not at all, and with a word of what could not be written."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from cleaner.errors import OutputError

NAME_ERRORS = (errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ)
"""What is wrong with a name, not with the disk."""


@contextlib.contextmanager
def writing(what: object) -> Iterator[None]:
    """Errors of the file system inside become :class:`cleaner.errors.OutputError`; ``what`` is what it names."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{what} cannot be written: {error.strerror or error}") from error


def write_whole(target: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Write a file under a temporary name until it is whole and on the disk.

    The name is the same in every process, unlike that of :class:`cleaner.io.atomic.AtomicFile`: a run that was killed
    and goes on writes over what it left, and leaves no trace of having been killed.
    """
    temporary = target.with_name(target.name + ".part")
    with temporary.open("wb") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def put(target: Path, data: bytes) -> None:
    """Write a small file, as :func:`write_whole` does."""
    write_whole(target, lambda file: file.write(data))
