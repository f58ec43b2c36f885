"""Messages to flat documents, for search and Kibana. Ids come from content; versions are external.

An edit that drops a report or an incident leaves its document with the older `article_version`.
The article's `report_ids` and `incident_ids` name those in force.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.index_names import monthly
from services.indexer.alerting import (
    AlertDocument,
    CommandDocument,
    DeliveryDocument,
    SuppressedDocument,
    alerts,
    commands,
    deliveries,
    suppressed,
)
from services.indexer.dead_letters import LETTER_TOPICS, DeadLetterDocument, dead_letters
from services.indexer.feeds import (
    FeedDocument,
    FeedHealth,
    FeedHealthDocument,
    feed_health,
    feeds,
)
from services.indexer.fields import (
    Names,
    Offset,
    Text,
    Tokens,
    action,
    bounds,
    dating,
    distinct,
    quotes,
    same,
    seconds,
    speakers_of,
)
from services.indexer.incidents import IncidentDocument, incidents
from services.messages import (
    Alert,
    Claim,
    Command,
    Delivery,
    Feed,
    Message,
    Report,
    Suppressed,
    TaggedArticle,
    decode,
)
from services.ports import IndexAction, Record
from services.query.claims import claim_facets, is_shown, toll
from services.query.document import facets, stretches
from services.text.happening import those_befallen
from services.text.tokens import words


class ArticleDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article, for search.

    - `taken_out`, `put_in`: the words that the last edit changed, in pairs. `withdrawn`: why the
      article counts as taken back.
    - `sorted_at`: when it was published, at the latest when it was first seen. `is_ahead`: the
      publisher gives a later time.
    - `seconds_from_sight`: from the sight of this version until it was tagged; never below 0.
    - `written_at`: when Kafka took the tagged article (machine time; None in older data).
    - `…_starts`, `…_ends`: spans in code points of `text`, which begins with the title. What is
      found there stands in rows of the same order.
    """

    article_id: str
    url: str | None
    url_key: str | None
    feed_id: str | None
    outlet: str | None
    outlet_family: str | None
    version: int
    cause: str
    published_at: datetime | None
    first_seen_at: datetime | None
    sorted_at: datetime | None
    is_ahead: bool
    tagged_at: datetime | None
    seconds_from_sight: float | None
    language: str | None
    title: Text
    text: Text
    match: list[Tokens]
    match_title: Tokens
    facets: list[str]
    stance: str | None
    wire: str | None
    actors: list[str]
    events: list[str]
    report_ids: list[str]
    incident_ids: list[str]
    taken_out: list[Text]
    put_in: list[Text]
    mention_starts: list[Offset]
    mention_ends: list[Offset]
    mention_keys: list[str]
    mention_types: list[str]
    trigger_starts: list[Offset]
    trigger_ends: list[Offset]
    trigger_events: list[str]
    boilerplate_starts: list[Offset]
    boilerplate_ends: list[Offset]
    withdrawn: Text | None
    written_at: datetime | None = None


class ReportDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A report with its mentions resolved. Ranges are those of its counts."""

    report_id: str
    article_id: str
    article_version: int
    cause: str
    feed_id: str | None
    outlet: str | None
    outlet_family: str | None
    url: str | None
    published_at: datetime | None
    first_seen_at: datetime | None
    sorted_at: datetime | None
    is_ahead: bool
    event: str
    mode: str | None
    plover: str
    stance: str
    patient: list[str]
    agent: list[str]
    place: list[str]
    instrument: list[str]
    patient_labels: list[str]
    agent_labels: list[str]
    place_labels: list[str]
    actors: list[str]
    speakers: list[str]
    speaker_kinds: list[str]
    killed_min: int | None
    killed_max: int | None
    wounded_min: int | None
    wounded_max: int | None
    claim_block: str
    rule: str
    quote: Text


class ClaimDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim. Ranges span all answers; `whole` is the message, which is not searched.

    Conditions of watches are asked of the last five fields.

    - `outlets`: of its sentences. `first_outlet`, `first_at`: of the earliest of them.
    - `status_at`: when its present status was reached.
    - `facets`: `name:value` of what it can be asked for by. `toll_killed`: 0 if none is told.
    - `is_shown`: a sentence that can be quoted confirms it.
    - `place_names`: of `place_labels`, those that the gazetteer knows: no farmhouse (None in older
      data).
    - `written_at`: when Kafka took this version (machine time; None in older data).
    """

    claim_id: str
    block: str
    event: str
    events: list[str]
    level: str | None
    status: str
    n_reports: int
    n_independent: int
    origins: list[str]
    outlets: list[str]
    first_outlet: str | None
    first_at: datetime | None
    patient: list[str]
    target: list[str]
    agent: list[str]
    place: list[str]
    patient_labels: list[str]
    target_labels: list[str]
    agent_labels: list[str]
    place_labels: list[str]
    disputed_slots: list[str]
    killed_min: int | None
    killed_max: int | None
    wounded_min: int | None
    wounded_max: int | None
    opened_at: datetime | None
    status_at: datetime | None
    updated_at: datetime | None
    closes_at: datetime | None
    merged_into: str | None
    split_from: list[str]
    article_ids: list[str]
    quotes: list[Text]
    whole: Claim
    version: int
    facets: list[str]
    incident_ids: list[str]
    toll_killed: int
    confidence: float | None
    is_shown: bool
    place_names: list[str] | None = None
    written_at: datetime | None = None


INDICES: dict[str, type[msgspec.Struct]] = {
    "articles": ArticleDocument,
    "reports": ReportDocument,
    "incidents": IncidentDocument,
    "claims": ClaimDocument,
    "alerts": AlertDocument,
    "commands": CommandDocument,
    "suppressed": SuppressedDocument,
    "deliveries": DeliveryDocument,
    "feeds": FeedDocument,
    "feed-health": FeedHealthDocument,
    "dead-letters": DeadLetterDocument,
}
"""Alias to document type."""

DATED = ("articles", "reports", "incidents")
"""Aliases with an index for each month of `first_seen_at`, which never changes."""


_NO_NUMBERS = bounds("killed", ()) | bounds("wounded", ())


def _articles(article: TaggedArticle) -> list[IndexAction]:
    title, *body = stretches(article)
    match_title = Tokens(" ".join(words(article.text, *title)))
    match = [Tokens(" ".join(words(article.text, *span))) for span in body]
    document = ArticleDocument(
        **same(ArticleDocument, article) | dating(article) | _spans(article),
        title=Text(article.text[: article.title_end]),
        match=[piece for piece in (match_title, *match) if piece],
        match_title=match_title,
        facets=sorted(facets(article)),
        seconds_from_sight=seconds(article.seen_at, article.tagged_at),
        wire=article.origin.wire,
        actors=distinct(m.actor_id for m in article.mentions if m.actor_id),
        events=sorted({r.event for r in article.told}),
        report_ids=[r.report_id for r in article.told],
        incident_ids=[incident.incident_id for incident in article.incidents],
        taken_out=[Text(change.out) for change in article.changes],
        put_in=[Text(change.put) for change in article.changes],
    )
    month, is_edit = monthly("articles", article.first_seen_at), article.is_edit
    actions = [action(month, article.article_id, article.version, document, is_edit=is_edit)]
    names = Names(article.mentions)
    shared = same(ReportDocument, article) | dating(article)
    shared |= {"article_version": article.version} | _NO_NUMBERS
    month = monthly("reports", article.first_seen_at)
    for report in article.told:
        row = _report(article, report, names, shared)
        actions.append(action(month, report.report_id, article.version, row))
    return [*actions, *incidents(article, names, (title, *body), match_title)]


def _spans(article: TaggedArticle) -> dict[str, Any]:
    """Return what was found in the text, as rows of equal length."""
    told = list(article.told)
    return {
        "mention_starts": [m.start for m in article.mentions],
        "mention_ends": [m.end for m in article.mentions],
        "mention_keys": [m.actor_id or m.key for m in article.mentions],
        "mention_types": [m.type for m in article.mentions],
        "trigger_starts": [r.trigger[0] for r in told],
        "trigger_ends": [r.trigger[1] for r in told],
        "trigger_events": [r.event for r in told],
        "boilerplate_starts": [b.start for b in article.boilerplate],
        "boilerplate_ends": [b.end for b in article.boilerplate],
    }


