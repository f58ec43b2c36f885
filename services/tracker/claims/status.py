"""The level and status of a claim, kept up to date as its articles make and withdraw reports."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from services.messages import Level, Status
from services.tracker.claims.rules import LEVELS, STATUSES, Facts, first


@dataclass(frozen=True)
class Standing:
    """The level and status that a set of voices gives, and the rule that decided."""

    level: Level | None
    status: Status
    n_independent: int
    rule: str


@dataclass(frozen=True)
class Word:
    """The reports of one article for, or against, an event.

    `known` says whether its origin is known. `confirms` and `claims` say whether a speaker can
    confirm the event, or is a named party.
    """

    article_id: str
    origin: Hashable
    known: bool
    denies: bool
    confirms: bool = False
    claims: bool = False


@dataclass
class _Origin:
    """The words of one origin in the order in which they came. The last one decides its side."""

    words: dict[tuple[str, bool], Word] = field(default_factory=dict)
    supports: Counter[str] = field(default_factory=Counter)
    known: bool = False

    def add(self, word: Word) -> None:
        self.words[word.article_id, word.denies] = word
        self._count(word, 1)

    def remove(self, word: Word) -> None:
        del self.words[word.article_id, word.denies]
        self._count(word, -1)

    def _count(self, word: Word, by: int) -> None:
        self.known = word.known
        if not word.denies:
            self.supports["confirms"] += by * word.confirms
            self.supports["claims"] += by * word.claims

    def says(self) -> "_Says":
        """Return what the origin adds to the facts about the claim."""
        if not self.words:
            return _NOTHING
        if self.words[next(reversed(self.words))].denies:
            return _Says(denying=1, known_denying=int(self.known))
        return _Says(
            1,
            int(self.known),
            confirms=int(self.supports["confirms"] > 0),
            claims=int(self.supports["claims"] > 0),
        )


class _Says(NamedTuple):
    """Numbers of origins for and against an event."""

    supporting: int = 0
    known_supporting: int = 0
    denying: int = 0
    known_denying: int = 0
    confirms: int = 0
    claims: int = 0


_NOTHING = _Says()


def _replaced(total: int, before: int, now: int) -> int:
    return total - before + now


class Tally:
    """The origins for and against a claim at one time. A change costs the same for any number."""

    def __init__(self) -> None:
        self._origins: dict[Hashable, _Origin] = {}
        self._sum = _NOTHING

    def add(self, word: Word) -> None:
        self._change(word, _Origin.add)

    def remove(self, word: Word) -> None:
        self._change(word, _Origin.remove)

    def _change(self, word: Word, do: Callable[[_Origin, Word], None]) -> None:
        origin = self._origins.setdefault(word.origin, _Origin())
        before = origin.says()
        do(origin, word)
        now = origin.says()
        if now != before:
            self._sum = _Says(*map(_replaced, self._sum, before, now))

    def denies(self, origin: Hashable) -> bool:
        """True if the last word of an origin is against the event."""
        return self._origins[origin].says().denying > 0

    def standing(self) -> Standing:
        """Return level and status by the tables of `rules.py`."""
        n = self._sum
        facts = Facts(
            supporting=n.supporting,
            denying=n.denying,
            independent=n.known_supporting if n.supporting else n.known_denying,
            somebody_confirms=n.confirms > 0,
            somebody_claims=n.claims > 0,
        )
        status = first(STATUSES, facts)
        level = first(LEVELS, facts) if facts.supporting else None
        if status.gives is not None or level is None:
            return Standing(
                level.gives if level else None,
                status.gives or "retracted",
                facts.independent,
                status.name,
            )
        return Standing(level.gives, level.gives, facts.independent, level.name)
