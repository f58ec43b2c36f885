"""Slots: every answer that a claim's reports give to who, to whom, how many, where, and by what means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.messages import Answer, BlockReports, ClaimReport, Count, Evidence, Slot, SlotAnswer
from services.text.geo import kilometres
from services.tracker.reports.evidence import evidence
from services.tracker.reports.traits import exclude_each_other, means

MAX_EVIDENCE = 3
"""Quoted sentences kept an answer."""

FAR = 30.0
"""Kilometres from which two places exclude each other as the scene of one event."""

_ROLES = ("agent", "patient", "place", "instrument", "target")


@dataclass(frozen=True)
class Said:
    """A report that speaks for the event; `origin` numbers the voice behind its article, `key` names whom it has it from."""

    article: BlockReports
    report: ClaimReport
    origin: int
    key: str | None
    at: datetime


def slots(said: Sequence[Said], denied: Sequence[ClaimReport] = ()) -> dict[str, Slot]:
    """Return the slots of reports given in canonical order; an empty slot is left out. `denied`: denials of one's own part."""
    found = {role: _role_slot(role, said) for role in _ROLES}
    if denied and found["agent"].answers:
        found["agent"] = Slot(answers=found["agent"].answers, disputed=True)
    for event in sorted({count.of for s in said for count in s.report.counts}):
        found[f"count.{event}"] = _count_slot(event, said)
    return {name: slot for name, slot in found.items() if slot.answers}


@dataclass
class _Answer:
    """An answer as its reports come."""

    label: str
    count: Count | None = None
    origins: dict[str, None] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, said: Said) -> None:
        if said.key:
            self.origins[said.key] = None
        if len(self.evidence) < MAX_EVIDENCE:
            self.evidence.append(evidence(said.article, said.report))

    def told(self, key: str) -> SlotAnswer:
        low, high = (self.count.min, self.count.max) if self.count else (None, None)
        origins, quotes = tuple(self.origins), tuple(self.evidence)
        return SlotAnswer(key=key, label=self.label, min=low, max=high, origins=origins, evidence=quotes)


def _told(answers: Mapping[str, _Answer]) -> tuple[SlotAnswer, ...]:
    return tuple(answer.told(key) for key, answer in answers.items())


def _role_slot(role: str, said: Sequence[Said]) -> Slot:
    answers: dict[str, _Answer] = {}
    by_origin: dict[int, list[Answer]] = defaultdict(list)
    for s in said:
        for answer in _answers(role, s.report):
            found = answers.setdefault(answer.key, _Answer(answer.label))
            if found.label.isupper() and not answer.label.isupper():
                found.label = answer.label  # The capitals of a dateline or a shouting headline.
            found.add(s)
            by_origin[s.origin].append(answer)
    return Slot(answers=_told(answers), disputed=_DISPUTES[role](list(by_origin.values())) if role in _DISPUTES else False)


def _answers(role: str, report: ClaimReport) -> tuple[Answer, ...]:
    found: tuple[Answer, ...] = getattr(report, role)
    return found


def _perpetrators_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """Tell whether two origins name perpetrators with nothing in common; "gunmen" excludes nobody."""
    named = [{k for a in answers if a.named for k in (a.key, *a.affiliation)} for answers in by_origin]
    return _some_apart([keys for keys in named if keys])


def _means_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """Tell whether two origins name means that exclude each other: a drone, a car bomb."""
    kinds = list(dict.fromkeys(means(" ".join(a.label for a in answers)) for answers in by_origin))
    return any(exclude_each_other(a, b) for i, a in enumerate(kinds) for b in kinds[:i])


def _places_dispute(by_origin: Iterable[Sequence[Answer]]) -> bool:
    """Tell whether two origins name places with nothing in common, far apart where it is known where they are."""
    kept = list({frozenset(a.key for a in p): p for p in ([a for a in o if a.type == "place"] for o in by_origin)}.values())
    return any(a and b and all(_apart(x, y) for x in a for y in b) for i, a in enumerate(kept) for b in kept[:i])


def _apart(a: Answer, b: Answer) -> bool:
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return a.key != b.key and a.lat is None and b.lat is None
    return kilometres((a.lat, a.lon), (b.lat, b.lon)) > FAR


_DISPUTES = {"agent": _perpetrators_dispute, "instrument": _means_dispute, "place": _places_dispute}


def _some_apart(sets: Sequence[set[str]]) -> bool:
    distinct = list(dict.fromkeys(frozenset(s) for s in sets))
    return any(not a & b for i, a in enumerate(distinct) for b in distinct[:i])


def _count_slot(event: str, said: Sequence[Said]) -> Slot:
    answers: dict[str, _Answer] = {}
    tolls: dict[tuple[datetime, str], tuple[int, int, int]] = {}
    for s in said:
        for count in (c for c in s.report.counts if c.of == event and c.min is not None):
            low, high = count.min or 0, count.max
            key = f"{low}" if high == low else f"{low}-{high if high is not None else ''}"
            answers.setdefault(key, _Answer(key, count)).add(s)
            # An article's highest number is its toll; lower ones are parts of it.
            when = (s.at, s.article.article_id)
            tolls[when] = max(tolls.get(when, (0, 0, s.origin)), (low, high if high is not None else 10**9, s.origin))
    return Slot(answers=_told(answers), disputed=_tolls_dispute([tolls[when] for when in sorted(tolls)]))


def _tolls_dispute(tolls: Iterable[tuple[int, int, int]]) -> bool:
    """Tell whether an origin's last number is too low for what another had said before it.

    `tolls`: (lowest, highest, origin) in order of time. A rising toll is no dispute, nor is an origin that lowers its own.
    """
    last: dict[int, tuple[int, int]] = {}
    for low, high, origin in tolls:
        last.pop(origin, None)
        last[origin] = (low, high)
    least = 0
    for low, high in last.values():
        if high < least:
            return True
        least = max(least, low)
    return False
