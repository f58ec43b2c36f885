"""Responsibility: the agent of an incident that its own clauses leave open (an implicit argument).

As in Gerber and Chai 2010, the candidates are the armed groups and state forces of the article,
each with all its mentions. A logistic model over plain features of the candidate's context decides
which of them did it, if any. Its weights (lexicon/responsibility.yaml) are fitted by
bench/responsibility.py.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, filterfalse

import msgspec

from services.messages import AFFIRMING_STANCES, Attribution, Cue, Mention, SentenceReport, Span
from services.tagger.discourse.arguments import fillers, words_of
from services.tagger.discourse.clusters import Cluster
from services.tagger.discourse.traits import is_death
from services.tagger.lexicon.ontology import type_named, types_by_circumstance
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues
from services.tagger.models.candidates import (
    NEAR_SENTENCES,
    Group,
    Sentences,
    find_groups,
    known_as,
)
from services.tagger.models.logistic import any_of, logistic, read_weights
from services.tagger.models.specificity import features as features_of_incident
from services.tagger.models.specificity import probability as specificity
from services.tagger.names.mentions import Mentions

_MOST_SENTENCES = 100
"""Sentences between an incident and a group beyond which the group is no candidate."""
_BY_WITHIN = 60
"""Characters before a mention in which the "by" of its by-phrase stands."""
_CLAIMING = AFFIRMING_STANCES | {"background"}
"""Stances of a claim of responsibility. A claim in the background still names the perpetrator."""
_BY = re.compile(r"\bby (?:the |an? |alleged |suspected )*[\"“']?(?:\w+ ){0,3}$", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_SPEECH_SHARE = 0.03
"""Share of words of the first person plural from which a text is a speech throughout.

