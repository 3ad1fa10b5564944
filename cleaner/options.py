"""One frozen value that holds every option: presets, actions, budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from cleaner.errors import UsageError
from cleaner.model import ARTICLE_CATEGORIES, FIELD_CATEGORIES, Category

PRESETS = ("careful", "balanced", "thorough")
ACTIONS = ("drop", "keep", "field")
EXTRACTORS = ("learned", "combined", "readability", "justext", "none")


def _default_action(category: Category) -> str:
    if category in ARTICLE_CATEGORIES:
        return "keep"
    return "field" if category in FIELD_CATEGORIES else "drop"


@dataclass(frozen=True, slots=True)
class Options:
    """How to clean. Raises :class:`cleaner.errors.UsageError` for a value outside its range.

    >>> Options(preset="carefull")
    Traceback (most recent call last):
    ...
    cleaner.errors.UsageError: preset 'carefull' is not known, did you mean 'careful'?
    """

    preset: str = "balanced"
    """``careful`` takes only what is certain, ``thorough`` takes what is likely; ``balanced`` stands between."""
    actions: Mapping[str, str] = field(default_factory=dict)
    """Category → ``drop``, ``keep`` or ``field``, where it differs from the category's own."""
    budget: float = 0.5
    """Share of a document's code points, 0 to 1, that claims short of strong may take together."""
    extractor: str = "learned"
    """Who finds the main content of a page: ``learned``, ``combined``, ``readability``, ``justext`` or ``none``."""
    links: bool = False
    """Keep the addresses of a page's links, for Markdown."""

    def __post_init__(self) -> None:
        _one_of("preset", self.preset, PRESETS)
        _one_of("extractor", self.extractor, EXTRACTORS)
        if not 0 <= self.budget <= 1:
            raise UsageError(f"budget must lie between 0 and 1, not {self.budget}")
        for category, action in self.actions.items():
            _one_of("category", category, tuple(Category))
            _one_of(f"action of {category}", action, ACTIONS)
            if action == "field" and category not in FIELD_CATEGORIES:
                raise UsageError(f"category {category} has no field; its action is keep or drop")
        object.__setattr__(self, "actions", MappingProxyType(dict(self.actions)))

    def action(self, category: Category) -> str:
        """``drop``, ``keep`` or ``field``."""
        return self.actions.get(category) or _default_action(category)

    def __reduce__(self) -> tuple[type[Options], tuple[str, dict[str, str], float, str, bool]]:
        """Pickle by value: a mapping proxy cannot travel to another process."""
        return Options, (self.preset, dict(self.actions), self.budget, self.extractor, self.links)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        near = get_close_matches(value, known, n=1)
        raise UsageError(
            f"{what} {value!r} is not known, "
            + (f"did you mean {near[0]!r}?" if near else f"it must be one of {', '.join(known)}")
        )
