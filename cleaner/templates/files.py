"""Read and write files of templates: ``.toml`` for people, Parquet for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cleaner.errors import UsageError
from cleaner.io.atomic import AtomicFile
from cleaner.templates.lines import Site
from cleaner.templates.parquet_file import ParquetTemplates, write_parquet
from cleaner.templates.toml_file import print_toml, read_toml


def read_sites(path: Path) -> Iterator[Site]:
    """The sites of a file, in the order of their names.

    Raises :class:`cleaner.errors.UsageError` if it holds no templates or, for Parquet, pyarrow is missing.
    """
    return iter(open_toml(path)) if is_toml(path) else ParquetTemplates(path).sites()


def open_toml(path: Path) -> list[Site]:
    """All sites of a TOML file. Raises :class:`cleaner.errors.UsageError` if it cannot be read."""
    try:
        return read_toml(path.read_text(encoding="utf-8-sig"), path.name)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not in UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def write_sites(path: Path, sites: Iterable[Site]) -> None:
    """Write sites, which must come in the order of their names. The file appears when it is whole.

    Raises :class:`cleaner.errors.UsageError` if it cannot be written.
    """
    if not is_toml(path):
        write_parquet(path, sites)
        return
    with AtomicFile(path) as file:
        for piece in print_toml(sites):
            file.write(piece.encode("utf-8", "replace"))


def is_toml(path: Path) -> bool:
    """True for a file that people edit.

    >>> is_toml(Path("sites.TOML")), is_toml(Path("sites.parquet"))
    (True, False)
    """
    return path.suffix.lower() == ".toml"
