"""Whether the output of a file can have its name: asked while planning, because later all would have been cleaned.

Files of rows get their names when all is done, and one that cannot be put in its place would cost the run the others.
Cleaned texts are put there one by one, so that an unusable name costs its own document only.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from cleaner.batch.job import RECORD_FOLDER, Job
from cleaner.batch.layout import SINGLE, format_for, part_pattern, part_prefix, target_for
from cleaner.batch.output import NAME_ERRORS
from cleaner.errors import UsageError
from cleaner.io.atomic import place_below
from cleaner.io.files import STDIN, InputFile, is_url, lies_in

# The attributes of all texts and pages, in the folder of attributes.
_OF_SINGLES = "documents.jsonl"
# What a file of attributes is called until it is whole.
_UNFINISHED = ".part"
_NAME_BYTES = 255


class Names:
    """The names of all outputs of a run, and whose they are."""

    def __init__(self, job: Job) -> None:
        self._job, self._output = job, job.output.resolve()
        self._longest = _longest_name(job.output)
        # Only a folder comes folder by folder.
        in_order = not is_url(job.input) and Path(job.input).is_dir()
        self._outputs, self._attributes = _Taken(in_order), _Taken(in_order)
        self._attributes.take("texts and pages", _OF_SINGLES)
        self._folder: tuple[Path, Path] | None = None
        self._parts_can_be_placed = False

    def why_not(self, file: InputFile, beside_parts: Callable[[], bool]) -> str | None:
        """Why a file cannot have its output, for people; else the name is taken for it.

        ``beside_parts`` tells whether texts or pages will be rows in parts of their own. Raises
        :class:`cleaner.errors.UsageError` if parts could not be put in their place.
        """
        target = target_for(file, self._job.writing)
        if PurePosixPath(file.name).parts[0] == RECORD_FOLDER:
            return f"its output {target or file.name} would lie among the run's own records"
        if self.lies_in_output(file):
            return "it lies in the output folder, where it could be overwritten"
        if target is None:
            self._check_parts()
        elif file.format not in SINGLE and (why := self._unusable(file, target, beside_parts)):
            return why
        return self._take(file, target)

    def lies_in_output(self, file: InputFile) -> bool:
        """Whether cleaning could overwrite a file of the input; of a link, both itself and what it leads to count."""
        if self._job.input == STDIN:
            return False
        if self._job.address and lies_in(file.path, self._job.address):
            return True
        if is_url(file.path):
            return file.path.startswith(("file://", "local://")) and lies_in(file.path, str(self._output))
        path = Path(file.path)
        place = self._real_folder(path.parent) / path.name
        places = (place, place.resolve()) if place.is_symlink() else (place,)
        return any(each.is_relative_to(self._output) for each in places)

    def _real_folder(self, folder: Path) -> Path:
        """A folder under the name that no link is on the way to; the files of one folder follow each other."""
        if self._folder is None or self._folder[0] != folder:
            self._folder = folder, folder.resolve()
        return self._folder[1]

    def _take(self, file: InputFile, target: str | None) -> str | None:
        attributes = None
        if self._job.writing.attributes and file.format not in SINGLE:
            attributes = f"{file.name}.jsonl"
            owner = self._attributes.owner(file.name, attributes)
            if owner is not None and attributes != _OF_SINGLES:
                return f"its attributes {attributes} are in the way of those of {owner}"
        if target is not None:
            owner = self._outputs.owner(file.name, target)
            if owner is not None:
                return f"its output {target} is already that of {owner}"
            self._outputs.take(file.name, target)
        if attributes is not None:
            self._attributes.take(file.name, attributes)
        return None

    def _unusable(self, file: InputFile, target: str, beside_parts: Callable[[], bool]) -> str | None:
        """Why the name of a file of rows, or that of its attributes, cannot be used."""
        if self._job.writing.attributes and self._too_long(f"{file.name}.jsonl{_UNFINISHED}"):
            return f"the name of its attributes {file.name}.jsonl is too long"
        if format_for(file, self._job.writing) == "text":
            return None
        if self._too_long(target):
            return f"the name of its output {target} is too long"
        parts = part_pattern(None)
        if self._job.writing.format is not None and parts.fullmatch(PurePosixPath(target).parts[0]) and beside_parts():
            return f"its output {target} would lie where the rows of texts and pages go; give it another name"
        try:
            return _in_the_way(self._job.output, target)
        except OSError as error:
            # Anything else is not the fault of the name, and may be mended.
            return f"its output {target} cannot be written: {error.strerror}" if error.errno in NAME_ERRORS else None

    def _too_long(self, name: str) -> bool:
        return any(len(os.fsencode(part)) > self._longest for part in PurePosixPath(name).parts)

    def _check_parts(self) -> None:
        if self._parts_can_be_placed:
            return
        size = self._job.writing.part_size
        name = part_pattern(size)
        for path in self._job.output.glob(f"{part_prefix(size)}-*"):
            if name.fullmatch(path.name) and path.is_dir():
                raise UsageError(f"{path} is a folder, where rows go into files of such names: move it away")
        self._parts_can_be_placed = True


def _longest_name(folder: Path) -> int:
    """Bytes that the name of a file in a folder may have."""
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # Windows; a file system that does not say
        return _NAME_BYTES


def _in_the_way(output: Path, target: str) -> str | None:
    """What is there already, of an earlier run or of somebody else, and lets no file be put in its place."""
    try:
        place = place_below(output, target)
    except UsageError as error:
        return str(error)
    if place.is_dir() and not place.is_symlink():
        return f"its output {target} is there already, as a folder: move that away"
    for folder in place.parents[: len(PurePosixPath(target).parts) - 1]:
        if folder.exists() and not folder.is_dir():
            return f"its output {target} would lie in {folder.relative_to(output).as_posix()}, a file: move that away"
    return None


class _Taken:
    """Whose output a name is.

    Where files come folder by folder, only those of a folder and of the folders around it can collide, and the others
    are forgotten. A list may name them in any order.
    """

    def __init__(self, in_order: bool) -> None:
        self._in_order = in_order
        self._folders: dict[PurePosixPath, dict[str, str]] = {}
        self._made: dict[PurePosixPath, str] = {}
        """Folders on the way to a name, which no file can be called."""

    def owner(self, name: str, target: str) -> str | None:
        """Who has the name ``target`` that is meant for ``name``, or that of a folder on the way to it."""
        way = PurePosixPath(target)
        if self._in_order:
            around = set(PurePosixPath(name).parents) | set(way.parents)
            self._folders = {folder: names for folder, names in self._folders.items() if folder in around}
        for step in (way, *way.parents):
            owner = self._folders.get(step.parent, {}).get(step.name)
            if owner is not None:
                return owner
        return self._made.get(way)

    def take(self, name: str, target: str) -> None:
        """The name ``target`` is taken for ``name``."""
        way = PurePosixPath(target)
        self._folders.setdefault(way.parent, {})[way.name] = name
        if not self._in_order:  # else the files of a folder come before those of the folders in it
            for folder in way.parents:
                self._made.setdefault(folder, name)
