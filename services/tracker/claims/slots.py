"""Slots: all answers of a claim's reports to the questions agent, patient, place, means, number."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, product, starmap

from services.messages import Answer, BlockReports, ClaimReport, Count, Evidence, Slot, SlotAnswer
from services.tracker.grouping.exclusion import are_far_apart
from services.tracker.grouping.marks import scene_of
from services.tracker.reports.evidence import evidence
from services.tracker.reports.traits import Traits, means, means_exclude

MAX_EVIDENCE = 3
"""Sentences quoted for an answer: the first ones."""

MAX_BESIDE = 8
"""Named patients listed beside an answer: the first ones.

It bounds a claim. A guess: a sentence names the first of them.
"""

_NO_LIMIT = 10**9
"""The highest number of a count that has none ("at least five")."""

_Named = Mapping[tuple[str, str], Iterable[str]]
"""Incident to the keys of its named patients."""

_ROLES = ("agent", "patient", "place", "instrument", "target")


@dataclass(frozen=True)
class Said:
    """A report for the event: `origin` is the number of its article's voice, `key` its own origin.

    The article's voice may be a joined one, so several keys may have one number.
    """

    article: BlockReports
    report: ClaimReport
    origin: int
    key: str | None
    at: datetime

    @property
    def incident(self) -> tuple[str, str]:
        return (self.article.article_id, self.report.incident_id)


def slots(said: Sequence[Said], denied: Sequence[ClaimReport] = ()) -> dict[str, Slot]:
    """Return the slots of reports in canonical order, without empty ones.

    `denied` are reports that deny a part in the event: they dispute the agent.
    """
    named = _named_patients(said)
    found = {role: _role_slot(role, said, named) for role in _ROLES}
    if denied and found["agent"].answers:
        found["agent"] = Slot(answers=found["agent"].answers, disputed=True)
    for event in sorted(_counted_events(said)):
        found[f"count.{event}"] = _count_slot(event, said, named)
    return {name: slot for name, slot in found.items() if slot.answers}


def _named_patients(said: Iterable[Said]) -> _Named:
    """Return incident to the keys of its named patients, as far as it is in the claim."""
    named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one in said:
        named[one.incident].update((p.key, None) for p in one.report.patient if p.named)
    return named


def _counted_events(said: Iterable[Said]) -> set[str]:
    events: set[str] = set()
    for one in said:
        events.update(count.of for count in one.report.counts)
    return events


@dataclass
class _Answer:
    """An answer, with the origins and sentences of the reports read so far."""

    label: str
    count: Count | None = None
    within: tuple[str, ...] = ()
    origins: dict[str, None] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    beside: dict[str, None] = field(default_factory=dict)

    def add(self, said: Said, named: _Named) -> None:
        self.beside |= dict.fromkeys(named[said.incident])
        if said.key:
            self.origins[said.key] = None
        if len(self.evidence) < MAX_EVIDENCE:
            self.evidence.append(evidence(said.article, said.report))

    def prefer(self, other: Answer) -> None:
        """Take another label if the one so far is in capitals, as in datelines and headlines.

        So is a name taken for what describes its bearer ("leader of the Front").
        """
        is_name = other.type == "person" and not _is_description(other.label)
        is_shouted = self.label.isupper() and not other.label.isupper()
        if is_shouted or (is_name and _is_description(self.label)):
            self.label = other.label

    def message(self, key: str) -> SlotAnswer:
        low, high = (self.count.min, self.count.max) if self.count else (None, None)
        return SlotAnswer(
            key=key,
            label=self.label,
            min=low,
            max=high,
            within=self.within,
            origins=tuple(self.origins),
            evidence=tuple(self.evidence),
            events=tuple(sorted(self.events)),
            beside=tuple(self.beside)[:MAX_BESIDE],
        )


def _is_description(label: str) -> bool:
    """True for "the man", "Leader of Front"."""
    return label[:1].islower() or " of " in label


def _messages(answers: Mapping[str, _Answer]) -> tuple[SlotAnswer, ...]:
    return tuple(answer.message(key) for key, answer in answers.items())


def _role_slot(role: str, said: Sequence[Said], named: _Named) -> Slot:
    answers: dict[str, _Answer] = {}
    by_origin: dict[int, list[Answer]] = defaultdict(list)
    for one in said:
        for answer in _answers(role, one.report):
            found = answers.setdefault(answer.key, _Answer(answer.label))
            found.prefer(answer)
            found.within = found.within or answer.within
            found.add(one, named)
            if role == "patient":
                found.events.add(one.report.event)
            by_origin[one.origin].append(answer)
    dispute = _DISPUTES.get(role)
    is_disputed = dispute is not None and dispute(list(by_origin.values()))
    return Slot(answers=_messages(answers), disputed=is_disputed)


def _answers(role: str, report: ClaimReport) -> tuple[Answer, ...]:
    found: tuple[Answer, ...] = getattr(report, role)
    return found


def _perpetrators_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """True if two origins name perpetrators with nothing in common; "gunmen" excludes nobody."""
    distinct = dict.fromkeys(filter(None, map(_named_keys, by_origin)))
    return any(a.isdisjoint(b) for a, b in combinations(distinct, 2))


def _named_keys(answers: Iterable[Answer]) -> frozenset[str]:
    """Return the keys of the answers that have a name, and of the bodies that they belong to."""
    found: set[str] = set()
    for answer in answers:
        if answer.named:
            found.update((answer.key, *answer.affiliation))
    return frozenset(found)


def _means_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """True if two origins name means that exclude each other: a drone, a car bomb."""
    distinct = dict.fromkeys(map(_means_of, by_origin))
    return any(starmap(means_exclude, combinations(distinct, 2)))


def _means_of(answers: Iterable[Answer]) -> Traits:
    return means(" ".join(answer.label for answer in answers))


def _places_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """True if two origins name places that are all far apart."""
    distinct: dict[frozenset[str], list[Answer]] = {}
    for answers in by_origin:
        places = [answer for answer in answers if answer.type == "place"]
        if places:
            distinct[frozenset(map(_key, places))] = places
    return any(starmap(_all_apart, combinations(distinct.values(), 2)))


def _key(answer: Answer) -> str:
    return answer.key


def _all_apart(some: Iterable[Answer], others: Iterable[Answer]) -> bool:
    return all(starmap(_are_apart, product(some, others)))


def _are_apart(a: Answer, b: Answer) -> bool:
    return are_far_apart(scene_of(a), scene_of(b))


_DISPUTES: dict[str, Callable[[Sequence[Sequence[Answer]]], bool]] = {
    "agent": _perpetrators_dispute,
    "instrument": _means_dispute,
    "place": _places_dispute,
}


def count_key(count: Count) -> str:
    """Return the key of the answer that a number is: "5", "5-7", "5-" for at least five."""
    if count.max == count.min:
        return f"{count.min}"
    return f"{count.min}-{'' if count.max is None else count.max}"


def _count_slot(event: str, said: Sequence[Said], named: _Named) -> Slot:
    answers: dict[str, _Answer] = {}
    tolls: dict[tuple[datetime, str], tuple[int, int, int]] = {}
    for one in said:
        for count in one.report.counts:
            if count.of != event or count.min is None:
                continue
            low, high = count.min, count.max
            key = count_key(count)
            answers.setdefault(key, _Answer(key, count)).add(one, named)
            # The highest number of an article is its toll; lower ones are parts of it.
            when = (one.at, one.article.article_id)
            toll = (low, _NO_LIMIT if high is None else high, one.origin)
            tolls[when] = max(tolls.get(when, (0, 0, one.origin)), toll)
    return Slot(answers=_messages(answers), disputed=_tolls_dispute(tolls))


def _tolls_dispute(tolls: Mapping[tuple[datetime, str], tuple[int, int, int]]) -> bool:
    """True if the last number of an origin is too low for what another had said before it.

    `tolls`: (lowest, highest, origin) by time and article. A rising toll is no dispute, and an
    origin may lower its own.
    """
    last: dict[int, tuple[int, int]] = {}
    for when in sorted(tolls):
        low, high, origin = tolls[when]
        last.pop(origin, None)
        last[origin] = (low, high)
    least = 0
    for low, high in last.values():
        if high < least:
            return True
        least = max(least, low)
    return False
