"""How many piles of a block are folded, and by how many articles each: kept up to date as piles change, never counted anew."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime

Order = tuple[datetime, str]
"""An article's place in the canonical order."""

Group = tuple[bool, int]
"""Piles that are heard before others: those that a judgement speaks of, then those of newer days."""


class Sizes:
    """The sizes of piles, and how many articles stand for each so that all of them are not too many."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._standing = [0] * len(numbers)

    def change(self, before: int, now: int) -> None:
        """Take note that a pile of so many articles has so many now."""
        for i, number in enumerate(self._numbers):
            self._standing[i] += min(number, now) - min(number, before)

    def number(self, most: int) -> int:
        """Return the first of the numbers by which at most so many articles stand for their piles, else 1."""
        return next((n for n, standing in zip(self._numbers, self._standing, strict=True) if standing <= most), 1)


class Ranks:
    """Piles in the order in which they are heard: newest days first, and of a day every voice before any is heard twice."""

    def __init__(self) -> None:
        self._groups: dict[Group, dict[str, list[tuple[Order, str]]]] = {}
        self._places: dict[str, tuple[Group, str, Order]] = {}

    def put(self, name: str, group: Group, voice: str, first: Order) -> None:
        """Take a pile, by its first article and who says it."""
        self._places[name] = (group, voice, first)
        insort(self._groups.setdefault(group, {}).setdefault(voice, []), (first, name))

    def remove(self, name: str) -> None:
        """Forget a pile, if it is known."""
        if name not in self._places:
            return
        group, voice, first = self._places.pop(name)
        piles = self._groups[group][voice]
        del piles[bisect_left(piles, (first, name))]
        if not piles:
            del self._groups[group][voice]
        if not self._groups[group]:
            del self._groups[group]

    def take_last(self) -> str:
        """Remove the pile that is heard last, and return its name."""
        voices = self._groups[max(self._groups)]
        _, (_, name) = max((len(piles), piles[-1]) for piles in voices.values())
        self.remove(name)
        return name
