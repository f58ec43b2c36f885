"""Responsibility: at whose door an incident is laid, where the group stands in another clause or sentence.

Implicit arguments, found as by Gerber and Chai 2010: the candidates are the armed groups and state forces of the article, each
with all its mentions, and a logistic model over plain features of how the text speaks of them says which did it, if any. Its
weights are data (lexicon/responsibility.yaml), fitted by bench/responsibility.py.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec
import yaml

from services.messages import Attribution, Cue, Mention, Report, Span
from services.tagger.dictionaries import cues, read_lexicon
from services.tagger.incidents import VIOLENT, incidents
from services.tagger.mentions import Mentions
from services.tagger.specificity import features as features_of_incident
from services.tagger.specificity import probability as specificity
from services.text.names import fold

RULE = "responsible/group@1"
CLAIM = "responsibility-claim"
_NEAR = 3
"""Sentences around an incident's in which what is said of a group is likely said of the incident."""
_FORCES = ("air_force", "police", "army", "government")
"""State forces by the classes of words that they go by; the first that fits."""
_END = re.compile(r"[.!?][\"”']?\s|\n")
_BLAME = re.compile(
    r"\b(?:attribut(?:ed|es?)|(?:ir)?responsib(?:le|ility)|accus(?:ed|es?|ing)|blam(?:ed|es?|ing)|suspect(?:ed|s)?|alleged(?:ly)?"
    r"|presumed|presumably|work of|behind|perpetrat(?:ed|ors?)|carried out|authors?|believed|ordered|committed)\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby (?:the |an? |alleged |suspected )*[\"“']?(?:\w+ ){0,3}$", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_A_SPEECH = 0.03
"""Share of words of the first person plural from which a text is a speech throughout."""


@cache
def weights() -> Mapping[str, float]:
    """Return the weights of the features, `bias` (added to every sum), and `least` (the probability of a culprit)."""
    return {str(name): float(value) for name, value in yaml.safe_load(read_lexicon("responsibility.yaml")).items()}


def with_responsible(reports: Sequence[Report], mentions: Mentions) -> list[Report]:
    """Return the reports; of an incident that names no group as its agent, the first with the likeliest one, if it is likely."""
    armed = {m.actor_id for m in mentions.in_order() if mentions.actors.is_armed(m.actor_id)}
    text = Text(mentions.text, mentions.in_order(), reports, armed)
    done = list(reports)
    for incident in incidents(reports, text.by_id, mentions.text):
        deeds = [i for i in incident.members if reports[i].event != CLAIM]
        group = text.culprit([reports[i] for i in deeds]) if deeds else None
        if group is not None:
            done[deeds[0]] = _laid(reports[deeds[0]], group, text)
    return done


@dataclass(frozen=True)
class Group:
    """An armed group or a state force of an article, by all its mentions; `force` says which of the forces, "" is armed."""

    mentions: tuple[Mention, ...]
    force: str

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(m.id for m in self.mentions)


class Text:
    """An article as the features see it; `armed` holds the ids of the armed actors."""

    def __init__(self, text: str, mentions: Sequence[Mention], reports: Sequence[Report], armed: Collection[str | None]) -> None:
        self.by_id = {m.id: m for m in mentions}
        self.groups = _groups(mentions, armed)
        self._text = text
        self._armed = armed
        self._violent = [r for r in reports if r.event in VIOLENT and r.event != CLAIM]
        self._claims = [r for r in reports if r.event == CLAIM and r.stance not in ("denied", "hypothetical")]
        self._ends = [m.end() for m in _END.finditer(text)]
        self._n_armed = sum(len(g.mentions) for g in self.groups if not g.force)
        self._speech = min(1.0, len(_FIRST_PERSON.findall(text)) / max(1, len(text.split())) / _A_SPEECH)

    def culprit(self, members: Sequence[Report]) -> Group | None:
        """Return the group that most likely did what the reports of an incident tell, None where one is named or none likely."""
        if not self.is_open(members):
            return None
        likely = [(probability(self.features(members, group)), group) for group in self.groups]
        best = max(likely, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= weights()["least"] else None

    def is_open(self, members: Sequence[Report]) -> bool:
        """Tell whether no report of an incident names a group, a force, or a state as its agent."""
        agents = (self.by_id[i] for r in members for i in r.agent if i in self.by_id)
        return not any(a.type == "state" or a.actor_id or _known_as(a, self._armed) is not None for a in agents)

    def features(self, members: Sequence[Report], group: Group) -> dict[str, float]:
        """Return the features of a group as the one that did what the reports of an incident tell, most of them 0…1."""
        return {
            "known": float(not group.force and group.mentions[0].actor_id is not None),
            **{force: float(group.force == force) for force in _FORCES},
            **self._of_place(members, group),
            **self._of_wording(members, group),
            **self._of_sides(members, group),
            **self._of_incident(members, group),
        }

    def claim_of(self, group: Group) -> Report | None:
        """Return a report that a group claims responsibility; it denies it with the same words."""
        own = (r for r in self._claims if group.ids & {*r.agent})
        return next((r for r in own if not self._text[slice(*r.trigger)].lower().startswith("den")), None)

    def word_of_blame(self, report: Report, group: Group) -> Span | None:
        """Return the span of the first word near a report that tells of blame, in a sentence that names the group."""
        for mention in group.mentions:
            number = self._number(mention.start)
            if abs(number - self._number(report.trigger[0])) <= _NEAR:
                start, end = self._span(number)
                word = _BLAME.search(self._text, start, end)
                if word is not None:
                    return word.span()
        return None

    def _of_place(self, members: Sequence[Report], group: Group) -> dict[str, float]:
        gaps = self._gaps(members, group)
        return {
            "same sentence": float(0 in gaps),
            "sentence after": float(1 in gaps),
            "near": float(min(map(abs, gaps)) <= _NEAR),
            "far": math.log1p(min(map(abs, gaps))),
            "often": math.log1p(len(group.mentions)),
            "share": 0.0 if group.force else len(group.mentions) / self._n_armed,
        }

    def _of_wording(self, members: Sequence[Report], group: Group) -> dict[str, float]:
        told = [self._text[slice(*self._span(self._number(m.start)))] for m in group.mentions]
        near = [m for m, gap in zip(group.mentions, self._nearest(members, group), strict=True) if gap <= _NEAR]
        return {
            "blame": float(any(map(_BLAME.search, told))),
            "claim": float(self.claim_of(group) is not None),
            "by": float(any(_BY.search(self._text, max(0, m.start - 60), m.start) for m in near)),
            "tells": float(any(a.mention in group.ids and a.kind != "self" for r in members for a in r.attribution)),
            "suffers": float(any(group.ids & {*r.patient, *r.target} for r in members)),
            "did other": float(any(group.ids & {*r.agent} for r in self._violent if r not in members)),
        }

    def _of_sides(self, members: Sequence[Report], group: Group) -> dict[str, float]:
        victims = self._words(i for r in members for i in (*r.patient, *r.target))
        agents = self._words(i for r in members for i in r.agent)
        who = "state" if group.force else "armed"
        hit = {side: float(bool(victims & cues()[f"side_{side}"])) for side in ("state", "rebel", "neither", "works")}
        found = {f"{side} by {by}": hit[side] * (by == who) for side in hit for by in ("armed", "state")}
        return found | {
            "rebels, armed": float(who == "armed" and bool(agents & cues()["rebels"])),
            "rebels, state": float(who == "state" and bool(agents & cues()["rebels"])),
            "forces, state": float(who == "state" and bool(agents & cues()["forces"])),
        }

    def _of_incident(self, members: Sequence[Report], group: Group) -> dict[str, float]:
        its = features_of_incident(members, self.by_id, self._text)
        likely = min(max(specificity(its), 0.01), 0.99)
        return {
            "specific": math.log(likely / (1 - likely)),
            "named victim": its["named victim"],
            "late": math.log1p(min(r.sentence_index for r in members)),
            "speech": self._speech,
            "killed by armed": float(not group.force and any(r.event == "killed" for r in members)),
        }

    def _words(self, ids: Iterable[str]) -> set[str]:
        return {word for i in ids if i in self.by_id for word in fold(self.by_id[i].surface).split()}

    def _gaps(self, members: Sequence[Report], group: Group) -> set[int]:
        return {self._number(m.start) - self._number(r.trigger[0]) for m in group.mentions for r in members}

    def _nearest(self, members: Sequence[Report], group: Group) -> list[int]:
        at = [self._number(r.trigger[0]) for r in members]
        return [min(abs(self._number(m.start) - n) for n in at) for m in group.mentions]

    def _number(self, at: int) -> int:
        return bisect_right(self._ends, at)

    def _span(self, number: int) -> Span:
        return (self._ends[number - 1] if number else 0), self._ends[number] if number < len(self._ends) else len(self._text)


def _laid(report: Report, group: Group, text: Text) -> Report:
    """Return a report with a group as agent, the words that lay it at its door, and the group as source where it claims it."""
    named = min(group.mentions, key=lambda m: abs(m.start - report.trigger[0]))
    claim = text.claim_of(group)
    cue = Cue(kind="perpetrator", span=text.word_of_blame(report, group) or (named.start, named.end), rule=RULE)
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
    known = weights()
    return 1 / (1 + math.exp(-known["bias"] - sum(known.get(name, 0.0) * value for name, value in of.items())))


def _groups(mentions: Sequence[Mention], armed: Collection[str | None]) -> list[Group]:
    found: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        known = _known_as(mention, armed)
        if known is not None:
            found.setdefault(known, []).append(mention)
    return [Group(tuple(named), force) for (force, _), named in found.items()]


def _known_as(mention: Mention, armed: Collection[str | None]) -> tuple[str, str] | None:
    """Return (force, key) of a mention that an armed group or a state force is named by, None for any other."""
    if mention.type not in ("group", "organisation"):
        return None
    if mention.actor_id is not None:
        return ("", mention.actor_id) if mention.actor_id in armed else None
    words = set(fold(mention.surface).split())
    if not mention.rule.startswith("phrase/") and words & cues()["armed_names"]:
        return ("", mention.key)
    if words & (cues()["rebels"] | cues()["armed_names"]):
        return None
    return next(((force, "") for force in _FORCES if words & cues()[force]), None)
