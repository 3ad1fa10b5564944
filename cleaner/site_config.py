"""Site configurations in the format of full-text-RSS: a folder with a file a site that says where its story stands.

The format is that of the ``ftr-site-config`` project, whose files are in the public domain; none is bundled. Understood
are ``body``, ``strip``, ``strip_id_or_class``, ``test_url`` and ``test_contains``; other directives are about fetching,
images and fields, and are passed over. A file is called by its host (``example.com.txt``), or, with a full stop in
front (``.example.com.txt``), for all hosts of a domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from os import PathLike
from pathlib import Path
from urllib.parse import urldefrag

from cleaner.errors import UsageError
from cleaner.sites import host_of
from cleaner.text import squeeze

_DIRECTIVE = re.compile(r"\s*([a-z_]+)(?:\([^)]*\))?\s*:\s*(.*?)\s*$")
# Files that are held.
_HELD = 256


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """One file."""

    file: str
    """Its name without the folders."""
    body: tuple[str, ...] = ()
    """XPath expressions; the first that finds something is the story."""
    strip: tuple[str, ...] = ()
    """XPath expressions for what is no story wherever it stands."""
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Address of a page → what its cleaned text must hold."""

    def fails(self, address: str, text: str) -> bool:
        """Whether a cleaned page lacks what the file says must be in it."""
        shown = squeeze(text)
        return any(squeeze(wanted) not in shown for wanted in self.tests.get(urldefrag(address).url, ()))


def read_config(text: str, file: str) -> SiteConfig:
    """The configuration that a file holds.

    >>> read_config("body: //div[@id='story']\\nstrip_id_or_class: promo", "example.com.txt").strip
    ("//*[contains(@class, 'promo') or contains(@id, 'promo')]",)
    """
    body: list[str] = []
    strip: list[str] = []
    tests: dict[str, list[str]] = {}
    address = ""
    for name, value in _directives(text):
        if name == "body":
            body.append(value)
        elif name == "strip":
            strip.append(value)
        elif name == "strip_id_or_class":
            part = value.replace("'", "").replace('"', "")
            strip.append(f"//*[contains(@class, '{part}') or contains(@id, '{part}')]")
        elif name == "test_url":
            address = urldefrag(value).url
        elif name == "test_contains" and address:
            tests.setdefault(address, []).append(value)
    return SiteConfig(file, tuple(body), tuple(strip), {url: tuple(wanted) for url, wanted in tests.items()})


def _directives(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = None if line.lstrip().startswith("#") else _DIRECTIVE.match(line)
        if found and found[2]:
            yield found[1], found[2]


class SiteConfigs:
    """A folder of site configurations. A file is read when the first page of its site comes.

    Raises :class:`cleaner.errors.UsageError` if there is no such folder, or no configuration in it.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.folder = Path(folder)
        try:
            self._files = {path.name.lower(): path for path in sorted(self.folder.glob("*.txt"))}
        except OSError as error:
            raise UsageError(f"the folder {self.folder} cannot be read: {error.strerror or error}") from error
        if not self._files:
            raise UsageError(f"{self.folder} holds no site configurations: a folder of files such as example.com.txt")

    def of_address(self, address: str | None) -> SiteConfig | None:
        """The configuration for the host of an address, ``None`` if there is none.

        Raises :class:`cleaner.errors.UsageError` if its file cannot be read.
        """
        host = host_of(address)
        if not host:
            return None
        parts = host.split(".")
        names = [host, *("." + ".".join(parts[first:]) for first in range(len(parts)))]
        path = next((self._files[f"{name}.txt"] for name in names if f"{name}.txt" in self._files), None)
        return None if path is None else _read(path)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the files and their names, in hexadecimal."""
        whole = sha256()
        for name, path in self._files.items():
            whole.update(f"{name}\n".encode("utf-8", "surrogatepass") + sha256(path.read_bytes()).digest())
        return whole.hexdigest()

    def __reduce__(self) -> tuple[type[SiteConfigs], tuple[Path]]:
        """Pickle by place: another process looks into the folder again."""
        return SiteConfigs, (self.folder,)


@lru_cache(maxsize=_HELD)
def _read(path: Path) -> SiteConfig:
    try:
        return read_config(path.read_text(encoding="utf-8", errors="replace"), path.name)
    except OSError as error:
        raise UsageError(f"the site configuration {path} cannot be read: {error.strerror or error}") from error
