"""The time of each report, once the whole article is known.

A sentence of news is of the article's days unless something says otherwise. A past that a sentence
has opened goes on until the article comes back to its days (TimeML's narrative; HeidelTime takes an
undated event of a narrative to the date before it).
"""

import re
from collections.abc import Sequence

import msgspec

from services.messages import Cue, SentenceReport, Time
from services.tagger.discourse.arguments import fillers, identity, words_of
from services.tagger.lexicon.ontology import Family, type_named
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import forms
from services.tagger.names.mentions import Mentions
from services.tagger.timing.clock import Moments
from services.tagger.timing.reading import Moment, Reading

_HARM: frozenset[Family] = frozenset({"violence", "damage", "control"})
_UNREAD = Moment(is_recent=True)
"""The moment of a report that no clause tells: a denial made of another report is news."""
_NOT_PAST: frozenset[Time] = frozenset({"news", "planned"})


def with_times(
    reports: Sequence[SentenceReport], moments: Moments, mentions: Mentions
) -> list[SentenceReport]:
    """Return the reports in text order, each with its time and with what decided it."""
    article = _Article(reports, moments, mentions)
    done: list[SentenceReport] = []
    told: SentenceReport | None = None
    for report in reports:
        timed = article.timed(report, told)
        done.append(timed)
        told = told if timed.in_passing else timed
    return article.with_old_titles(done)


class _Article:
    """What the lead of an article tells, and whether it looks back from there."""

    def __init__(
        self, reports: Sequence[SentenceReport], moments: Moments, mentions: Mentions
    ) -> None:
        self._moments = moments
        self._by_id = mentions.by_id
        lead = [report for report in reports if self._moment(report).is_lead]
        harm = [report for report in lead if self._is_news_of_harm(report)]
        self._victims = self._people(harm)
        words = mentions.text[: max((report.sentence[1] for report in lead), default=0)]
        self._is_quiet = not harm
        self._is_of_court = _is_of_court(words)
        self._is_of_past = any(self._is_dated_back(report) for report in lead)

    def timed(self, report: SentenceReport, told: SentenceReport | None) -> SentenceReport:
        """Return a report with its time; `told`: the report before it that tells its event."""
        time, reading = _first(report), self._moment(report).reading
        if time != "news" or self._moment(report).is_recent:
            return msgspec.structs.replace(report, time=time)
        if reading is not None and self._holds(reading, report, told):
            cues = (*report.cues, reading.cue(report.sentence[0]))
            return msgspec.structs.replace(report, time=reading.time, cues=cues)
        rule = self._rule_of_the_past(report, told)
        if rule is None:
            return msgspec.structs.replace(report, time=time)
        cue = Cue(kind="old", span=report.trigger, rule=rule_id(f"old/{rule}"))
        return msgspec.structs.replace(report, time="old", cues=(*report.cues, cue))

    def with_old_titles(self, reports: Sequence[SentenceReport]) -> list[SentenceReport]:
        """Return the reports with the time of the body for what a title tells of a person.

        "Guard who shot mayor dies": where the body dates all that it tells of that deed back, the
        title told of it only to say who somebody is.
        """
        return [self._with_time_of_the_body(report, reports) for report in reports]

    def _with_time_of_the_body(
        self, report: SentenceReport, reports: Sequence[SentenceReport]
    ) -> SentenceReport:
        moment = self._moment(report)
        if not moment.is_described or report.time != "news" or moment.is_recent:
            return report
        people = self._heads(report)
        same = [
            other
            for other in reports
            if other.event == report.event
            and other.sentence_index > report.sentence_index
            and people & self._heads(other)
        ]
        if not same or any(other.time != "old" for other in same):
            return report
        cue = Cue(kind="old", span=report.trigger, rule=rule_id("old/described"))
        return msgspec.structs.replace(
            report, time="old", stance="background", cues=(*report.cues, cue)
        )

    def _heads(self, report: SentenceReport) -> set[str]:
        """Return the words for those whom an event befell ("president", "President NAME")."""
        patients = fillers([report], "patient", self._by_id)
        return set[str]().union(*map(words_of, patients)) - forms().articles

    def _holds(self, reading: Reading, report: SentenceReport, told: SentenceReport | None) -> bool:
        """True if a reading holds that the rest of the article may refute.

        What befell a victim of the lead is its news: "had been shot", said of him who died. So is
        what has happened "since then", behind news. Who remembers what the lead tells of is a
        witness of its news.
        """
        moment = self._moment(report)
        if reading.ground == "judged":
            return True
        if reading.ground == "retold":
            return self._is_quiet
        if reading.says == "then" and told is not None and told.time == "news":
            return False
        return not (moment.is_lead or self._is_of_lead(report))

    def _rule_of_the_past(self, report: SentenceReport, told: SentenceReport | None) -> str | None:
        """Return the rule by which an undated report is old; None for news."""
        moment = self._moment(report)
        if moment.is_lead or moment.is_present or self._is_of_lead(report):
            return None
        if self._is_quiet and self._looks_back_at(report):
            return "background"
        if told is None or told.time in _NOT_PAST or moment.beside_recent:
            return None
        return "narrative" if report.sentence_index - told.sentence_index <= 1 else None

    def _looks_back_at(self, report: SentenceReport) -> bool:
        """True for harm where the lead judges or remembers, and for an arrest before a judgment."""
        if _is_harm(report):
            return self._is_of_court or self._is_of_past
        return self._is_of_court and type_named(report.event).custodians_act

    def _moment(self, report: SentenceReport) -> Moment:
        return self._moments.get((report.trigger, report.event), _UNREAD)

    def _people(self, reports: Sequence[SentenceReport]) -> set[str]:
        return {identity(mention) for mention in fillers(reports, "patient", self._by_id)}

    def _is_of_lead(self, report: SentenceReport) -> bool:
        return _is_harm(report) and not self._victims.isdisjoint(self._people([report]))

    def _is_news_of_harm(self, report: SentenceReport) -> bool:
        return _is_harm(report) and _first(report) == "news" and not self._moment(report).reading

    def _is_dated_back(self, report: SentenceReport) -> bool:
        return self._moment(report).is_dated and not report.in_passing


def _first(report: SentenceReport) -> Time:
    """Return the time that a report's own words and its stance give it."""
    if report.time != "news":
        return report.time
    if report.stance == "hypothetical":
        return "planned"
    return "old" if report.in_passing or report.stance == "background" else "news"


def _is_harm(report: SentenceReport) -> bool:
    return type_named(report.event).family in _HARM


def _is_of_court(words: str) -> bool:
    return not forms().judged.isdisjoint(re.findall(r"\w+", words.lower()))
