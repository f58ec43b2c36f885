"""Grouping: which reports of an article are of one happening (event coreference).

Reports of news are taken first, in the order of the text, then those of old, planned and summed
events. Each joins the group that it fits best, or opens one (greedy clustering as in Humphreys et
al. 1997). What both name and what differs decides: people, number, day, place. A report that names
nothing of its own ("the attack") goes to the nearest group.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import itemgetter

from services.messages import Report, Time
from services.tagger.discourse.arguments import known
from services.tagger.discourse.clusters import agreement, name_words
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import Family, type_named
from services.tagger.lexicon.words import forms

_HARM, _CONTROL = "harm", "control"
_STRANDS: dict[Family, str] = {
    "violence": _HARM,
    "damage": _HARM,
    "hazard": _HARM,
    "control": _CONTROL,
    "movement": _CONTROL,
}
"""Families whose events happen together: a raid kills and destroys, a retreat gives up a town.

That a town falls is another happening than the deaths in the fight for it: it has its own place,
its own end, and often another day.
"""

_MARCHED_AND_HURT = {"protest", _HARM}
"""Strands of a protest and of the force against it, which are one happening in one sentence."""

_JOINS_FROM = 0.3
"""Score from which a report joins a group.

Set by hand, and flat: between -0.5 and 1 the share of news found moves by 0.03 on articles in which
a reader wrote the incidents down. So are the scores below.
"""
_SAME_SENTENCE, _NEARBY, _A_SENTENCE = 1.2, 0.5, 0.08
"""Scores of the nearest sentence of the group, of another, and the loss with each sentence."""
_SAME_PEOPLE, _OTHER_PEOPLE = 2.0, -1.0
_SAME_AGENT, _OTHER_AGENT = 0.5, -0.3
_SAME_PLACE, _OTHER_PLACE = 0.8, -1.2
_SAME_DAY, _OTHER_DAY = 0.8, -2.5
_SAME_COUNT, _OTHER_COUNT = 1.5, -1.2
"""Scores of what both name, equal or not. Another day parts most, then another number or place."""
_DEFINITE, _SAME_EVENT, _BARE = 0.8, 0.8, 0.6
"""Scores of a definite noun ("the attack"), of a type that the group has, and of naming nothing."""
_OTHER_TIME = -0.5
"""Score of an old, planned, or summed event beside news."""
_ARTICLE_BEFORE = 24
"""Characters before a trigger in which its article is looked for."""
_DEFINITE_ARTICLE = re.compile(r"\b(?:the|this|that|those|these)(?: \w+)? $")
_PREMODIFIERS = 3
"""Words before a trigger among which "another" is looked for ("a second Corvian airstrike")."""
_OPENING = 40
"""Characters of a sentence that hold the words with which it turns to something else."""
_WORD = re.compile(r"\w+")
_MAX_OPEN = 100
"""Groups that a report may still join, the latest: more than an article of news tells."""


@dataclass
class Group:
    """Reports of one happening, and what is known of it so far."""

    strand: str
    time: Time
    members: list[Report] = field(default_factory=list)
    people: dict[str, set[str]] = field(default_factory=dict)
    """Words for those whom each type of event befell."""
    named: set[str] = field(default_factory=set)
    """Those of them that are of names."""
    agents: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    numbers: set[tuple[str, int]] = field(default_factory=set)
    sentences: list[int] = field(default_factory=list)
    denied: bool = True
    """True while every report denies it."""
    surmised: bool = False
    """True if what befell those named first is only believed."""

    def add(self, report: Report, traits: "_Traits") -> None:
        self.members.append(report)
        self.people.setdefault(report.event, set()).update(traits.people)
        self.surmised = self.surmised if self.named else traits.surmised
        self.named |= traits.named
        self.agents |= traits.agents
        self.places |= traits.places
        self.days |= traits.days
        self.numbers |= traits.numbers
        self.denied = self.denied and traits.denied
        insort(self.sentences, report.sentence_index)

    def gap(self, sentence: int) -> int:
        """Return the sentences between a sentence and the nearest that tells of it."""
        at = bisect_left(self.sentences, sentence)
        return min(abs(sentence - known) for known in self.sentences[max(0, at - 1) : at + 1])


def grouped(view: ArticleView) -> list[Group]:
    """Return the groups of an article's reports, in order of their first reports."""
    found: list[Group] = []
    for report in sorted(view.reports, key=lambda r: (r.time != "news", r.trigger)):
        traits = _Traits.of(report, view)
        fits = [(_fit(group, traits), group) for group in found[-_MAX_OPEN:]]
        fit, best = max(fits, key=itemgetter(0), default=(float("-inf"), None))
        if best is None or fit < _JOINS_FROM:
            best = Group(traits.strand, traits.time)
            found.append(best)
        best.add(report, traits)
    for group in found:
        group.members.sort(key=lambda r: r.trigger)
    return sorted(found, key=lambda group: group.members[0].trigger)


