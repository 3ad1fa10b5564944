"""The errors of the package, named by what the caller should do about them."""

from __future__ import annotations


class CleanerError(Exception):
    """Base of every error that this package raises on purpose. Its text is written for the user."""


class UsageError(CleanerError):
    """The call cannot work as asked: change the arguments, the options or the folder names."""


class MissingError(UsageError, ImportError):
    """A library that only some formats or engines need is not installed: install the extra that the text names."""


class OutputError(UsageError):
    """The output cannot be written: make room, or set its permissions, and go on with what is already there."""


class InputError(CleanerError):
    """This one document cannot be read: skip it, report it, and go on with the others."""


class RuleError(CleanerError):
    """A rule file is wrong: refuse to start, because a half-loaded rule set would clean differently."""


class AuditError(CleanerError):
    """An audit record does not fit the text that it is applied to: neither may be trusted until that is settled."""


class StoppedError(CleanerError):
    """The run was told to stop and did: nothing is wrong, and it can go on where it stopped."""
