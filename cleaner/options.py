"""One frozen value that holds every option: presets, actions, budget, the user's own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from types import MappingProxyType
from typing import cast

from cleaner.errors import UsageError
from cleaner.model import ARTICLE_CATEGORIES, FIELD_CATEGORIES, Category
from cleaner.rules.user import RuleFile, open_rule_file, user_matcher
from cleaner.site_config import SiteConfig, SiteConfigs
from cleaner.templates.lookup import Templates
from cleaner.text import not_known

PRESETS = ("careful", "balanced", "thorough")
ACTIONS = ("drop", "keep", "field")
EXTRACTORS = ("learned", "combined", "readability", "justext", "none")

RulePath = str | PathLike[str]


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
    """``careful`` takes what one strong or several likely claims name, ``balanced`` also a likely one with a second
    voice, ``thorough`` a likely one alone."""
    actions: Mapping[str, str] = field(default_factory=dict)
    """Category → ``drop``, ``keep`` or ``field``, where it differs from the category's own."""
    budget: float = 0.5
    """Share of a document's code points, 0 to 1, that claims short of strong may take together."""
    extractor: str = "learned"
    """Who finds the main content of a page: ``learned``, ``combined``, ``readability``, ``justext`` or ``none``."""
    links: bool = False
    """Keep the addresses of a page's links, for Markdown."""
    rules: RulePath | Iterable[RulePath | RuleFile] = ()
    """The path of a file of the user's own rules (``docs/adding-a-rule.md``), or several paths. They are read here and
    now, and kept as a tuple of what was read: a change to a file takes new options."""
    templates: RulePath | Templates | None = None
    """The path of a file of ``cleaner learn`` (``docs/templates.md``): what each site repeats goes."""
    site_configs: RulePath | SiteConfigs | None = None
    """A folder of site configurations as full-text-RSS has them (``docs/templates.md``): where each story stands."""

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
        paths = (self.rules,) if isinstance(self.rules, str | PathLike) else self.rules
        files = tuple(path if isinstance(path, RuleFile) else open_rule_file(path) for path in paths)
        object.__setattr__(self, "rules", files)
        user_matcher(files)
        if self.templates is not None and not isinstance(self.templates, Templates):
            object.__setattr__(self, "templates", Templates(self.templates))
        if self.site_configs is not None and not isinstance(self.site_configs, SiteConfigs):
            object.__setattr__(self, "site_configs", SiteConfigs(self.site_configs))

    def action(self, category: Category) -> str:
        """``drop``, ``keep`` or ``field``."""
        return self.actions.get(category) or _default_action(category)

    @property
    def rule_files(self) -> tuple[RuleFile, ...]:
        """The user's rule files, as they were read."""
        return cast("tuple[RuleFile, ...]", self.rules)

    @property
    def template_file(self) -> Templates | None:
        """The open file of templates."""
        return cast("Templates | None", self.templates)

    @property
    def config_folder(self) -> SiteConfigs | None:
        """The folder of site configurations."""
        return cast("SiteConfigs | None", self.site_configs)

    def config_of(self, address: str | None) -> SiteConfig | None:
        """The configuration of the site of an address; ``None`` where there is none."""
        return None if self.config_folder is None else self.config_folder.of_address(address)

    def __reduce__(self) -> tuple[type[Options], tuple[object, ...]]:
        """Pickle by value: a mapping proxy cannot travel to another process."""
        values = (self.preset, dict(self.actions), self.budget, self.extractor, self.links, self.rule_files)
        return Options, (*values, self.templates, self.site_configs)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(not_known(what, value, known))