def _report(
    article: TaggedArticle,
    report: Report,
    names: Names,
    shared: Mapping[str, Any],
) -> ReportDocument:
    """Return the document of a report. `shared`: what all reports of the article have."""
    fields = {**shared, **same(ReportDocument, report)}
    fields["instrument"] = names.keys(report.instrument)
    for role in ("patient", "agent", "place"):
        ids = getattr(report, role)
        fields[role], fields[f"{role}_labels"] = names.keys(ids), names.labels(ids)
    for event in ("killed", "wounded") if report.counts else ():
        fields |= bounds(event, [count for count in report.counts if count.of == event])
    return ReportDocument(
        **fields,
        actors=names.keys((*report.patient, *report.agent)),
        speakers=[speaker.shown for speaker in names.of(speakers_of(report.attribution))],
        speaker_kinds=[a.kind for a in report.attribution],
        quote=Text(article.text[report.sentence[0] : report.sentence[1]]),
    )


def _claims(claim: Claim) -> list[IndexAction]:
    answers = {name: slot.answers for name, slot in claim.slots.items()}
    fields = same(ClaimDocument, claim)
    for name in ("patient", "target", "agent", "place"):
        fields[name] = [answer.key for answer in answers.get(name, ())]
        fields[f"{name}_labels"] = [answer.label for answer in answers.get(name, ())]
    fields["patient_labels"] = those_befallen(claim)
    for event in ("killed", "wounded"):
        fields |= bounds(event, answers.get(f"count.{event}", ()))
    fields["origins"] = [origin.key for origin in claim.origins if origin.key]
    dated = [(e.at, e.outlet) for e in claim.evidence if e.at]
    first_at, first_outlet = min(dated, key=lambda row: row[0], default=(None, None))
    document = ClaimDocument(
        **fields,
        outlets=sorted({sentence.outlet for sentence in claim.evidence if sentence.outlet}),
        first_outlet=first_outlet,
        first_at=first_at,
        status_at=claim.history[-1].at if claim.history else None,
        facets=sorted(claim_facets(claim)),
        toll_killed=toll(claim, "killed"),
        is_shown=is_shown(claim),
        # What the gazetteer knows lies in a country; a country lies in itself.
        place_names=[place.label for place in answers.get("place", ()) if place.within],
        disputed_slots=[name for name, slot in claim.slots.items() if slot.disputed],
        quotes=quotes(claim.evidence),
        whole=claim,
    )
    return [action("claims", claim.claim_id, claim.version, document)]


BUILDERS: dict[str, tuple[type[Message], Callable[[Any], list[IndexAction]]]] = {
    "tagged-articles": (TaggedArticle, _articles),
    "claims": (Claim, _claims),
    "alerts": (Alert, alerts),
    "commands": (Command, commands),
    "suppressed": (Suppressed, suppressed),
    "deliveries": (Delivery, deliveries),
    "feeds": (Feed, feeds),
    "feed-states": (FeedHealth, feed_health),
}
"""Topic to its message type and the function that makes its documents."""

STAMPED = ("tagged-articles", "claims", "alerts", "deliveries")
"""Topics whose first document says when Kafka took its message. No stage can say that: its output
has to be the same on every replay."""

TOPICS = (*BUILDERS, *LETTER_TOPICS)
"""All topics that documents are made of."""


def documents(record: Record) -> list[IndexAction]:
    """Return the documents of a message. Raises InvalidMessage, but never for a dead letter."""
    if record.topic in LETTER_TOPICS:
        return dead_letters(record)
    if record.value is None:
        return []
    message, build = BUILDERS[record.topic]
    made = build(decode(message, record.value))
    if record.topic in STAMPED and made:
        made = [_stamped(made[0], record), *made[1:]]
    if record.topic == "feeds":
        # A feed has no version, and requests overtake each other: the time of its row orders them.
        return [replace(one, version=max(one.version, record.timestamp_ms)) for one in made]
    return made


def _stamped(made: IndexAction, record: Record) -> IndexAction:
    """Return a document with `written_at`, which its encoded form leaves out while it is None."""
    at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    stamp = b',"written_at":%b}' % msgspec.json.encode(at)
    return replace(made, document=made.document[:-1] + stamp)
