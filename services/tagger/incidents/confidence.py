"""Confidence: how likely a careful reader would call an incident news, and read it as we do.

A logistic model over plain features of the incident and of the sentences that tell it. Its weights
(lexicon/confidence.yaml) are fitted by bench/confidence.py, which also measures the calibration.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from services.messages import Incident, Report
from services.tagger.incidents.view import ArticleView
from services.tagger.layout.quotes import Quotes, find_quotes
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import numbers
from services.tagger.models.logistic import all_of, any_of, logistic, read_weights, share_of

_TODAY = "today|tonight|yesterday"
_DAY = re.compile(rf"\b(?:{'|'.join(numbers().weekdays)}|{_TODAY})\b", re.IGNORECASE)
"""A day as news writes it: agencies name the weekday of what is less than a week old (AP Stylebook,
"days of the week")."""
_HAD = re.compile(r"\bhad\b", re.IGNORECASE)
"""The past perfect puts what it tells before the news (Reichenbach 1947)."""
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
    return probability >= least_told(is_main=is_main)


def least_told(*, is_main: bool) -> float:
    """Return the probability from which an incident is told to people."""
    return weights()["least_of_main" if is_main else "least"]


def kind_of(event: str) -> str:
    """Return the group of types that an event's feature stands for."""
    kind = type_named(event)
    return kind.harm or kind.family


def features(incident: Incident, members: Sequence[Report], view: ArticleView) -> dict[str, float]:
    """Return the features by name, each 0…1 or a small logarithm.

    They are few, and none is a type of event or a place in the text: with those the model knew the
    articles that it was fitted on, and no others (docs/decisions/0004-second-reader.md). Clauses
    assert an event; a noun more ("the attack") only takes it up.
    """
    news = [report for report in members if report.time == "news"] or list(members)
    return {
        **_of_wording(news, view),
        "clauses": math.log1p(sum(not _is_noun(report) for report in news)),
        "length": math.log(max(1, len(view.text)) / _TYPICAL_CHARS),
        "denied": float(incident.stance in ("denied", "disputed")),
        "in passing": share_of(_is_in_passing, members),
    }


def _of_wording(news: Sequence[Report], view: ArticleView) -> dict[str, float]:
    sentences = [view.text[start:end] for start, end in sorted({r.sentence for r in news})]
    return {
        "day": any_of(_DAY.search, sentences),
        "had": share_of(_HAD.search, sentences),
        "nouns": share_of(_is_noun, news),
        "quoted": all_of(partial(_is_quoted, quotes=_quotes(view.text)), news),
    }


@lru_cache(maxsize=1)
def _quotes(text: str) -> Quotes:
    """Return the quotations of a text; cached, as all incidents of an article ask."""
    return find_quotes(text)


def _is_in_passing(report: Report) -> bool:
    return report.in_passing


def _is_quoted(report: Report, quotes: Quotes) -> bool:
    return quotes.holds(report.trigger[0])


def _is_noun(report: Report) -> bool:
    return report.frame == "noun"
