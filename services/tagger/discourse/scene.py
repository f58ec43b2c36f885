"""The scene of an event: location and time that its own clause leaves open.

News sets a scene once and keeps it: the place of a later clause is that of the sentences before it,
at the start that of the dateline (Appelt et al. 1993, FASTUS, and Grishman et al. 1992, Proteus,
fill location and date so).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

import msgspec

from services.messages import COUNTED_STANCES, EventDate, Mention, SentenceReport, Span
from services.tagger.discourse.arguments import ids_of, known
from services.tagger.discourse.clusters import clusters
from services.tagger.discourse.traits import is_dated
from services.tagger.layout.sentences import opens_entry
from services.tagger.lexicon.gazetteer import place_words
from services.tagger.lexicon.ontology import Family, type_named
from services.tagger.lexicon.words import forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.values.dates import not_after

_LOCAL: frozenset[Family] = frozenset({"violence", "damage", "custody", "protest", "hazard"})
"""Families of events that happen at one place and time."""
_LOOK_BACK = 2
"""Sentences before an event's that still set its scene."""
_DATELINE_MENTIONS = 2
"""Further mentions of its country that a dateline is worth. Set by hand, not fitted."""


def with_scene(
    reports: Sequence[SentenceReport],
    mentions: Mentions,
    sentences: Sequence[Span],
    dateline: Span | None,
    published: date | None,
) -> list[SentenceReport]:
    """Return the reports with a place, its country, and a date, as far as the text gives them."""
    scene = _Scene(mentions, sentences, dateline, reports)
    days = {r.sentence_index: r.date for r in reversed(reports) if r.date is not None}
    done = list(reports)
    for number, report in enumerate(reports):
        if type_named(report.event).family in _LOCAL:
            day = _date(report, days, published)
            done[number] = msgspec.structs.replace(report, place=scene.places(report), date=day)
    return _of_one_day(done, mentions)


def with_own_places(
    reports: Sequence[SentenceReport], mentions: Mentions, sentences: Sequence[Span]
) -> list[SentenceReport]:
    """Return reports of events spoken of in passing, with the places of their own sentences."""
    scene = _Scene(mentions, sentences, None, reports)
    return [
        msgspec.structs.replace(report, place=scene.places(report))
        if type_named(report.event).family in _LOCAL
        else report
        for report in reports
    ]


