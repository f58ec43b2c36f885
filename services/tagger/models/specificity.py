"""Specificity: whether an incident is one event or violence in general.

"The killing of journalists goes on" is general: such reports become background, since they are no
news. The model is logistic, over plain features of an incident. Its weights
(lexicon/specificity.yaml) are fitted by bench/specificity.py.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter

import msgspec

from services.messages import Cue, Mention, SentenceReport, Span
from services.tagger.discourse.arguments import fillers, known
from services.tagger.discourse.clusters import Cluster
from services.tagger.discourse.traits import is_dated, is_placed, is_single
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import endings
from services.tagger.models.logistic import all_of, any_of, logistic, read_weights, share_of
from services.tagger.names.mentions import Mentions

_EVENT = "event "
"""Prefix of the features that stand for a type of event."""
_MOST_AT_ONCE = 40
"""People; a higher number is mostly the toll of a war. The weights are fitted to it."""
_LAST_OF_THE_LEAD = 2
"""Number of the lead's last sentence from 0: the title and two of the body are the lead."""
_QUOTES = re.compile(r"[\"“”]")
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|i|my|you|your)\b", re.IGNORECASE)
_SPEECH_SHARE = 0.04
"""Share of words in the first or second person from which a text is a speech or an interview.

The weights are fitted to it.
"""
_GENERAL = re.compile(
    r"\b(?:always|often|every|all|any|whoever|those who|continu\w+|campaign|wave|policy|struggle"
    r"|years?|months?|violence|terrorism)\b",
    re.IGNORECASE,
)


def weights() -> Mapping[str, float]:
    """Return the weights of the features, `bias`, `least`, and `least_of_news`.

    The last two are the least probabilities of a specific incident: of any, and of one in the lead
    or with a victim named or counted.
    """
    return read_weights("specificity.yaml")


def with_generalities(
    reports: Sequence[SentenceReport], found: Iterable[Cluster], mentions: Mentions
) -> list[SentenceReport]:
    """Return the reports with those of general incidents as background.

    `found` are their clusters.
    """
    done = list(reports)
    for cluster in found:
        members = cluster.among(reports)
        if _is_general(members, mentions):
            for i in cluster.members:
                done[i] = _as_background(reports[i])
    return done


def _is_general(members: Sequence[SentenceReport], mentions: Mentions) -> bool:
    if any(map(_alerts, members)):
        return False
    is_news = any(_is_news(report, mentions.by_id) for report in members)
    least = weights()["least_of_news" if is_news else "least"]
    return probability(features(members, mentions.by_id, mentions.text)) < least


def _as_background(report: SentenceReport) -> SentenceReport:
    cue = Cue(kind="general", span=report.trigger, rule=rule_id("general/incident"))
    return msgspec.structs.replace(report, stance="background", cues=(*report.cues, cue))


def _alerts(report: SentenceReport) -> bool:
    """True if a report alerts, whatever its wording: a headline, a denial, or a confirmation."""
    return report.sentence_index == 0 or report.stance in ("denied", "confirmed")


def _is_news(report: SentenceReport, by_id: Mapping[str, Mention]) -> bool:
    """True if a report stands in the lead, or names or counts its victims."""
    if report.counts or report.sentence_index <= _LAST_OF_THE_LEAD:
        return True
    return any(map(_is_particular, known(report.patient, by_id)))


def _is_particular(victim: Mention) -> bool:
    """True if a victim is named, or described as one person ("a driver")."""
    surface = victim.surface.lower()
    is_plural = surface.endswith(("children", *endings().plurals))
    return victim.type == "person" and (victim.is_named or not is_plural)


def probability(of: Mapping[str, float]) -> float:
    """Return how likely an incident with these features is a specific one, 0…1."""
    return logistic(weights(), of)


