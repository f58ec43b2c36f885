"""The tellings of a block joined to claims, one after the other in canonical order.

    telling ─► copy of one seen before? ─► the claim of that one
                    │ no
                    └─► of the MAX_OPEN claims last spoken of, the one that it fits best ─► none fits: a claim of its own

Where a telling comes or goes, those before it stand as they are, and of those behind it only what they are compared with
that is not the same as before is looked at again. So the result is that of joining all anew, for less.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from services.tracker.grouping.grouping import Gist, Rules, Telling, affinity
from services.tracker.reports.element import Element

MAX_OPEN = 64
"""Claims of a block that a telling is compared with: the ones last spoken of. It bounds the work."""

Key = tuple[datetime, str, str]
"""A telling's place in the canonical order; what its claim is known by if it opens one."""


@dataclass(frozen=True, eq=False, slots=True)
class _Claim:
    """A claim as it stands after a telling."""

    key: Key
    gist: Gist


@dataclass(eq=False, slots=True)
class _Step:
    """A telling, and how it was joined: the open claims that it met, those it was compared with and those it fits."""

    key: Key
    telling: Telling
    open: tuple[_Claim, ...] = ()
    compared: tuple[_Claim, ...] = ()
    fitting: tuple[_Claim, ...] = ()
    before: _Claim | None = None
    claim: _Claim | None = None
    is_original: bool = False

    @property
    def name(self) -> tuple[str, frozenset[str]]:
        """What copies of it have in common."""
        return (self.telling.members[0].article.sketch, self.telling.gist.kinds)


@dataclass(slots=True)
class _Group:
    """The steps of a claim so far, and its reports in canonical order as last asked for."""

    steps: list[_Step] = field(default_factory=list)
    members: tuple[Element, ...] | None = None


class Joined:
    """Tellings in canonical order and the claims that they make."""

    def __init__(self, rules: Rules, tellings: Iterable[Telling] = ()) -> None:
        self.rules = rules
        self._steps = sorted((_Step(_key(t), t) for t in tellings), key=lambda s: s.key)
        self._done = 0
        self._open: tuple[_Claim, ...] = ()
        self._groups: dict[Key, _Group] = {}
        self._claims: dict[Key, _Claim] = {}
        self._originals: dict[tuple[str, frozenset[str]], _Step] = {}

    def put(self, telling: Telling) -> None:
        key = _key(telling)
        at = self._place(key)
        self._rewind(at)
        self._steps.insert(at, _Step(key, telling))

    def remove(self, telling: Telling) -> None:
        at = self._place(_key(telling))
        self._rewind(at)
        del self._steps[at]

    def claims(self) -> Iterator[tuple[Element, ...]]:
        """Yield the reports of each claim in canonical order, the claims in order of their first; unchanged ones as before."""
        for step in self._steps[self._done :]:
            self._join(step)
        self._done = len(self._steps)
        for group in self._groups.values():
            if group.members is None:
                group.members = tuple(sorted((m for s in group.steps for m in s.telling.members), key=lambda m: m.order))
            yield group.members

    def _place(self, key: Key) -> int:
        return bisect_left(self._steps, key, key=lambda s: s.key)

    def _join(self, step: _Step) -> None:
        """Join a telling to the claim that it fits best, else open one. A copy goes where its original went."""
        step.open, step.before = self._open, self._home(step)
        step.claim = _joined(step.before, step)
        self._open = _opened(step.claim, step.before, self._open)
        key = step.claim.key
        self._claims[key] = step.claim
        step.is_original = self._originals.setdefault(step.name, step) is step
        group = self._groups.setdefault(key, _Group())
        group.steps.append(step)
        group.members = None

    def _home(self, step: _Step) -> _Claim | None:
        gist, original = step.telling.gist, self._originals.get(step.name) if step.name[0] else None
        claim = self._claims[original.claim.key] if original and original.claim else None
        if claim is not None and self.rules.can_be_one(claim.gist, gist):
            return claim
        return max(self._fitting(step), key=lambda c: affinity(c.gist, gist), default=None)

    def _fitting(self, step: _Step) -> tuple[_Claim, ...]:
        """Return the open claims that a telling fits, the last spoken of first; of those met before it is known."""
        if step.compared is not self._open:
            known, fit, gist = set(step.compared), set(step.fitting), step.telling.gist
            step.fitting = tuple(c for c in self._open if (c in fit if c in known else self.rules.can_be_one(c.gist, gist)))
            step.compared = self._open
        return step.fitting

    def _rewind(self, at: int) -> None:
        """Take back what was joined from a place on, the last first; each step remembers what it was compared with."""
        while self._done > at:
            self._done -= 1
            step = self._steps[self._done]
            assert step.claim is not None
            key = step.claim.key
            self._open = step.open
            if step.is_original:
                del self._originals[step.name]
            self._groups[key].steps.pop()
            self._groups[key].members = None
            if step.before is None:
                del self._groups[key], self._claims[key]
            else:
                self._claims[key] = step.before


def _joined(claim: _Claim | None, step: _Step) -> _Claim:
    if claim is None:
        return _Claim(step.key, step.telling.gist)
    gist = claim.gist.joined(step.telling.gist)
    return claim if gist is claim.gist else _Claim(claim.key, gist)


def _opened(claim: _Claim, before: _Claim | None, open: tuple[_Claim, ...]) -> tuple[_Claim, ...]:
    """Return the open claims with this one in front."""
    if open and open[0] is claim:
        return open
    return (claim, *(c for c in open if c is not before))[:MAX_OPEN]


def _key(telling: Telling) -> Key:
    at, report_id = telling.order
    return (at, report_id, telling.members[0].article.article_id)
