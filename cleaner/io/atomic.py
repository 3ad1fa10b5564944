"""Write files so that no reader ever sees half of one, and none outside the output folder is touched."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from cleaner.errors import UsageError

# File systems end names at 255 bytes; this leaves room for what a temporary name adds.
_LONG_NAME = 230


def place_below(root: Path, name: str) -> Path:
    """``root / name`` for a name with ``/``, if it is a file below ``root`` also after all links are followed.

    Raises :class:`cleaner.errors.UsageError` for a name that leads anywhere else.

    >>> place_below(Path("out"), "2024/story.txt").as_posix()
    'out/2024/story.txt'
    """
    path = PurePosixPath(name)
    # A backslash or a colon is a part of a name here and a way out of the folder on Windows.
    outside = path.is_absolute() or ".." in path.parts or "\0" in name or (os.name == "nt" and set(name) & set("\\:"))
    if outside or not path.parts:
        raise UsageError(f"{name!r} would be written outside the output folder")
    target = root.joinpath(*path.parts)
    try:
        inside = target.parent.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        inside = False
    if not inside:
        raise UsageError(f"{name!r} would be written outside the output folder: a link leads there")
    return target


class AtomicFile(io.RawIOBase):
    """A binary file that appears under its name when it is committed, and never if it is not.

    Until then it has a temporary name in the same folder, ``.NAME.PID.part``. ``sync`` brings it to the disk before it
    gets its name, so that it is whole even after a power cut; a kill of the process needs no such care. Used with
    ``with``, it is committed at the end, and given up if an exception leaves the block. Every error of the file system
    is raised as :class:`cleaner.errors.UsageError` that names the file; the temporary file is gone by then.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self.path = path
        self._sync = sync
        self._temporary = path.with_name(_temporary_name(path.name))
        self._file: io.BufferedWriter | None = None
        self._given_up = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.unlink(missing_ok=True)
            self._file = self._temporary.open("xb")
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def writable(self) -> bool:
        """True: the file is for writing only."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Write all of the bytes. After :meth:`abort` they go nowhere: what packs them flushes when it is dropped."""
        if self._file is None and self._given_up:
            return len(data)
        if self._file is None:
            raise ValueError(f"{self.path} is finished")
        try:
            return self._file.write(data)
        except OSError as error:
            raise self._failed(error) from error

    def tell(self) -> int:
        """Bytes written so far."""
        return self._file.tell() if self._file else 0

    def commit(self) -> None:
        """Give the file its name, all of its bytes on the disk."""
        if self._file is None:
            return
        try:
            self._file.flush()
            if self._sync:
                os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(self.path)
            if self._sync:
                with contextlib.suppress(OSError):  # some file systems cannot
                    sync_folder(self.path.parent)
        except OSError as error:
            raise self._failed(error) from error
        self._file = None

    def abort(self) -> None:
        """Leave no trace of the file."""
        if self._file is None:
            return
        self._given_up = True
        with contextlib.suppress(OSError):
            self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the file up unless it was committed."""
        self.abort()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if type is None:
            self.commit()
        self.close()

    def _failed(self, error: OSError | ValueError) -> UsageError:
        self.abort()
        return UsageError(f"{self.path} cannot be written: {getattr(error, 'strerror', None) or error}")


def write_atomically(path: Path, data: bytes, *, sync: bool = True) -> None:
    """A whole file at once. Raises :class:`cleaner.errors.UsageError` if it cannot be written."""
    with AtomicFile(path, sync=sync) as file:
        file.write(data)


def _temporary_name(name: str) -> str:
    """A name that leads back to the file, unless that is so long that no other fits beside it."""
    if len(os.fsencode(name)) > _LONG_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f".{name}.{os.getpid()}.part"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut. Raises :class:`OSError` where the system cannot."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_disk(folder: Path) -> None:
    """Bring all that was written to the disk of a folder onto it, whoever wrote it: files, and their names.

    For many files that takes far less than ``fsync`` of each. Raises :class:`OSError` if something is lost. Where the
    system can only be told to write everything (macOS), it may come back before that is done.
    """
    import ctypes  # noqa: PLC0415  (only a run of many documents needs it)

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if os.name == "posix" else None
    if syncfs is not None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if syncfs(descriptor) == 0:
                return
        finally:
            os.close(descriptor)
        if (number := ctypes.get_errno()) in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
            raise OSError(number, os.strerror(number))
    if hasattr(os, "sync"):
        os.sync()
