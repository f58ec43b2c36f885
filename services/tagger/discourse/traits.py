"""Traits of one report that several steps ask for."""

from services.messages import SentenceReport
from services.tagger.lexicon.ontology import type_named


def is_death(report: SentenceReport) -> bool:
    """True if the patients of a report die of its event."""
    return type_named(report.event).harm == "death"


def is_wound(report: SentenceReport) -> bool:
    """True if the patients of a report are wounded by its event."""
    return type_named(report.event).harm == "wound"


def is_dated(report: SentenceReport) -> bool:
    """True if words of the text give the day, not only its publication."""
    return report.date is not None and report.date.span is not None
