"""The incidents of a block joined to claims, one after the other in canonical order.

    incident ─► copy of an earlier one? ─► the claim of that one
                    │ no
                    └─► the one of the last MAX_OPEN claims that it fits best ─► none: a new claim

If an incident comes or goes, the steps before it stay. A later step is compared only with the open
claims that it has not met before. So the result is that of joining all anew, for less work.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from services.tracker.grouping.gist import Gist
from services.tracker.grouping.incidents import Incident
from services.tracker.grouping.rules import Rules, affinity
from services.tracker.reports.element import Element

MAX_OPEN = 64
"""Claims of a block that an incident is compared with: those that were reported last.

It bounds the work. A guess: fewer events happen at one place within the days of PLACE_WITHIN.
"""

Key = tuple[datetime, str, str]
"""An incident's place in the canonical order: its order, and its article. It names the claim that
the incident opens."""


@dataclass(frozen=True, eq=False, slots=True)
class _Claim:
    """A claim as it is after an incident."""

    key: Key
    gist: Gist


@dataclass(eq=False, slots=True)
class _Step:
    """An incident, and how it was joined.

    `open` are the open claims before it, `compared` those that it was compared with, and `fitting`
    those of them that it fits. `before` and `claim` are its claim before and after it.
    """

    key: Key
    incident: Incident
    open: tuple[_Claim, ...] = ()
    compared: tuple[_Claim, ...] = ()
    fitting: tuple[_Claim, ...] = ()
    before: _Claim | None = None
    claim: _Claim | None = None
    is_original: bool = False

    @property
    def name(self) -> tuple[str, frozenset[str]]:
        """The text and events that its copies share with it."""
        return (self.incident.members[0].article.sketch, self.incident.gist.kinds)


@dataclass(slots=True)
class _Group:
    """The steps of a claim so far, and its reports in canonical order as last asked for."""

    steps: list[_Step] = field(default_factory=list)
    members: tuple[Element, ...] | None = None

    def in_order(self) -> tuple[Element, ...]:
        """Return the reports in canonical order: the same object until a step comes or goes."""
        if self.members is None:
            found: list[Element] = []
            for step in self.steps:
                found += step.incident.members
            self.members = tuple(sorted(found, key=lambda m: m.order))
        return self.members


class Joined:
    """Incidents in canonical order, and the claims that they make."""

    def __init__(self, rules: Rules, incidents: Iterable[Incident] = ()) -> None:
        self.rules = rules
        steps = (_Step(_key(incident), incident) for incident in incidents)
        self._steps = sorted(steps, key=lambda s: s.key)
        self._done = 0
        self._open: tuple[_Claim, ...] = ()
        self._groups: dict[Key, _Group] = {}
        self._claims: dict[Key, _Claim] = {}
        self._originals: dict[tuple[str, frozenset[str]], _Step] = {}

    def put(self, incident: Incident) -> None:
        """Add an incident."""
        key = _key(incident)
        at = self._place(key)
        self._rewind(at)
        self._steps.insert(at, _Step(key, incident))

    def remove(self, incident: Incident) -> None:
        """Remove an incident that was added."""
        at = self._place(_key(incident))
        self._rewind(at)
        del self._steps[at]

    def claims(self) -> Iterator[tuple[Element, ...]]:
        """Yield the reports of each claim in canonical order, the claims in order of their first.

        The reports of an unchanged claim are the same object as before.
        """
        for step in self._steps[self._done :]:
            self._join(step)
        self._done = len(self._steps)
        for group in self._groups.values():
            yield group.in_order()

    def gists(self) -> dict[str, Gist]:
        """Return the gist of each claim by the id of its first report, as of the last `claims`."""
        return {key[1]: self._claims[key].gist for key in self._groups}

    def _place(self, key: Key) -> int:
        return bisect_left(self._steps, key, key=lambda s: s.key)

    def _join(self, step: _Step) -> None:
        """Join an incident to the claim that it fits best, else open one."""
        step.open, step.before = self._open, self._best_claim(step)
        step.claim = _joined(step.before, step)
        self._open = _opened(step.claim, step.before, self._open)
        key = step.claim.key
        self._claims[key] = step.claim
        step.is_original = self._originals.setdefault(step.name, step) is step
        group = self._groups.setdefault(key, _Group())
        group.steps.append(step)
        group.members = None

    def _best_claim(self, step: _Step) -> _Claim | None:
        """Return the claim of the incident's original if it is a copy, else the best open one."""
        gist = step.incident.gist
        original = self._originals.get(step.name) if step.name[0] else None
        claim = self._claims[original.claim.key] if original and original.claim else None
        if claim is not None and self.rules.can_be_one(claim.gist, gist):
            return claim
        return max(self._fitting(step), key=lambda c: affinity(c.gist, gist), default=None)

    def _fitting(self, step: _Step) -> tuple[_Claim, ...]:
        """Return the open claims that an incident fits, the one reported last first.

        Claims that it was compared with before are not compared again.
        """
        if step.compared is self._open:
            return step.fitting
        compared, fits, gist = set(step.compared), set(step.fitting), step.incident.gist
        step.fitting = tuple(
            claim
            for claim in self._open
            if claim in fits or (claim not in compared and self.rules.can_be_one(claim.gist, gist))
        )
        step.compared = self._open
        return step.fitting

    def _rewind(self, at: int) -> None:
        """Take back the steps from a place on, the last first. They keep their comparisons."""
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
        return _Claim(step.key, step.incident.gist)
    gist = claim.gist.joined(step.incident.gist)
    return claim if gist is claim.gist else _Claim(claim.key, gist)


def _opened(
    claim: _Claim, before: _Claim | None, open_claims: tuple[_Claim, ...]
) -> tuple[_Claim, ...]:
    """Return the open claims with this one in front."""
    if open_claims and open_claims[0] is claim:
        return open_claims
    return (claim, *(c for c in open_claims if c is not before))[:MAX_OPEN]


def _key(incident: Incident) -> Key:
    at, report_id = incident.order
    return (at, report_id, incident.members[0].article.article_id)
