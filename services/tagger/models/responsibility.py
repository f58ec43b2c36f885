"""Responsibility: at whose door an incident is laid, where the group stands in another clause or sentence.

Implicit arguments, found as by Gerber and Chai 2010: the candidates are the armed groups and state forces of the article, each
with all its mentions, and a logistic model over plain features of how the text speaks of them says which did it, if any. Its
weights are data (lexicon/responsibility.yaml), fitted by bench/responsibility.py.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from services.messages import AFFIRMING_STANCES, Attribution, Cue, Mention, SentenceReport, Span
from services.tagger.discourse.incidents import Incident
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues
from services.tagger.models.logistic import logistic, read_weights
from services.tagger.models.specificity import features as features_of_incident
from services.tagger.models.specificity import probability as specificity
from services.tagger.names.mentions import Mentions
from services.text.names import fold

_NEAR_SENTENCES = 3
"""Sentences around an incident's in which words about a group are likely about the incident.

The weights are fitted to it.
"""
_MOST_SENTENCES = 100
"""Sentences around an incident's beyond which nobody lays it at a group's door."""
_CLAIMING = AFFIRMING_STANCES | {"background"}
"""Stances of a claim of responsibility; one that is retold still says who did it."""
_END = re.compile(r"[.!?][\"”']?\s|\n")
_BLAME = re.compile(
    r"\b(?:attribut(?:ed|es?)|(?:ir)?responsib(?:le|ility)|accus(?:ed|es?|ing)|blam(?:ed|es?|ing)|suspect(?:ed|s)?|alleged(?:ly)?"
    r"|presumed|presumably|work of|behind|perpetrat(?:ed|ors?)|carried out|authors?|believed|ordered|committed)\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby (?:the |an? |alleged |suspected )*[\"“']?(?:\w+ ){0,3}$", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_SPEECH_SHARE = 0.03
"""Share of words of the first person plural from which a text is a speech throughout.

The weights are fitted to it.
"""


def weights() -> Mapping[str, float]:
    """Return the weights of the features, `bias`, and `least` (the probability of a culprit)."""
    return read_weights("responsibility.yaml")


def with_responsible(reports: Sequence[SentenceReport], found: Iterable[Incident], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the likeliest group as agent of an incident that names none, if it is likely.

    `found` are the incidents of the reports; an incident's first report is given the agent.
    """
    armed = {m.actor_id for m in mentions.in_order() if mentions.actors.is_armed(m.actor_id)}
    text = Text(mentions.text, mentions.in_order(), reports, armed)
    done = list(reports)
    for incident in found:
        deeds = [i for i in incident.members if not is_claim(reports[i])]
        group = text.culprit([reports[i] for i in deeds]) if deeds else None
        if group is not None:
            done[deeds[0]] = _laid(reports[deeds[0]], group, text)
    return done


@dataclass(frozen=True)
class Group:
    """An armed group or a state force of an article, by all its mentions; `force` says which of the forces, "" is armed.

    `sentences` are the numbers of those that name it, one for each mention, ascending.
    """

    mentions: tuple[Mention, ...]
    force: str
    ids: frozenset[str]
    sentences: tuple[int, ...]
    blamed: bool
    """Whether a sentence that names it has a word of blame."""

    def distance(self, sentence: int) -> int:
        """Return how many sentences lie between one and the nearest that names the group."""
        at = bisect_left(self.sentences, sentence)
        return min(abs(n - sentence) for n in self.sentences[max(0, at - 1) : at + 1])

    def near(self, sentence: int) -> Sequence[Mention]:
        """Return the mentions at most _NEAR_SENTENCES sentences away."""
        first = bisect_left(self.sentences, sentence - _NEAR_SENTENCES)
        last = bisect_right(self.sentences, sentence + _NEAR_SENTENCES)
        return self.mentions[first:last]


@dataclass(frozen=True)
class Deed:
    """What the reports of one incident tell, as far as it is the same for every group."""

    members: Sequence[SentenceReport]
    sentences: frozenset[int]
    victims: frozenset[str]
    """The words of those who suffer, folded, as those of the agents."""
    agents: frozenset[str]
    features: Mapping[str, float]


