"""Confidence: how likely a careful reader would call an incident news, and read it as we do.

A logistic model over plain features of the incident and of the sentences that tell it. Its weights
(lexicon/confidence.yaml) are fitted by bench/confidence.py, which also measures the calibration.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache, partial

from services.messages import Incident, Mention, Report
from services.tagger.discourse.arguments import known
from services.tagger.discourse.traits import is_dated, is_placed
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import ontology, type_named
from services.tagger.models.logistic import all_of, any_of, logistic, read_weights, share_of
from services.tagger.models.specificity import FIRST_PERSON, speech

_TYPE = "type "
"""Prefix of the features that stand for a kind of event."""
_MANY = 100
"""People; a higher number is mostly the toll of a war."""
_LONG_AGO = re.compile(
    r"\b(?:(?:1[89]|20)\d\d|years?|decades?|months?|since|ago|history|anniversary)\b", re.IGNORECASE
)
_MODAL = re.compile(r"\b(?:would|could|should|may|might|if|will|can)\b", re.IGNORECASE)
_PERFECT_BEFORE = re.compile(r"\b(?:had|has|have)\b[^.]{0,12}$")
_AUXILIARY = 14
"""Characters before a trigger in which its auxiliary is looked for."""
_TYPICAL_CHARS = 1100
"""Characters of a short news article: the length that the feature calls 0."""


def weights() -> Mapping[str, float]:
    """Return the weights, `bias`, `least`, and `least_of_main`.

    The last two are the probabilities from which an incident is told: any, and the main one.
    """
    return read_weights("confidence.yaml")


def confidence(incident: Incident, members: Sequence[Report], view: ArticleView) -> float:
    """Return the probability that a careful reader would read an incident as we do, 0…1."""
    return logistic(weights(), features(incident, members, view))


def is_told(probability: float, *, is_main: bool) -> bool:
    """True if an incident of this confidence is told to people.

    What headline and lead tell is what the article is for: it is told sooner than the rest.
    """
    return probability >= weights()["least_of_main" if is_main else "least"]


def kind_of(event: str) -> str:
    """Return the group of types that an event's feature stands for."""
    kind = type_named(event)
    return kind.harm or kind.family


@cache
def kinds() -> tuple[str, ...]:
    """Return all groups of types, in the ontology's order."""
    return tuple(dict.fromkeys(kind_of(kind.event) for kind in ontology()))


def features(incident: Incident, members: Sequence[Report], view: ArticleView) -> dict[str, float]:
    """Return the features by name, each 0…1 or a small logarithm."""
    news = [report for report in members if report.time == "news"] or list(members)
    present = set(map(kind_of, incident.events))
    return {
        **{f"{_TYPE}{kind}": float(kind in present) for kind in kinds()},
        **_of_place_in_text(incident, members, news, view),
        **_of_roles(incident, view),
        **_of_wording(news, view),
        "own place": any_of(partial(is_placed, by_id=view.mentions), news),
        "dated": any_of(is_dated, news),
        "passed on": float(incident.stance in ("reported", "claimed")),
        "denied": float(incident.stance in ("denied", "disputed")),
        "in passing": share_of(_is_in_passing, members),
    }


def _of_place_in_text(
    incident: Incident, members: Sequence[Report], news: Sequence[Report], view: ArticleView
) -> dict[str, float]:
    return {
        "main": float(incident.main),
        "title": any_of(view.is_title, news),
        "lead": any_of(view.is_lead, news),
        "later": math.log1p(min(report.sentence_index for report in members)),
        "towards the end": min(report.trigger[0] for report in members) / max(1, len(view.text)),
        "reports": math.log1p(len(news)),
        "sentences": math.log1p(len({report.sentence for report in news})),
        "published": float(view.published is not None),
        "speech": speech(view.text),
        "length": math.log(max(1, len(view.text)) / _TYPICAL_CHARS),
    }


def _of_roles(incident: Incident, view: ArticleView) -> dict[str, float]:
    undergo = known((*incident.patient, *incident.target), view.mentions)
    numbers = [count.min or 0 for count in incident.counts]
    return {
        "patient": float(bool(undergo)),
        "named patient": any_of(_is_named, undergo),
        "pronoun only": all_of(_is_pronoun, undergo),
        "agent": float(bool(incident.agent)),
        "place": float(bool(incident.place)),
        "counted": any_of(_is_several, numbers),
        "many": any_of(_is_many, numbers),
    }


def _of_wording(news: Sequence[Report], view: ArticleView) -> dict[str, float]:
    sentences = [view.text[start:end] for start, end in sorted({r.sentence for r in news})]
    words = [view.text[slice(*report.trigger)].lower() for report in news]
    before = [view.text[max(0, r.trigger[0] - _AUXILIARY) : r.trigger[0]] for r in news]
    return {
        "long ago": share_of(_LONG_AGO.search, sentences),
        "modal": share_of(_MODAL.search, sentences),
        "first person": share_of(FIRST_PERSON.search, sentences),
        "perfect": share_of(_PERFECT_BEFORE.search, before),
        "only nouns": all_of(_is_noun, news),
        "past": any_of(_is_past, words),
        "going on": all_of(_is_progressive, words),
    }


def _is_in_passing(report: Report) -> bool:
    return report.in_passing


def _is_named(mention: Mention) -> bool:
    return mention.is_named


def _is_pronoun(mention: Mention) -> bool:
    return mention.form == "pronoun"


def _is_several(number: int) -> bool:
    return number > 1


def _is_many(number: int) -> bool:
    return number > _MANY


def _is_noun(report: Report) -> bool:
    return report.frame == "noun"


def _is_past(word: str) -> bool:
    return word.endswith("ed")


def _is_progressive(word: str) -> bool:
    return word.endswith("ing")
