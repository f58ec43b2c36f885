"""Voices: which of an article's attributions holds what stands at a place of its text."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from services.messages import Span
from services.tagger.layout.quotes import Quotes
from services.tagger.sources.find import Sourced


@dataclass(frozen=True)
class Voices:
    """All attributions of an article in text order, to be asked who says what stands somewhere."""

    found: Sequence[Sourced]
    quotes: Quotes

    def of(self, at: int) -> Sourced | None:
        """Return the source whose content holds a character most closely, or the last speaker for an uncued quotation."""
        holding = self._overlapping(at, at + 1)
        if holding:
            return min(holding, key=lambda row: (row[0][1] - row[0][0], row[1].place))[1]
        quotation = next(iter(self.quotes.within(at, at + 1)), None)
        if quotation is None:
            return None
        beside = min((s for _, s in self._overlapping(*quotation)), key=lambda s: s.place, default=None)
        before = bisect_left(self._speakers, at, key=lambda s: s.place[0])
        return beside or (self._speakers[before - 1] if before else None)

    @cached_property
    def _speakers(self) -> list[Sourced]:
        speaking = (s for s in self.found if s.kind == "say" and s.source is not None and s.content is not None)
        return sorted(speaking, key=lambda s: s.place)

    @cached_property
    def _contents(self) -> list[tuple[Span, Sourced]]:
        return sorted(((s.content, s) for s in self._speakers if s.content is not None), key=itemgetter(0))

    @cached_property
    def _longest(self) -> int:
        return max((end - start for (start, end), _ in self._contents), default=0)

    def _overlapping(self, start: int, end: int) -> list[tuple[Span, Sourced]]:
        first = bisect_left(self._contents, start - self._longest, key=lambda row: row[0][0])
        last = bisect_left(self._contents, end, key=lambda row: row[0][0])
        return [row for row in self._contents[first:last] if row[0][1] > start]