@dataclass(frozen=True)
class _Traits:
    """Facts of one report that can be compared with those of a group."""

    event: str
    strand: str
    time: Time
    sentence: int
    people: frozenset[str]
    named: frozenset[str]
    agents: frozenset[str]
    places: frozenset[str]
    days: frozenset[str]
    numbers: frozenset[tuple[str, int]]
    definite: bool
    further: bool
    denied: bool
    surmised: bool
    apart_from: int | None
    """The sentence whose happening it is not; None if it may be of any."""

    @classmethod
    def of(cls, report: Report, view: ArticleView) -> "_Traits":
        family = type_named(report.event).family
        before = view.text[max(0, report.trigger[0] - _ARTICLE_BEFORE) : report.trigger[0]].lower()
        undergo = (*report.patient, *report.target)
        return cls(
            event=report.event,
            strand=_STRANDS.get(family, family),
            time=report.time,
            sentence=report.sentence_index,
            people=_words(undergo, view),
            named=_words([i for i in undergo if _is_named(i, view)], view),
            agents=_words(_in_sentence(report.agent, report, view), view),
            places=_own_places(report, view),
            days=_own_days(report),
            numbers=frozenset((c.of, c.min) for c in report.counts if c.min is not None),
            definite=_DEFINITE_ARTICLE.search(before) is not None,
            further=report.frame == "noun"
            and not forms().further.isdisjoint(before.split()[-_PREMODIFIERS:]),
            denied=report.stance == "denied",
            surmised=not view.is_title(report) and any(c.kind == "hedge" for c in report.cues),
            apart_from=_sentence_before(report, view) if _opens_apart(report, view) else None,
        )

    @property
    def is_bare(self) -> bool:
        """True for a report that names nobody, no number, no place, and no day of its own."""
        return not (self.people or self.places or self.days or self.numbers)


def _words(ids: Sequence[str], view: ArticleView) -> frozenset[str]:
    return frozenset[str]().union(*map(name_words, known(ids, view.mentions)))


def _is_named(mention_id: str, view: ArticleView) -> bool:
    return any(mention.is_named for mention in known((mention_id,), view.mentions))


def _own_places(report: Report, view: ArticleView) -> frozenset[str]:
    """Return the keys of the towns and sites that a report's own sentence gives it."""
    places = known(_in_sentence(report.place, report, view), view.mentions)
    return frozenset(p.key for p in places if p.type == "place")


def _in_sentence(ids: Sequence[str], report: Report, view: ArticleView) -> list[str]:
    """Return the ids of mentions in a report's own sentence.

    What was carried over to it from another report tells nothing of whether they are of one event.
    """
    start, end = report.sentence
    return [m.id for m in known(ids, view.mentions) if start <= m.start < end]


