"""Specificity: does a text tell of one event that happened, or of violence in general ("the killing of journalists goes on")?

A logistic model over plain features of an incident. Its weights are data (lexicon/specificity.yaml), fitted by
bench/specificity.py. What is told in general is background: true enough, and news to nobody.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

import msgspec

from services.messages import Cue, Mention, SentenceReport
from services.tagger.discourse.incidents import Incident
from services.tagger.lexicon.rules import rule_id
from services.tagger.models.logistic import logistic, read_weights
from services.tagger.names.mentions import Mentions

_EVENT = "event "
"""What names of features open with that stand for a type of event."""
_MOST_AT_ONCE = 40
"""People; a higher number is mostly the sum of a war. The weights are fitted to it."""
_LAST_OF_THE_LEAD = 2
"""The last sentence, counted from 0, in which a text says what its news is: a title and the first two of the body."""
_QUOTES = re.compile(r"[\"“”]")
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|i|my|you|your)\b", re.IGNORECASE)
_SPEECH_SHARE = 0.04
"""Share of words in the first or second person from which a text is a speech or an interview.

The weights are fitted to it.
"""
_GENERAL = re.compile(
    r"\b(?:always|often|every|all|any|whoever|those who|continu\w+|campaign|wave|policy|struggle|years?|months?"
    r"|violence|terrorism)\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"(?:an?|one|his|her|another) ", re.IGNORECASE)


def weights() -> Mapping[str, float]:
    """Return the weights of the features, `bias`, and the least probabilities of a specific incident.

    `least` is that of any, `least_of_news` of one that opens a text, or of which a victim or a number is told.
    """
    return read_weights("specificity.yaml")


def with_generalities(reports: Sequence[SentenceReport], found: Iterable[Incident], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with those of violence in general as background; `found`: their incidents."""
    by_id = mentions.by_id
    done = list(reports)
    for incident in found:
        members = [reports[i] for i in incident.members]
        if any(_alerts(r) for r in members):
            continue
        least = "least_of_news" if any(_is_news(r, by_id) for r in members) else "least"
        if probability(features(members, by_id, mentions.text)) >= weights()[least]:
            continue
        for i in incident.members:
            cue = Cue(kind="general", span=reports[i].trigger, rule=rule_id("general/incident"))
            done[i] = msgspec.structs.replace(reports[i], stance="background", cues=(*reports[i].cues, cue))
    return done


def _alerts(report: SentenceReport) -> bool:
    """Tell whether a report is a headline's, a denial, or a confirmation: it alerts, whatever its wording."""
    return report.sentence_index == 0 or report.stance in ("denied", "confirmed")


def _is_news(report: SentenceReport, by_id: Mapping[str, Mention]) -> bool:
    """Tell whether a report is near the start of its text, or names or numbers its victims."""
    somebody = bool(report.counts) or any(_in_particular(by_id[i]) for i in report.patient if i in by_id)
    return somebody or report.sentence_index <= _LAST_OF_THE_LEAD


def _in_particular(victim: Mention) -> bool:
    return victim.type == "person" and (
        _is_name(victim) or not victim.surface.lower().endswith(("s", "men", "people", "children"))
    )


def probability(of: Mapping[str, float]) -> float:
    """Return how likely an incident with these features is a specific one, 0…1; a feature not fitted yet counts nothing."""
    return logistic(weights(), of)


def features(members: Sequence[SentenceReport], by_id: Mapping[str, Mention], text: str) -> dict[str, float]:
    """Return the features of an incident's reports by name, each 0…1 or a small logarithm."""
    return {
        **_of_types({r.event for r in members}),
        **_of_people(members, by_id),
        **_of_triggers(members, text),
        **_of_wording({r.sentence: text[slice(*r.sentence)] for r in members}, text),
        **_of_place_in_text(members, text),
        "reports": math.log1p(len(members)),
        "dated": float(any(r.date is not None and r.date.span is not None for r in members)),
        "placed": float(any(_is_local(by_id[i], r) for r in members for i in r.place if i in by_id)),
        "asserted": float(any(r.stance == "asserted" for r in members)),
    }


def _of_types(events: Set[str]) -> dict[str, float]:
    """Return a feature for each type of event that the model was fitted on."""
    fitted = (name.removeprefix(_EVENT) for name in weights() if name.startswith(_EVENT))
    return {f"{_EVENT}{event}": float(event in events) for event in fitted}


def _of_people(members: Sequence[SentenceReport], by_id: Mapping[str, Mention]) -> dict[str, float]:
    victims = [by_id[i] for r in members for i in r.patient if i in by_id]
    agents = [by_id[i] for r in members for i in r.agent if i in by_id]
    return {
        "named victim": float(any(_is_name(v) for v in victims)),
        "single victim": float(any(_ONE.match(v.surface) for v in victims)),
        "counted": float(any((c.min or 0) <= _MOST_AT_ONCE for r in members for c in r.counts)),
        "many": float(any((c.min or 0) > _MOST_AT_ONCE for r in members for c in r.counts)),
        "thing hit": float(any(r.target for r in members)),
        "agent": float(bool(agents)),
        "named group": float(any(a.type == "group" and a.actor_id for a in agents)),
    }


def _of_triggers(members: Sequence[SentenceReport], text: str) -> dict[str, float]:
    nouns = [text[slice(*r.trigger)].lower() for r in members if r.frame == "noun"]
    verbs = [text[slice(*r.trigger)].lower() for r in members if r.frame != "noun"]
    return {
        "past": float(any(not v.endswith(("s", "ing")) for v in verbs)),
        "present": float(bool(verbs) and all(v.endswith("s") for v in verbs)),
        "going on": float(bool(verbs) and all(v.endswith("ing") for v in verbs)),
        "only nouns": float(not verbs),
        "plural noun": float(any(n.endswith("s") for n in nouns)),
    }


def _of_wording(sentences: Mapping[tuple[int, int], str], text: str) -> dict[str, float]:
    words = list(sentences.values())
    return {
        "sentences": math.log1p(len(words)),
        "first person": sum(bool(_FIRST_PERSON.search(w)) for w in words) / len(words),
        "speech": _speech(text),
        "general words": sum(bool(_GENERAL.search(w)) for w in words) / len(words),
    }


@lru_cache(maxsize=1)
def _speech(text: str) -> float:
    """Return how much of a speech a text is, 0…1: counted once for all its incidents."""
    return min(1.0, len(_FIRST_PERSON.findall(text)) / max(1, len(text.split())) / _SPEECH_SHARE)


def _of_place_in_text(members: Sequence[SentenceReport], text: str) -> dict[str, float]:
    first = min(r.sentence_index for r in members)
    return {
        "first": float(first <= 1),
        "later": math.log1p(first),
        "towards the end": min(r.trigger[0] for r in members) / max(1, len(text)),
        "quoted": sum(len(_QUOTES.findall(text[r.sentence[0] : r.trigger[0]])) % 2 for r in members) / len(members),
    }


def _is_local(mention: Mention, report: SentenceReport) -> bool:
    return mention.type == "place" and report.sentence[0] <= mention.start < report.sentence[1]


def _is_name(mention: Mention) -> bool:
    return mention.actor_id is not None or mention.is_name or mention.form == "role"
