"""Incidents as flat documents, which Lens and Maps can aggregate.

Watches match them as they match articles: `match` has the words of the incident's own sentences,
`match_title` those of the article's title, and `facets` the incident's.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from services.index_names import monthly
from services.indexer.fields import (
    Names,
    Point,
    Text,
    Tokens,
    action,
    bounds,
    dating,
    distinct,
    same,
    speakers_of,
)
from services.messages import EventDate, Incident, Mention, Report, Span, TaggedArticle
from services.ports import IndexAction
from services.query.document import facets_within
from services.text.happening import victims
from services.text.tokens import words

COUNTED = (
    "killed",
    "wounded",
    "abducted",
    "arrested",
    "released",
    "evacuation",
    "displacement",
)
"""Types of event whose people are counted."""
_ROLES = ("patient", "target", "agent", "instrument", "place")
_NO_NUMBERS = dict.fromkeys(f"{event}_{end}" for event in COUNTED for end in ("min", "max"))


class IncidentDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An incident of an article.

    - `is_voice`: it speaks for or against a claim. `time`, `stance`, `main`, `told`: as in
      `Incident`.
    - `event`: the strongest of `events`. `plover`, `modes`, `rules`: of its reports.
    - Roles hold actor ids or keys of names; `…_labels` hold the words to show. `actors` are the
      patients, targets, and agents; `named_actors`, the names of those that have one, the
      dictionary's where it knows them.
    - `place_name`, `location`, `precision`, `country`: of the most exact place that is on the map,
      else of the most exact one. `within`: keys of the divisions and countries of all its places.
    - `…_min`, `…_max`: the range of a number of people, of the whole incident.
    - `event_from`, `event_to`: the days between which it happened; `event_date_basis`: the words
      that say so, or `publication`.
    - `sorted_at`: when it was published, at the latest when it was first seen. `is_ahead`: the
      publisher gives a later time.
    - `claim_block`: its block; `report_ids`: of its reports. Claims name it in `incident_ids`.
    """

    incident_id: str
    article_id: str
    article_version: int
    cause: str
    feed_id: str | None
    outlet: str | None
    outlet_family: str | None
    wire: str | None
    url: str | None
    language: str | None
    title: Text
    published_at: datetime | None
    first_seen_at: datetime | None
    sorted_at: datetime | None
    is_ahead: bool
    main: bool
    told: bool
    is_voice: bool
    event: str
    events: list[str]
    modes: list[str]
    plover: list[str]
    stance: str
    time: str
    confidence: float
    patient: list[str]
    patient_labels: list[str]
    agent: list[str]
    agent_labels: list[str]
    target: list[str]
    target_labels: list[str]
    instrument: list[str]
    instrument_labels: list[str]
    place: list[str]
    place_labels: list[str]
    actors: list[str]
    actor_labels: list[str]
    named_actors: list[str]
    speakers: list[str]
    speaker_kinds: list[str]
    place_name: str | None
    location: Point | None
    precision: str | None
    country: str | None
    within: list[str]
    killed_min: int | None
    killed_max: int | None
    wounded_min: int | None
    wounded_max: int | None
    abducted_min: int | None
    abducted_max: int | None
    arrested_min: int | None
    arrested_max: int | None
    released_min: int | None
    released_max: int | None
    evacuation_min: int | None
    evacuation_max: int | None
    displacement_min: int | None
    displacement_max: int | None
    event_from: date | None
    event_to: date | None
    event_date_basis: str | None
    claim_block: str
    report_ids: list[str]
    rules: list[str]
    quote: Text
    match: list[Tokens]
    match_title: Tokens
    facets: list[str]


def incidents(
    article: TaggedArticle, names: Names, stretches: Sequence[Span], match_title: Tokens
) -> list[IndexAction]:
    """Return the documents of an article's incidents.

    `names`: those of the article. `stretches`: its title, then its text between boilerplate.
    Reports of older data without an incident have no document here.
    """
    reports = {r.report_id: r for r in article.reports}
    shared = same(IncidentDocument, article) | dating(article)
    shared |= {
        "article_version": article.version,
        "wire": article.origin.wire,
        "title": Text(article.text[: article.title_end]),
        "match_title": match_title,
        **_NO_NUMBERS,
    }
    index = monthly("incidents", article.first_seen_at)
    voices = {incident.incident_id for incident in article.voices}
    made = []
    for incident in article.incidents:
        told_by = [reports[id] for id in incident.reports if id in reports]
        sentences = (incident.quote, *(report.sentence for report in told_by))
        document = IncidentDocument(
            **shared
            | same(IncidentDocument, incident)
            | _roles(article, incident, names)
            | _when(incident.date)
            | _of_reports(told_by)
            | {"quote": Text(article.text[incident.quote[0] : incident.quote[1]])},
            is_voice=incident.incident_id in voices,
            event=incident.events[0],
            report_ids=list(incident.reports),
            match=_match(article.text, stretches, sentences),
        )
        made.append(action(index, incident.incident_id, article.version, document))
    return made


def _roles(article: TaggedArticle, incident: Incident, names: Names) -> dict[str, Any]:
    """Return the fields of people, places, sources, and numbers."""
    fields = _where(names.of(incident.place))
    for role in _ROLES:
        ids = getattr(incident, role)
        fields[role], fields[f"{role}_labels"] = names.keys(ids), names.labels(ids)
    fields["patient_labels"] = victims(
        incident, article.reports, article.mentions, incident.events[0]
    )
    for event in {count.of for count in incident.counts}.intersection(COUNTED):
        fields |= bounds(event, [count for count in incident.counts if count.of == event])
    actors = (*incident.patient, *incident.target, *incident.agent)
    named = (m for m in names.of(actors) if m.is_named)
    all_roles = names.of((*actors, *incident.instrument, *incident.place))
    return fields | {
        "actors": names.keys(actors),
        "actor_labels": names.labels(actors),
        "named_actors": distinct(m.dictionary_name or m.shown for m in named),
        "speakers": names.labels(speakers_of(incident.attribution)),
        "speaker_kinds": distinct(a.kind for a in incident.attribution),
        "facets": sorted(facets_within(article, all_roles, [incident])),
    }


def _of_reports(reports: Sequence[Report]) -> dict[str, Any]:
    return {
        "modes": distinct(r.mode for r in reports if r.mode),
        "plover": distinct(r.plover for r in reports),
        "rules": distinct(r.rule for r in reports),
    }


def _where(places: Sequence[Mention]) -> dict[str, Any]:
    """Return the fields of the places, which are in order of precision."""
    points = [(p, Point(p.lat, p.lon)) for p in places if p.lat is not None and p.lon is not None]
    place, point = points[0] if points else (next(iter(places), None), None)
    return {
        "place_name": place and place.shown,
        "location": point,
        "precision": place and place.precision,
        "country": place and place.country,
        "within": distinct(key for each in places for key in each.within),
    }


def _when(given: EventDate | None) -> dict[str, Any]:
    days = (given.from_, given.to) if given else (None, None)
    first, last = (date.fromisoformat(day) if day else None for day in days)
    return {
        "event_from": first,
        "event_to": last,
        "event_date_basis": given.basis if given else None,
    }


def _match(text: str, stretches: Sequence[Span], sentences: Iterable[Span]) -> list[Tokens]:
    """Return the words of each sentence, without those of boilerplate."""
    found = []
    for start, end in dict.fromkeys(sentences):
        parts = ((max(start, first), min(end, last)) for first, last in stretches)
        if inside := [word for part in parts if part[0] < part[1] for word in words(text, *part)]:
            found.append(Tokens(" ".join(inside)))
    return found
