"""Voices: the attribution whose content holds a place in the text."""

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
    """All attributions of an article in text order, to find the source of any place in it."""

    found: Sequence[Sourced]
    quotes: Quotes

    def of(self, at: int) -> Sourced | None:
        """Return the attribution with the shortest content that holds a character.

        A quotation without a cue is attributed to the first source that overlaps it, else to the
        last one before.
        """
        holding = self._overlapping(at, at + 1)
        if holding:
            return min(holding, key=_closeness)[1]
        quotation = next(iter(self.quotes.within(at, at + 1)), None)
        if quotation is None:
            return None
        beside = [attribution for _, attribution in self._overlapping(*quotation)]
        if beside:
            return min(beside, key=_place)
        before = bisect_left(self._speakers, at, key=lambda said: said.place[0])
        return self._speakers[before - 1] if before else None

    @cached_property
    def _speakers(self) -> list[Sourced]:
        """The attributions to a source, with a content, by their cues."""
        return sorted((attribution for _, attribution in self._contents), key=_place)

    @cached_property
    def _contents(self) -> list[tuple[Span, Sourced]]:
        """Likewise, each with its content, by their contents."""
        found = [
            (said.content, said)
            for said in self.found
            if said.kind == "say" and said.source is not None and said.content is not None
        ]
        return sorted(found, key=itemgetter(0))

    @cached_property
    def _longest(self) -> int:
        """Characters of the longest content."""
        return max((end - start for (start, end), _ in self._contents), default=0)

    def _overlapping(self, start: int, end: int) -> list[tuple[Span, Sourced]]:
        first = bisect_left(self._contents, start - self._longest, key=_start)
        last = bisect_left(self._contents, end, key=_start)
        return [row for row in self._contents[first:last] if row[0][1] > start]


def _start(row: tuple[Span, Sourced]) -> int:
    return row[0][0]


def _place(attribution: Sourced) -> Span:
    return attribution.place


def _closeness(row: tuple[Span, Sourced]) -> tuple[int, Span]:
    (start, end), attribution = row
    return end - start, attribution.place
