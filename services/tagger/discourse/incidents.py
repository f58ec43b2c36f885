"""Incidents: which reports of an article tell of one event, so that its nameless parts meet where its dead have a name.

Reports are taken in the order of the text, and each joins the open incident that it fits best, or opens one (greedy event
coreference as in Humphreys et al. 1997). What counts: nearness, shared people and places, days, a definite noun ("the attack").
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.messages import COUNTED_STANCES, Mention, SentenceReport
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import cues
from services.text.names import fold

_JOINS_FROM = 0.75
"""Score from which a report joins an incident. Measured on the dev set: flat between 0 and 1.1."""

_SAME_SENTENCE, _NEARBY, _A_SENTENCE = 1.5, 0.6, 0.1
"""Scores of the incident's last sentence, of a later one, and the loss with each sentence."""
_SAME_PEOPLE, _OTHER_PEOPLE = 3.0, -0.5
_SAME_PLACE, _OTHER_PLACE = 1.0, -1.0
_SAME_DAY, _OTHER_DAY = 1.0, -2.0
"""Scores of what both name, equal or not. People say most: many events share a place or a day."""
_DEFINITE, _SAME_EVENT = 1.0, 0.5
"""Scores of a definite noun ("the attack"), and of an event that the incident has. Set by hand."""
_ARTICLE_BEFORE = 24
"""Characters before a trigger in which its article is looked for."""

_MAX_OPEN = 100
"""Incidents that a report may still join, the latest: more than an article of news tells."""


@dataclass
class Incident:
    """Reports by their place in the list, and what is known of the event so far."""

    members: list[int] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    last: int = 0


def incidents(reports: Sequence[SentenceReport], by_id: Mapping[str, Mention], text: str) -> list[Incident]:
    """Return the incidents of an article's violence, in order of their first reports."""
    found: list[Incident] = []
    for number, report in enumerate(reports):
        if not type_named(report.event).is_violent or report.stance not in COUNTED_STANCES:
            continue
        told = _Told.of(report, by_id, text)
        best = max(found[-_MAX_OPEN:], key=lambda i: (_fit(i, told, report), i.last), default=None)
        if best is None or _fit(best, told, report) < _JOINS_FROM:
            best = Incident()
            found.append(best)
        best.members.append(number)
        best.events.add(report.event)
        best.people |= told.people
        best.places |= told.places
        best.days |= told.days
        best.last = report.sentence_index
    return found


@dataclass(frozen=True)
class _Told:
    """What one report says of its event, in words that can be compared."""

    people: frozenset[str]
    places: frozenset[str]
    days: frozenset[str]
    definite: bool

    @classmethod
    def of(cls, report: SentenceReport, by_id: Mapping[str, Mention], text: str) -> "_Told":
        people = frozenset(w for i in report.patient if i in by_id for w in _words(by_id[i]))
        places = frozenset(by_id[i].key for i in report.place[:1] if i in by_id)
        day = report.date.to if report.date is not None and report.date.span is not None else None
        before = text[max(0, report.trigger[0] - _ARTICLE_BEFORE) : report.trigger[0]].lower()
        return cls(people, places, frozenset({day} if day else ()), bool(re.search(r"\b(?:the|this|that)(?: \w+)? $", before)))


def _words(mention: Mention) -> set[str]:
    return {w for w in fold(mention.surface).split() if len(w) > 3 and w not in cues().roles}


def _fit(incident: Incident, told: _Told, report: SentenceReport) -> float:
    gap = report.sentence_index - incident.last
    score = _SAME_SENTENCE if gap == 0 else max(0.0, _NEARBY - _A_SENTENCE * gap)
    if told.people & incident.people:
        score += _SAME_PEOPLE
    elif told.people and incident.people:
        score += _OTHER_PEOPLE
    if told.places and incident.places:
        score += _SAME_PLACE if told.places & incident.places else _OTHER_PLACE
    if told.days and incident.days:
        score += _SAME_DAY if told.days & incident.days else _OTHER_DAY
    if told.definite:
        score += _DEFINITE
    if report.event in incident.events:
        score += _SAME_EVENT
    return score
