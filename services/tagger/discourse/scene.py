"""The scene of an event that its own clause leaves open: where and when, from the sentence, those before it, and the dateline.

News sets a scene once and goes on telling: the place of a later clause is that of the sentences before, at the start that of
the dateline (Appelt et al. 1993, FASTUS, and Grishman et al. 1992, Proteus, fill location and date so).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from services.messages import EventDate, Mention, SentenceReport, Span
from services.tagger.discourse.incidents import incidents
from services.tagger.lexicon.ontology import Family, type_named
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
    """Return the reports with a place, the country that the place lies in, and a date, as far as the text tells them."""
    scene = _Scene(mentions, sentences, dateline)
    days = {r.sentence_index: r.date for r in reversed(reports) if r.date is not None}
    placed = [
        msgspec.structs.replace(r, place=scene.places(r), date=_date(r, days, published))
        if type_named(r.event).family in _LOCAL
        else r
        for r in reports
    ]
    return _of_one_day(placed, mentions)


def _of_one_day(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the day of their incident where they tell none: "the attack" has that of "were shot on Monday"."""
    done = list(reports)
    for incident in incidents(reports, mentions.by_id, mentions.text):
        dated = [i for i in incident.members if _is_dated(reports[i])]
        for i in incident.members:
            if dated and not _is_dated(reports[i]):
                nearest = min(dated, key=lambda d: abs(reports[d].sentence_index - reports[i].sentence_index))
                done[i] = msgspec.structs.replace(reports[i], date=reports[nearest].date)
    return done


def _is_dated(report: SentenceReport) -> bool:
    return report.date is not None and report.date.span is not None


def _date(report: SentenceReport, days: dict[int, EventDate], published: date | None) -> EventDate | None:
    """Return a report's own date, that of the sentence before, else that it was not after publication."""
    if report.date is not None or report.stance == "background":
        return report.date
    before = next((days[i] for i in range(report.sentence_index, report.sentence_index - _LOOK_BACK, -1) if i in days), None)
    return before or not_after(published)


class _Scene:
    def __init__(self, mentions: Mentions, sentences: Sequence[Span], dateline: Span | None) -> None:
        self._mentions = mentions
        self._sentences = sentences
        self._dateline = mentions.at(*dateline) if dateline else None
        self._states = [m for m in mentions.in_order() if m.type == "state" and m.country]
        self._by_id = mentions.by_id
        self._country = self._main_country()
        self._towns = [m for m in mentions.in_order() if m.type == "place" and m.country and m.country == self._country]

    def places(self, report: SentenceReport) -> tuple[str, ...]:
        """Return the ids of the place, of the town that it lies in if it is none, and of the country."""
        own = [self._by_id[i] for i in report.place if i in self._by_id]
        found = own or self._around(report)
        if found and all(m.country is None for m in found):
            found = [*found, *self._town(found[0].start)]
        country = next((m.country for m in found if m.country), None) or self._country
        whole = self._nearest_state(country, report.sentence[0]) if country else None
        return tuple(dict.fromkeys(m.id for m in (*found, *([whole] if whole else []))))

    def _around(self, report: SentenceReport) -> list[Mention]:
        for index in range(report.sentence_index, max(-1, report.sentence_index - _LOOK_BACK - 1), -1):
            start, end = self._sentences[index]
            near = [m for m in self._mentions.inside(start, end) if m.type == "place" and not self._is_of_a_name(m)]
            if near:
                return [min(near, key=lambda m: (self._is_doubtful(m), abs(m.start - report.trigger[0])))]
        return [self._dateline] if self._dateline is not None and self._dateline.type in ("place", "state") else []

    def _town(self, at: int) -> list[Mention]:
        """Return the town that a place which the gazetteer lacks lies in or near: the last one named, in the text's country."""
        before = bisect_left(self._towns, at, key=lambda m: m.start)
        return self._towns[max(0, before - 1) : before]

    def _is_doubtful(self, place: Mention) -> bool:
        """Tell whether a place lies in another country than the article is about, or may be none at all."""
        return place.country != self._country if place.country else place.basis == "recogniser"

    def _is_of_a_name(self, place: Mention) -> bool:
        """Tell whether a place only helps to name a body: what "the Levant Monitor" tells of need not be in the Levant."""
        around = self._mentions.overlapping(place.start, place.end)
        return any(m.type in ("organisation", "group") and m.is_name for m in around)

    def _nearest_state(self, country: str, at: int) -> Mention | None:
        return min((m for m in self._states if m.country == country), key=lambda m: abs(m.start - at), default=None)

    def _main_country(self) -> str | None:
        """Return the country that the article mostly names; its dateline counts as more mentions."""
        told = Counter(m.country for m in self._mentions.in_order() if m.country)
        if self._dateline is not None and self._dateline.country:
            told[self._dateline.country] += _DATELINE_MENTIONS
        return told.most_common(1)[0][0] if told else None
