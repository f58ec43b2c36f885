"""A claim's level and status from the voices for and against it, kept up to date as articles speak and fall silent."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from services.messages import Level, Status
from services.tracker.claims.rules import LEVELS, STATUSES, Facts, first


@dataclass(frozen=True)
class Standing:
    """What a set of voices amounts to, and the rule that says so."""

    level: Level | None
    status: Status
    n_independent: int
    rule: str


@dataclass(frozen=True)
class Word:
    """What one article says, for or against: by whose voice, and whether that voice can confirm it or is a named party."""

    article_id: str
    origin: Hashable
    known: bool
    denies: bool
    confirms: bool = False
    claims: bool = False


@dataclass
class _Origin:
    """The words of one origin in the order they came; the last one is what the origin says."""

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
        """Return what the origin adds to the claim's facts."""
        if not self.words:
            return _NOTHING
        if self.words[next(reversed(self.words))].denies:
            return _Says(denying=1, known_denying=int(self.known))
        return _Says(1, int(self.known), confirms=int(self.supports["confirms"] > 0), claims=int(self.supports["claims"] > 0))


class _Says(NamedTuple):
    """How many origins say what."""

    supporting: int = 0
    known_supporting: int = 0
    denying: int = 0
    known_denying: int = 0
    confirms: int = 0
    claims: int = 0


_NOTHING = _Says()


class Tally:
    """The origins for and against a claim at one moment of its life; each change costs the same however many speak."""

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
            self._sum = _Says(*(n - gone + come for n, gone, come in zip(self._sum, before, now, strict=True)))

    def standing(self) -> Standing:
        """Return level and status by the tables in `rules`."""
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
            return Standing(level.gives if level else None, status.gives or "retracted", facts.independent, status.name)
        return Standing(level.gives, level.gives, facts.independent, level.name)
