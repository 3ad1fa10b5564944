"""What has been claimed so far, by block: detectors that judge a block by its neighbours ask here."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from cleaner.model import ARTICLE_CATEGORIES, Category, Document, Finding, Strength


class Heard:
    """The findings that cover whole blocks, by block number. Grows while the detectors run, in their order."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._by_block: dict[int, list[Finding]] = defaultdict(list)
        self._inside: dict[int, list[Finding]] = defaultdict(list)
        self._of_category: dict[Category, set[int]] = defaultdict(set)
        self._strong: set[int] = set()
        self._claimed: set[int] = set()
        self._kept: set[int] = set()

    def add(self, findings: Iterable[Finding]) -> None:
        """Note the findings of one detector, but for those on blocks that are kept: they will not act."""
        blocks, starts = self._document.blocks, self._document.starts
        for finding in findings:
            index = bisect_right(starts, finding.start) - 1
            while 0 <= index < len(blocks) and blocks[index].start < finding.end:
                if index in self._kept and not finding.file:
                    index += 1
                    continue
                self._of_category[finding.category].add(index)
                if finding.start <= blocks[index].start and blocks[index].end <= finding.end:
                    self._by_block[index].append(finding)
                    if finding.category not in ARTICLE_CATEGORIES and finding.strength is not Strength.WEAK:
                        self._claimed.add(index)
                        if finding.strength is Strength.STRONG:
                            self._strong.add(index)
                else:
                    self._inside[index].append(finding)
                index += 1

    def keep(self, findings: Iterable[Finding]) -> None:
        """Note the strong findings that keep their blocks, because what they name is part of the article."""
        for finding in findings:
            block = self._document.block_at(finding.start)
            whole = finding.start <= block.start and block.end <= finding.end
            if whole and finding.category in ARTICLE_CATEGORIES and finding.strength is Strength.STRONG:
                self._kept.add(block.number)

    def kept(self, index: int) -> bool:
        """True if a strong finding says that the block is part of the article, and the options keep it."""
        return index in self._kept

    def of(self, index: int) -> Sequence[Finding]:
        """The findings that cover block ``index``, as they came."""
        return self._by_block.get(index, ())

    def strong(self, index: int) -> bool:
        """True if a strong finding says that the block is not article text."""
        return index in self._strong

    def touched(self, category: Category) -> list[int]:
        """The blocks that a finding of the category covers wholly or in part, in order."""
        return sorted(self._of_category.get(category, ()))

    def paragraphs(self) -> list[int]:
        """The blocks of running text that nobody claims short of weakly: the story, as it seems."""
        return [i for i, reading in enumerate(self._document.readings) if reading.prose and not self.claimed(i)]

    def any_strong(self) -> bool:
        """True if any block is surely not article text."""
        return bool(self._strong)

    def claimed(self, index: int) -> bool:
        """True if a strong or medium finding says that the block is not article text."""
        return index in self._claimed

    def says(self, index: int, *categories: Category) -> bool:
        """True if any finding names one of the categories for the block."""
        return any(f.category in categories for f in self.of(index))

    def says_strongly(self, index: int, category: Category) -> bool:
        """True if a strong finding names the category for the block."""
        return any(f.category is category and f.strength is Strength.STRONG for f in self.of(index))

    def rules(self, index: int, part: str) -> bool:
        """True if a rule whose id holds ``part`` claims the block."""
        return any(part in f.rule for f in self.of(index))

    def ends_with(self, index: int, category: Category) -> bool:
        """True if a finding of the category covers the end of the block, but not all of it."""
        end = self._document.blocks[index].end
        return any(f.category is category and f.end >= end - 2 for f in self._inside.get(index, ()))