class Text:
    """An article as the features see it; `armed` holds the ids of the armed actors."""

    def __init__(
        self, text: str, mentions: Sequence[Mention], reports: Sequence[SentenceReport], armed: Collection[str | None]
    ) -> None:
        self.by_id = {m.id: m for m in mentions}
        self._text = text
        self._armed = armed
        self._acts = _by_agent(r for r in reports if type_named(r.event).is_violent and not is_claim(r))
        self._claims = _by_agent(r for r in reports if is_claim(r) and r.stance in _CLAIMING)
        self._ends = [m.end() for m in _END.finditer(text)]
        self.groups = [self._group(named, force) for force, named in _groups(mentions, armed)]
        self._n_armed = sum(len(g.mentions) for g in self.groups if not g.force)
        spoken = len(_FIRST_PERSON.findall(text)) / max(1, len(text.split()))
        self._speech = min(1.0, spoken / _SPEECH_SHARE)

    def culprit(self, members: Sequence[SentenceReport]) -> Group | None:
        """Return the group that most likely did what the reports of an incident tell, None where one is named or none likely."""
        if not self.is_open(members):
            return None
        deed = self.deed(members)
        near = (g for g in self.groups if min(map(g.distance, deed.sentences)) <= _MOST_SENTENCES)
        likely = [(probability(self.features(deed, group)), group) for group in near]
        best = max(likely, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= weights()["least"] else None

    def is_open(self, members: Sequence[SentenceReport]) -> bool:
        """Tell whether no report of an incident names a group, a force, or a state as its agent."""
        agents = (self.by_id[i] for r in members for i in r.agent if i in self.by_id)
        return not any(a.type == "state" or a.actor_id or _known_as(a, self._armed) is not None for a in agents)

    def deed(self, members: Sequence[SentenceReport]) -> Deed:
        """Return what the reports of an incident tell."""
        return Deed(
            members,
            frozenset(self._number(r.trigger[0]) for r in members),
            self._words(i for r in members for i in (*r.patient, *r.target)),
            self._words(i for r in members for i in r.agent),
            self._of_incident(members),
        )

    def features(self, deed: Deed, group: Group) -> dict[str, float]:
        """Return the features of a group as the one that did a deed, most of them 0…1."""
        return {
            "known": float(not group.force and group.mentions[0].actor_id is not None),
            **{force: float(group.force == force) for force in cues().state_forces},
            **self._of_place(deed, group),
            **self._of_wording(deed, group),
            **_of_sides(deed, group),
            **deed.features,
            "killed by armed": float(not group.force and any(type_named(r.event).harm == "death" for r in deed.members)),
        }

    def claim_of(self, group: Group) -> SentenceReport | None:
        """Return a report that a group claims responsibility; it denies it with the same words."""
        own = self._of(group, self._claims)
        return next((r for r in own if not self._text[slice(*r.trigger)].lower().startswith("den")), None)

    def word_of_blame(self, report: SentenceReport, group: Group) -> Span | None:
        """Return the span of the first word near a report that tells of blame, in a sentence that names the group."""
        for mention in group.mentions:
            number = self._number(mention.start)
            if abs(number - self._number(report.trigger[0])) <= _NEAR_SENTENCES:
                start, end = self._span(number)
                word = _BLAME.search(self._text, start, end)
                if word is not None:
                    return word.span()
        return None

    def _of_place(self, deed: Deed, group: Group) -> dict[str, float]:
        gap = min(map(group.distance, deed.sentences))
        return {
            "same sentence": float(gap == 0),
            "sentence after": float(any(group.distance(n + 1) == 0 for n in deed.sentences)),
            "near": float(gap <= _NEAR_SENTENCES),
            "far": math.log1p(gap),
            "often": math.log1p(len(group.mentions)),
            "share": 0.0 if group.force else len(group.mentions) / self._n_armed,
        }

    def _of_wording(self, deed: Deed, group: Group) -> dict[str, float]:
        near = [m for n in deed.sentences for m in group.near(n)]
        return {
            "blame": float(group.blamed),
            "claim": float(self.claim_of(group) is not None),
            "by": float(any(_BY.search(self._text, max(0, m.start - 60), m.start) for m in near)),
            "tells": float(any(a.mention in group.ids and a.kind != "self" for r in deed.members for a in r.attribution)),
            "suffers": float(any(group.ids & {*r.patient, *r.target} for r in deed.members)),
            "did other": float(any(r not in deed.members for r in self._of(group, self._acts))),
        }

    def _of_incident(self, members: Sequence[SentenceReport]) -> dict[str, float]:
        its = features_of_incident(members, self.by_id, self._text)
        likely = min(max(specificity(its), 0.01), 0.99)
        return {
            "specific": math.log(likely / (1 - likely)),
            "named victim": its["named victim"],
            "late": math.log1p(min(r.sentence_index for r in members)),
            "speech": self._speech,
        }

    def _group(self, mentions: Sequence[Mention], force: str) -> Group:
        numbers = tuple(self._number(m.start) for m in mentions)
        blamed = any(_BLAME.search(self._text, *self._span(n)) for n in set(numbers))
        return Group(tuple(mentions), force, frozenset(m.id for m in mentions), numbers, blamed)

    @staticmethod
    def _of(group: Group, by_agent: Mapping[str, Sequence[SentenceReport]]) -> Iterable[SentenceReport]:
        return (report for mention in group.mentions for report in by_agent.get(mention.id, ()))

    def _words(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(word for i in ids if i in self.by_id for word in fold(self.by_id[i].surface).split())

    def _number(self, at: int) -> int:
        return bisect_right(self._ends, at)

    def _span(self, number: int) -> Span:
        return (self._ends[number - 1] if number else 0), self._ends[number] if number < len(self._ends) else len(self._text)


def is_claim(report: SentenceReport) -> bool:
    """Tell whether a report is of a claim of responsibility, not of a deed."""
    return type_named(report.event).claims_deed


def _laid(report: SentenceReport, group: Group, text: Text) -> SentenceReport:
    """Return a report with a group as agent, the words that lay it at its door, and the group as source where it claims it."""
    named = min(group.mentions, key=lambda m: abs(m.start - report.trigger[0]))
    claim = text.claim_of(group)
    cue = Cue(
        kind="perpetrator", span=text.word_of_blame(report, group) or (named.start, named.end), rule=rule_id("responsible/group")
    )
    own = (
        Attribution(mention=named.id, kind="self", cue=claim.trigger, source=(named.start, named.end), named=True)
        if claim
        else None
    )
    return msgspec.structs.replace(
        report,
        agent=(*report.agent, named.id),
        cues=(*report.cues, cue),
        attribution=(*report.attribution, *((own,) if own else ())),
    )


def probability(of: Mapping[str, float]) -> float:
    """Return how likely a group with these features did it, 0…1; a feature not fitted yet counts nothing."""
    return logistic(weights(), of)


def _of_sides(deed: Deed, group: Group) -> dict[str, float]:
    who = "state" if group.force else "armed"
    hit = {side: float(bool(deed.victims & words)) for side, words in cues().sides.items()}
    found = {f"{side} by {by}": hit[side] * (by == who) for side in hit for by in ("armed", "state")}
    return found | {
        "rebels, armed": float(who == "armed" and bool(deed.agents & cues().rebels)),
        "rebels, state": float(who == "state" and bool(deed.agents & cues().rebels)),
        "forces, state": float(who == "state" and bool(deed.agents & cues().forces)),
    }


def _by_agent(reports: Iterable[SentenceReport]) -> dict[str, list[SentenceReport]]:
    found: dict[str, list[SentenceReport]] = {}
    for report in reports:
        for i in report.agent:
            found.setdefault(i, []).append(report)
    return found


def _groups(mentions: Sequence[Mention], armed: Collection[str | None]) -> Iterable[tuple[str, Sequence[Mention]]]:
    """Return the forces ("" for an armed group) with the mentions of each, in text order."""
    found: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        known = _known_as(mention, armed)
        if known is not None:
            found.setdefault(known, []).append(mention)
    return [(force, named) for (force, _), named in found.items()]


def _known_as(mention: Mention, armed: Collection[str | None]) -> tuple[str, str] | None:
    """Return (force, key) of a mention that an armed group or a state force is named by, None for any other."""
    if mention.type not in ("group", "organisation"):
        return None
    if mention.actor_id is not None:
        return ("", mention.actor_id) if mention.actor_id in armed else None
    words = set(fold(mention.surface).split())
    if mention.is_name and words & cues().armed_names:
        return ("", mention.key)
    if words & (cues().rebels | cues().armed_names):
        return None
    return next(((force, "") for force, own in cues().state_forces.items() if words & own), None)