The weights are fitted to it.
"""


def weights() -> Mapping[str, float]:
    """Return the weights of the features, `bias`, and `least` (the probability of a culprit)."""
    return read_weights("responsibility.yaml")


def with_responsible(
    reports: Sequence[SentenceReport], found: Iterable[Cluster], mentions: Mentions
) -> list[SentenceReport]:
    """Return the reports with the likeliest group as agent of incidents that name none.

    `found` are the incidents of the reports; an incident's first report is given the agent.
    """
    armed = {m.actor_id for m in mentions.in_order() if mentions.actors.is_armed(m.actor_id)}
    text = Text(mentions.text, mentions.in_order(), reports, armed)
    done = list(reports)
    for incident in found:
        deeds = [i for i in incident.members if not is_claim(reports[i])]
        group = text.culprit([reports[i] for i in deeds]) if deeds else None
        if group is not None:
            done[deeds[0]] = _attributed(reports[deeds[0]], group, text)
    return done


@dataclass(frozen=True)
class Deed:
    """An incident, as far as it is the same for every candidate."""

    members: Sequence[SentenceReport]
    sentences: frozenset[int]
    """Numbers of the sentences of its triggers."""
    victims: frozenset[str]
    """The words of patients and targets, folded."""
    agents: frozenset[str]
    """The words of agents, folded."""
    features: Mapping[str, float]


class Text:
    """An article as the features see it; `armed` holds the ids of the armed actors."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        reports: Sequence[SentenceReport],
        armed: Collection[str | None],
    ) -> None:
        self.by_id = {mention.id: mention for mention in mentions}
        self._text = text
        self._armed = armed
        self._sentences = Sentences(text)
        self._acts = _by_agent(filter(_is_act, reports))
        self._claims = _by_agent(filter(_is_standing_claim, reports))
        self.groups = find_groups(mentions, armed, self._sentences)
        self._n_armed = sum(len(group.mentions) for group in self.groups if not group.force)
        spoken = len(_FIRST_PERSON.findall(text)) / max(1, len(text.split()))
        self._speech = min(1.0, spoken / _SPEECH_SHARE)

    def culprit(self, members: Sequence[SentenceReport]) -> Group | None:
        """Return the group that most likely did what the reports of an incident say.

        None where the incident has an agent, and where no group is likely enough. Of an airstrike
        it is a force of a state, as armed groups have no aircraft.
        """
        if not self.is_open(members):
            return None
        deed = self.deed(members)
        near = [g for g in self.groups if g.distance_to(deed.sentences) <= _MOST_SENTENCES]
        if not types_by_circumstance("aircraft").isdisjoint(r.event for r in members):
            near = [group for group in near if group.force]
        likely = [(probability(self.features(deed, group)), group) for group in near]
        best = max(likely, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= weights()["least"] else None

    def is_open(self, members: Sequence[SentenceReport]) -> bool:
        """True if no report of an incident has a group, a force, or a state as its agent."""
        return not any(map(self._is_answer, fillers(members, "agent", self.by_id)))

    def _is_answer(self, agent: Mention) -> bool:
        if agent.type == "state" or agent.actor_id:
            return True
        return known_as(agent, self._armed) is not None

    def deed(self, members: Sequence[SentenceReport]) -> Deed:
        """Return what the reports of an incident say, for `features`."""
        patients = fillers(members, "patient", self.by_id)
        targets = fillers(members, "target", self.by_id)
        agents = fillers(members, "agent", self.by_id)
        return Deed(
            members,
            frozenset(map(self._sentence_of, members)),
            _all_words(chain(patients, targets)),
            _all_words(agents),
            self._of_incident(members),
        )

    def features(self, deed: Deed, group: Group) -> dict[str, float]:
        """Return the features of a group as the agent of a deed, most of them 0…1."""
        return {
            "known": float(not group.force and group.mentions[0].actor_id is not None),
            **{force: float(group.force == force) for force in cues().state_forces},
            **self._of_place(deed, group),
            **self._of_wording(deed, group),
            **_of_sides(deed, group),
            **deed.features,
            "killed by armed": 0.0 if group.force else any_of(is_death, deed.members),
        }

    def claim_of(self, group: Group) -> SentenceReport | None:
        """Return a report that a group claims responsibility.

        A denial is no claim, though it is made of the same words.
        """
        claims = _of(group, self._claims)
        return next(filterfalse(self._is_denial, claims), None)

    def word_of_blame(self, report: SentenceReport, group: Group) -> Span | None:
        """Return the span of the first word of blame near a report.

        It stands in a sentence that names the group.
        """
        here = self._sentence_of(report)
        for number in group.sentences:
            is_near = abs(number - here) <= NEAR_SENTENCES
            blame = self._sentences.word_of_blame(number) if is_near else None
            if blame is not None:
                return blame
        return None

    def _sentence_of(self, report: SentenceReport) -> int:
        return self._sentences.number(report.trigger[0])

    def _of_place(self, deed: Deed, group: Group) -> dict[str, float]:
        gap = group.distance_to(deed.sentences)
        return {
            "same sentence": float(gap == 0),
            "sentence after": float(any(group.distance(n + 1) == 0 for n in deed.sentences)),
            "near": float(gap <= NEAR_SENTENCES),
            "far": math.log1p(gap),
            "often": math.log1p(len(group.mentions)),
            "share": 0.0 if group.force else len(group.mentions) / self._n_armed,
        }

    def _of_wording(self, deed: Deed, group: Group) -> dict[str, float]:
        near = chain.from_iterable(map(group.near, deed.sentences))
        acts = _of(group, self._acts)
        return {
            "blame": float(group.blamed),
            "claim": float(self.claim_of(group) is not None),
            "by": any_of(self._is_in_by_phrase, near),
            "tells": any_of(group.is_source_of, deed.members),
            "suffers": any_of(group.undergoes, deed.members),
            "did other": float(any(report not in deed.members for report in acts)),
        }

    def _of_incident(self, members: Sequence[SentenceReport]) -> dict[str, float]:
        its = features_of_incident(members, self.by_id, self._text)
        likely = min(max(specificity(its), 0.01), 0.99)
        return {
            "specific": math.log(likely / (1 - likely)),
            "named victim": its["named victim"],
            "late": its["later"],
            "speech": self._speech,
        }

    def _is_in_by_phrase(self, mention: Mention) -> bool:
        start = max(0, mention.start - _BY_WITHIN)
        return _BY.search(self._text, start, mention.start) is not None

    def _is_denial(self, claim: SentenceReport) -> bool:
        return self._text[slice(*claim.trigger)].lower().startswith("den")


def is_claim(report: SentenceReport) -> bool:
    """True if a report is of a claim of responsibility, not of a deed."""
    return type_named(report.event).claims_deed


def _is_standing_claim(report: SentenceReport) -> bool:
    return is_claim(report) and report.stance in _CLAIMING


def _is_act(report: SentenceReport) -> bool:
    return type_named(report.event).is_violent and not is_claim(report)


def _attributed(report: SentenceReport, group: Group, text: Text) -> SentenceReport:
    """Return a report with a group as agent, and the words of blame as a cue.

    A group that claims responsibility becomes a source of the report, too.
    """
    named = min(group.mentions, key=lambda mention: abs(mention.start - report.trigger[0]))
    place = (named.start, named.end)
    blame = text.word_of_blame(report, group) or place
    cue = Cue(kind="perpetrator", span=blame, rule=rule_id("responsible/group"))
    sources = report.attribution
    claim = text.claim_of(group)
    if claim is not None:
        own = Attribution(
            mention=named.id, kind="self", cue=claim.trigger, source=place, named=True
        )
        sources = (*sources, own)
    return msgspec.structs.replace(
        report, agent=(*report.agent, named.id), cues=(*report.cues, cue), attribution=sources
    )


def probability(of: Mapping[str, float]) -> float:
    """Return how likely a group with these features did it, 0…1."""
    return logistic(weights(), of)


def _of_sides(deed: Deed, group: Group) -> dict[str, float]:
    """Return features of both sides: of the group, and of the people that the words name."""
    is_state = bool(group.force)
    found: dict[str, float] = {}
    for side, words in cues().sides.items():
        is_hit = not deed.victims.isdisjoint(words)
        found[f"{side} by armed"] = float(is_hit and not is_state)
        found[f"{side} by state"] = float(is_hit and is_state)
    by_rebels = not deed.agents.isdisjoint(cues().rebels)
    by_forces = not deed.agents.isdisjoint(cues().forces)
    return found | {
        "rebels, armed": float(by_rebels and not is_state),
        "rebels, state": float(by_rebels and is_state),
        "forces, state": float(by_forces and is_state),
    }


def _by_agent(reports: Iterable[SentenceReport]) -> dict[str, list[SentenceReport]]:
    found: dict[str, list[SentenceReport]] = {}
    for report in reports:
        for agent in report.agent:
            found.setdefault(agent, []).append(report)
    return found


def _of(group: Group, by_agent: Mapping[str, Sequence[SentenceReport]]) -> Iterable[SentenceReport]:
    """Return the reports that a group is an agent of, mention by mention."""
    return chain.from_iterable(by_agent.get(mention.id, ()) for mention in group.mentions)


def _all_words(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset[str]().union(*map(words_of, mentions))
