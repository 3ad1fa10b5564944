"""What a site repeats, looked up while cleaning: a file is opened once, a site is read when its first page comes."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from hashlib import file_digest
from os import PathLike
from pathlib import Path
from threading import Lock

from cleaner.errors import UsageError
from cleaner.model import TemplateLine
from cleaner.templates.files import is_toml, open_toml
from cleaner.templates.lines import Site, template_of
from cleaner.templates.parquet_file import ParquetTemplates

# Lines of sites that are held, the sites last asked for. Some 400 bytes each.
HELD_LINES = 200_000
# A site without lines counts as so many, or a crawl of a million sites would be held.
SITE_LINES = 8


class Templates:
    """A file of templates. Can be pickled and shared between threads; a forked or spawned process opens it for itself.

    Raises :class:`cleaner.errors.UsageError` if the file holds no templates, or if it is another one when a process
    opens it again.
    """

    def __init__(self, path: str | PathLike[str], stamp: tuple[int, int] | None = None) -> None:
        self.path = Path(path)
        self.stamp = stamp or self._stamp()
        self._lock = Lock()
        self._open()

    @property
    def name(self) -> str:
        """The file's name without the folders: what records call it."""
        return self.path.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def lines_of(self, site: str) -> Mapping[str, TemplateLine]:
        """The lines of a site that go, by label; empty for a site that the file does not know."""
        with self._lock:
            if self._process != os.getpid():
                self._open()  # two processes must not share the place in an open file
            found = self._held.get(site)
            if found is None:
                found = template_of(self._read(site))
                self._hold(site, found)
            self._held.move_to_end(site)
            return found

    def site(self, name: str) -> Site:
        """All that the file says of a site; without lines if it does not know it."""
        with self._lock:
            return self._read(name)

    def _read(self, name: str) -> Site:
        if isinstance(self._file, ParquetTemplates):
            return self._file.site(name)
        return self._file.get(name) or Site(name)

    def _hold(self, site: str, found: dict[str, TemplateLine]) -> None:
        self._held[site] = found
        self._size += len(found) + SITE_LINES
        while self._size > HELD_LINES and len(self._held) > 1:
            self._size -= len(self._held.popitem(last=False)[1]) + SITE_LINES

    def _open(self) -> None:
        if self._stamp() != self.stamp:
            raise UsageError(f"{self.path} was changed while it was in use: start again")
        self._process = os.getpid()
        self._held: OrderedDict[str, dict[str, TemplateLine]] = OrderedDict()
        self._size = 0
        self._file: ParquetTemplates | dict[str, Site]
        if is_toml(self.path):
            self._file = {site.name: site for site in open_toml(self.path)}
        else:
            self._file = ParquetTemplates(self.path)

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self.path.stat()
        except OSError as error:
            raise UsageError(f"the templates {self.path} cannot be read: {error.strerror or error}") from error
        return status.st_size, status.st_mtime_ns

    def __reduce__(self) -> tuple[type[Templates], tuple[Path, tuple[int, int]]]:
        """Pickle by place: another process opens the file again."""
        return Templates, (self.path, self.stamp)
