"""Traits of one report, and of its people, that several steps ask for."""

import re
from collections.abc import Mapping

from services.messages import Mention, SentenceReport
from services.tagger.discourse.arguments import known
from services.tagger.lexicon.ontology import type_named

_ONE = re.compile(r"(?:an?|one|his|her|another) ", re.IGNORECASE)


def is_death(report: SentenceReport) -> bool:
    """True if the patients of a report die of its event."""
    return type_named(report.event).harm == "death"


def is_wound(report: SentenceReport) -> bool:
    """True if the patients of a report are wounded by its event."""
    return type_named(report.event).harm == "wound"


def is_dated(report: SentenceReport) -> bool:
    """True if words of the text give the day, not only its publication."""
    return report.date is not None and report.date.span is not None


def is_placed(report: SentenceReport, by_id: Mapping[str, Mention]) -> bool:
    """True if a place in a report's own sentence is that of the event."""
    start, end = report.sentence
    places = known(report.place, by_id)
    return any(place.type == "place" and start <= place.start < end for place in places)


def is_single(mention: Mention) -> bool:
    """True for a description of one person ("a driver", "his brother")."""
    return _ONE.match(mention.surface) is not None
