"""Clusters: the reports of one article that seem to be of one violent event, while it is read.

Steps that carry a day, a place, or a culprit from one report to another do so within a cluster. The
incidents of the message are made at the end (`incidents/`), from finished reports of all kinds.

Reports are taken in the order of the text. Each joins the open cluster that it fits best, or opens
one (greedy clustering as in Humphreys et al. 1997). Nearness counts, shared people, places, and
days, and a definite noun ("the attack").
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar

from services.messages import COUNTED_STANCES, Mention, SentenceReport
from services.tagger.discourse.arguments import known, words_of
from services.tagger.discourse.traits import is_dated
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import cues

_JOINS_FROM = 0.75
"""Score from which a report joins a cluster. Measured on the dev set: flat between 0 and 1.1."""

_SAME_SENTENCE, _NEARBY, _A_SENTENCE = 1.5, 0.6, 0.1
"""Scores of the cluster's last sentence, of a later one, and the loss with each sentence."""
_SAME_PEOPLE, _OTHER_PEOPLE = 3.0, -0.5
_SAME_PLACE, _OTHER_PLACE = 1.0, -1.0
_SAME_DAY, _OTHER_DAY = 1.0, -2.0
"""Scores of what both name, equal or not. People say most: many events share a place or a day."""
_DEFINITE, _SAME_EVENT = 1.0, 0.5
"""Scores of a definite noun ("the attack"), and of an event that the cluster has. Set by hand."""
_ARTICLE_BEFORE = 24
"""Characters before a trigger in which its article is looked for."""
_DEFINITE_ARTICLE = re.compile(r"\b(?:the|this|that)(?: \w+)? $")
_SHORTEST_WORD = 4
"""Letters of the shortest word of a name that may match: shorter ones are particles."""

_MAX_OPEN = 100
"""Clusters that a report may still join, the latest: more than an article of news tells."""

R = TypeVar("R", bound=SentenceReport)


@dataclass
class Cluster:
    """Reports by their place in the list, and what is known of the event so far."""

    members: list[int] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    last: int = 0
    """Number of the sentence of the last report."""

    def among(self, reports: Sequence[R]) -> list[R]:
        """Return the members, of the reports that the cluster was found in."""
        return [reports[number] for number in self.members]

    def add(self, number: int, traits: "_Traits") -> None:
        """Add a report by its place in the list."""
        self.members.append(number)
        self.events.add(traits.event)
        self.people |= traits.people
        self.places |= traits.places
        self.days |= traits.days
        self.last = traits.sentence


def clusters(
    reports: Sequence[SentenceReport], by_id: Mapping[str, Mention], text: str
) -> list[Cluster]:
    """Return the clusters of an article's violence, in order of their first reports."""
    found: list[Cluster] = []
    for number, report in enumerate(reports):
        if not type_named(report.event).is_violent or report.stance not in COUNTED_STANCES:
            continue
        traits = _Traits.of(report, by_id, text)
        best = max(found[-_MAX_OPEN:], key=lambda i: (_fit(i, traits), i.last), default=None)
        if best is None or _fit(best, traits) < _JOINS_FROM:
            best = Cluster()
            found.append(best)
        best.add(number, traits)
    return found


@dataclass(frozen=True)
class _Traits:
    """Facts of one report that can be compared with those of a cluster."""

    event: str
    sentence: int
    people: frozenset[str]
    places: frozenset[str]
    days: frozenset[str]
    definite: bool

    @classmethod
    def of(cls, report: SentenceReport, by_id: Mapping[str, Mention], text: str) -> "_Traits":
        patients = known(report.patient, by_id)
        place = known(report.place[:1], by_id)
        day = report.date.to if report.date is not None and is_dated(report) else None
        before = text[max(0, report.trigger[0] - _ARTICLE_BEFORE) : report.trigger[0]].lower()
        return cls(
            event=report.event,
            sentence=report.sentence_index,
            people=frozenset[str]().union(*map(name_words, patients)),
            places=frozenset(mention.key for mention in place),
            days=frozenset({day} if day else ()),
            definite=_DEFINITE_ARTICLE.search(before) is not None,
        )


def name_words(mention: Mention) -> set[str]:
    """Return the words by which two names are compared: none of a role, and no particle."""
    return {word for word in words_of(mention) - cues().roles if len(word) >= _SHORTEST_WORD}


def _fit(cluster: Cluster, traits: _Traits) -> float:
    """Return how well a report fits a cluster: the higher, the better."""
    gap = traits.sentence - cluster.last
    score = _SAME_SENTENCE if gap == 0 else max(0.0, _NEARBY - _A_SENTENCE * gap)
    score += agreement(traits.people, cluster.people, _SAME_PEOPLE, _OTHER_PEOPLE)
    score += agreement(traits.places, cluster.places, _SAME_PLACE, _OTHER_PLACE)
    score += agreement(traits.days, cluster.days, _SAME_DAY, _OTHER_DAY)
    if traits.definite:
        score += _DEFINITE
    if traits.event in cluster.events:
        score += _SAME_EVENT
    return score


def agreement(ours: AbstractSet[str], theirs: AbstractSet[str], same: float, other: float) -> float:
    """Return the score of two sets that overlap or don't; 0 if one of them is empty."""
    if not ours or not theirs:
        return 0.0
    return other if ours.isdisjoint(theirs) else same