def features(
    members: Sequence[SentenceReport], by_id: Mapping[str, Mention], text: str
) -> dict[str, float]:
    """Return the features of an incident's reports by name, each 0…1 or a small logarithm."""
    return {
        **_of_types({report.event for report in members}),
        **_of_people(members, by_id),
        **_of_triggers(members, text),
        **_of_wording({report.sentence for report in members}, text),
        **_of_place_in_text(members, text),
        "reports": math.log1p(len(members)),
        "dated": any_of(is_dated, members),
        "placed": any_of(partial(is_placed, by_id=by_id), members),
        "asserted": any_of(_is_asserted, members),
    }


def _of_types(events: Set[str]) -> dict[str, float]:
    """Return a feature for each type of event that the model was fitted on."""
    names = {f"{_EVENT}{event}" for event in events}
    return {name: float(name in names) for name in weights() if name.startswith(_EVENT)}


def _of_people(members: Sequence[SentenceReport], by_id: Mapping[str, Mention]) -> dict[str, float]:
    victims, agents = fillers(members, "patient", by_id), fillers(members, "agent", by_id)
    counts = chain.from_iterable(map(attrgetter("counts"), members))
    numbers = [count.min or 0 for count in counts]
    return {
        "named victim": any_of(_is_named, victims),
        "single victim": any_of(is_single, victims),
        "counted": float(bool(numbers) and min(numbers) <= _MOST_AT_ONCE),
        "many": float(bool(numbers) and max(numbers) > _MOST_AT_ONCE),
        "thing hit": any_of(_has_target, members),
        "agent": float(bool(agents)),
        "named group": any_of(_is_known_group, agents),
    }


def _of_triggers(members: Sequence[SentenceReport], text: str) -> dict[str, float]:
    nouns: list[str] = []
    verbs: list[str] = []
    for report in members:
        words = nouns if report.frame == "noun" else verbs
        words.append(text[slice(*report.trigger)].lower())
    return {
        "past": any_of(_is_past, verbs),
        "present": all_of(_is_with_s, verbs),
        "going on": all_of(_is_progressive, verbs),
        "only nouns": float(not verbs),
        "plural noun": any_of(_is_with_s, nouns),
    }


def _of_wording(spans: Set[Span], text: str) -> dict[str, float]:
    sentences = [text[start:end] for start, end in spans]
    return {
        "sentences": math.log1p(len(sentences)),
        "first person": share_of(_FIRST_PERSON.search, sentences),
        "speech": _speech(text),
        "general words": share_of(_GENERAL.search, sentences),
    }


@lru_cache(maxsize=1)
def _speech(text: str) -> float:
    """Return how much of a speech a text is, 0…1; cached, as all clusters of an article ask."""
    share = len(_FIRST_PERSON.findall(text)) / max(1, len(text.split()))
    return min(1.0, share / _SPEECH_SHARE)


def _of_place_in_text(members: Sequence[SentenceReport], text: str) -> dict[str, float]:
    first = min(report.sentence_index for report in members)
    return {
        "first": float(first <= 1),
        "later": math.log1p(first),
        "towards the end": min(r.trigger[0] for r in members) / max(1, len(text)),
        "quoted": share_of(partial(_is_quoted, text=text), members),
    }


def _is_asserted(report: SentenceReport) -> bool:
    return report.stance == "asserted"


def _is_quoted(report: SentenceReport, text: str) -> bool:
    """True if a quotation is open before the trigger."""
    before = text[report.sentence[0] : report.trigger[0]]
    return len(_QUOTES.findall(before)) % 2 == 1


def _has_target(report: SentenceReport) -> bool:
    return bool(report.target)


def _is_named(mention: Mention) -> bool:
    return mention.is_named


def _is_known_group(mention: Mention) -> bool:
    return mention.type == "group" and bool(mention.actor_id)


def _is_past(verb: str) -> bool:
    return not _is_with_s(verb) and not _is_progressive(verb)


def _is_with_s(word: str) -> bool:
    return word.endswith("s")


def _is_progressive(verb: str) -> bool:
    return verb.endswith("ing")