def _opens_apart(report: Report, view: ArticleView) -> bool:
    """True in a sentence that turns to something else: "Separately, …", "In another attack, …"."""
    words = _WORD.findall(view.text[slice(*report.sentence)].lower()[:_OPENING])
    return not forms().turning.isdisjoint(" ".join(words[:n]) for n in range(1, len(words) + 1))


def _sentence_before(report: Report, view: ArticleView) -> int | None:
    """Return the last sentence before that of a report that tells of the same time."""
    indices = (r.sentence_index for r in view.reports if r.time == report.time)
    return max((i for i in indices if i < report.sentence_index), default=None)


def _own_days(report: Report) -> frozenset[str]:
    date, (start, end) = report.date, report.sentence
    if date is None or date.span is None or date.to is None or date.from_ != date.to:
        return frozenset()
    return frozenset({date.to} if start <= date.span[0] < end else ())


def _fit(group: Group, traits: _Traits) -> float:
    """Return how well a report fits a group: the higher, the better."""
    if _is_another(group, traits):
        return float("-inf")
    gap = group.gap(traits.sentence)
    strands = {group.strand, traits.strand}
    if len(strands) > 1 and (gap > 0 or strands != _MARCHED_AND_HURT):
        return float("-inf")
    score = _SAME_SENTENCE if gap == 0 else max(0.0, _NEARBY - _A_SENTENCE * gap)
    score += _same_people(group, traits)
    score += agreement(traits.agents, group.agents, _SAME_AGENT, _OTHER_AGENT)
    score += agreement(traits.places, group.places, _SAME_PLACE, _OTHER_PLACE)
    score += agreement(traits.days, group.days, _SAME_DAY, _OTHER_DAY)
    score += _counted(traits.numbers, group.numbers)
    score += _DEFINITE * traits.definite + _BARE * traits.is_bare
    score += _SAME_EVENT * (traits.event in group.people)
    score += _OTHER_TIME * (traits.time != group.time)
    return score


def _is_another(group: Group, traits: _Traits) -> bool:
    """True if a report cannot be of the happening of a group.

    "Another" tells a happening of its kind apart, "separately" what is told from the sentence
    before. A state and its end are two ("freed" the abducted). A denial is of its own type alone:
    in "wounded, not killed" nothing denies the wound. Of two people by name, the fate of one may be
    known and that of the other only believed: factuality is that of each (FactBank).
    """
    events = group.people.keys()
    if traits.further and traits.event in events:
        return True
    if traits.apart_from in group.sentences and traits.sentence not in group.sentences:
        return True
    if any(_ends(traits.event, event) or _ends(event, traits.event) for event in events):
        return True
    if traits.event not in events:
        return traits.denied or group.denied
    return _has_other_certainty(group, traits)


def _has_other_certainty(group: Group, traits: _Traits) -> bool:
    """True if others by name underwent what is known of the one, and believed of the other."""
    named = bool(traits.named) and bool(group.named) and traits.named.isdisjoint(group.named)
    return named and traits.surmised is not group.surmised


def _ends(event: str, other: str) -> bool:
    return other in type_named(event).ends


def _same_people(group: Group, traits: _Traits) -> float:
    """Return the score of the people.

    Those of another type may be further victims of one event. A description and a name exclude
    each other no more than "the founder" in a headline and his name in the lead.
    """
    known = set[str]().union(*group.people.values())
    of_another_type = known.isdisjoint(traits.people) and not group.people.get(traits.event)
    if of_another_type and group.strand == _HARM:
        return 0.0
    other = _OTHER_PEOPLE if bool(traits.named) == bool(group.named) else 0.0
    return agreement(traits.people, known, _SAME_PEOPLE, other)


def _counted(ours: AbstractSet[tuple[str, int]], theirs: AbstractSet[tuple[str, int]]) -> float:
    """Return the score of numbers of people; numbers for other events say nothing."""
    both = {of for of, _ in ours} & {of for of, _ in theirs}
    if not both:
        return 0.0
    return _SAME_COUNT if ours & theirs else _OTHER_COUNT