def _of_one_day(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the day of their cluster where they have none of their own.

    "The attack" takes the day of "were shot on Monday".
    """
    done = list(reports)
    for cluster in clusters(reports, mentions.by_id, mentions.text):
        dated = list(filter(is_dated, cluster.among(reports)))
        for i in cluster.members:
            if dated and not is_dated(reports[i]):
                nearest = _nearest(reports[i], dated)
                done[i] = msgspec.structs.replace(reports[i], date=nearest.date)
    return done


def _nearest(report: SentenceReport, others: Iterable[SentenceReport]) -> SentenceReport:
    return min(others, key=lambda other: abs(other.sentence_index - report.sentence_index))


def _date(
    report: SentenceReport, days: Mapping[int, EventDate], published: date | None
) -> EventDate | None:
    """Return a report's own date, that of the sentence before, else "not after publication"."""
    if report.date is not None or report.stance == "background":
        return report.date
    last = report.sentence_index
    nearby = map(days.get, range(last, last - _LOOK_BACK, -1))
    return next(filter(None, nearby), None) or not_after(published)


class _Scene:
    """The places that an article names, to complete the scene of a report by."""

    def __init__(
        self,
        mentions: Mentions,
        sentences: Sequence[Span],
        dateline: Span | None,
        reports: Sequence[SentenceReport],
    ) -> None:
        self._mentions = mentions
        self._sentences = sentences
        self._dateline = mentions.at(*dateline) if dateline else None
        self._struck = set(chain.from_iterable(report.place for report in reports))
        located = [m for m in mentions.in_order() if m.country]
        self._country = self._main_country(located)
        self._states = [m for m in located if m.type == "state"]
        self._towns = [m for m in located if m.type == "place" and m.country == self._country]

    def places(self, report: SentenceReport) -> tuple[str, ...]:
        """Return the ids of the place, of the town that it lies in, and of the country."""
        found = known(report.place, self._mentions.by_id)
        if report.frame in ("spared", "taken-up"):
            return ids_of(found)  # Where somebody is alive, or was talked of, nobody died.
        found = found or self._around(report)
        if found and not _country_of(found):
            found = [*found, *self._town(found[0].start)]
        country = _country_of(found) or self._country
        state = self._nearest_state(country, report.sentence[0]) if country else None
        return ids_of(found if state is None else [*found, state])

    def _around(self, report: SentenceReport) -> list[Mention]:
        """Return the nearest place in a report's sentence or those before it, else the dateline."""
        last = report.sentence_index
        look_back = _LOOK_BACK if _is_news(report) else 0
        for index in range(last, max(-1, last - look_back - 1), -1):
            near = self._inside(self._sentences[index])
            if near:
                at = report.trigger[0]
                return [min(near, key=lambda m: (self._is_doubtful(m), abs(m.start - at)))]
            if opens_entry(self._mentions.text, self._sentences[index][0]):
                return []  # An entry of a live report has a scene of its own.
        line = self._dateline if _is_news(report) else None
        return [line] if line is not None and line.type in ("place", "state") else []

    def _inside(self, sentence: Span) -> list[Mention]:
        """Return the places of a sentence that are nobody's, else those of local people.

        An institution sets a scene only if an event's own clause puts it there: others are where
        somebody works or is treated ("experts at Meris University").
        """
        inside = self._mentions.inside(*sentence)
        named = (m for m in inside if m.type == "place" and m.form == "name")
        struck = (m for m in named if m.id in self._struck or not _is_institution(m))
        places = [m for m in struck if not self._is_of_a_name(m)]
        owned = self._mentions.owned
        free = [m for m in places if (m.start, m.end) not in owned]
        return free or [m for m in places if owned[m.start, m.end] == "local"]

    def _town(self, at: int) -> list[Mention]:
        """Return the town named last before a place that the gazetteer lacks, if there is one.

        Only towns of the article's main country are taken.
        """
        before = bisect_left(self._towns, at, key=lambda m: m.start)
        return self._towns[max(0, before - 1) : before]

    def _is_doubtful(self, place: Mention) -> bool:
        """True if a place lies outside of the article's main country, or may be no place."""
        return place.country != self._country if place.country else place.basis == "recogniser"

    def _is_of_a_name(self, place: Mention) -> bool:
        """True if a place is only part of a name ("the Levant Monitor")."""
        around = self._mentions.overlapping(place.start, place.end)
        return any(m.type in ("organisation", "group") and m.is_name for m in around)

    def _nearest_state(self, country: str, at: int) -> Mention | None:
        named = (state for state in self._states if state.country == country)
        return min(named, key=lambda state: abs(state.start - at), default=None)

    def _main_country(self, located: Iterable[Mention]) -> str | None:
        """Return the country that the article mostly names; its dateline counts for more."""
        countries = Counter(mention.country for mention in located)
        if self._dateline is not None and self._dateline.country:
            countries[self._dateline.country] += _DATELINE_MENTIONS
        return countries.most_common(1)[0][0] if countries else None


def _is_institution(place: Mention) -> bool:
    words = place.surface.lower().split()
    is_medical = words[-1] in lemmas().facilities and not forms().medical.isdisjoint(words)
    return is_medical or words[-1] in place_words().institutions


def _is_news(report: SentenceReport) -> bool:
    """True for an event of the article's own scene: none retold, summed up, or still to come."""
    return report.time == "news" and report.stance in COUNTED_STANCES


def _country_of(places: Iterable[Mention]) -> str | None:
    return next((place.country for place in places if place.country), None)
