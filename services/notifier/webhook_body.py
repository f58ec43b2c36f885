"""The body of a webhook: `type`, `timestamp`, and `data`, as Standard Webhooks asks for. Pure.

`schemas/webhook.v1.schema.json` is made of these types. The body of an alert is the same at every
try.
"""

from datetime import datetime
from typing import Literal

import msgspec

from services.messages import Alert, Message, Revision
from services.notifier.content import Content, Digest, Letter, Links, Notice, Quote
from services.ports import JsonObject

AlertEvent = Literal[
    "alert.first",
    "alert.status",
    "alert.independent",
    "alert.count",
    "alert.slot",
    "alert.denied",
    "alert.corrected",
    "alert.retracted",
    "alert.merged",
    "alert.split",
    "alert.also",
    "alert.as_it_stands",
]
"""What an alert is sent for. `as_it_stands`: the first message of a channel that was added."""


class AlertSummary(Message, frozen=True, kw_only=True):
    """An alert without its history. `version` rises with every revision."""

    alert_id: str
    watch_id: str
    watch_version: int
    watch_name: str
    state: Literal["open", "closed"]
    opened_by: tuple[str, ...]
    incident_id: str
    claim_ids: tuple[str, ...]
    article_ids: tuple[str, ...]
    version: int


class Line(Message, frozen=True, kw_only=True):
    """An earlier revision, in one line."""

    at: datetime | None
    text: str


class AlertData(Message, frozen=True, kw_only=True):
    """One alert as it stands with one revision.

    - `rings`: true if it is worth disturbing people: a first, a status, a denial, a correction.
    - `change`: what changed; "" with a first. `sentence`: what is said to have happened.
    - `headline`: of the article that brings it; "" if the sentence is the headline.
    - `also`: the alert's other incidents, each in words.
    - `voices`: such as "3 independent of 17 reports".
    - `quotes`: the sentences it rests on, each in three pieces; `marked` names the event.
    - `history`: the earlier revisions, oldest first.
    - `links`: signed addresses of the API; a GET of any shows a page and changes nothing.
    """

    rings: bool
    change: str
    sentence: str
    headline: str
    also: tuple[str, ...]
    voices: str
    quotes: tuple[Quote, ...]
    history: tuple[Line, ...]
    links: Links
    alert: AlertSummary
    revision: Revision


class DigestData(Message, frozen=True, kw_only=True):
    """Several alerts of one watch, the most urgent first."""

    watch_id: str
    watch_name: str
    items: tuple[AlertData, ...]
    links: Links


class NoticeData(Message, frozen=True, kw_only=True):
    """A message of the system itself: a test, a channel given up, the daily report."""

    subject: str
    lines: tuple[str, ...]
    links: Links


class AlertBody(Message, frozen=True, kw_only=True):
    """One revision of an alert. `timestamp`: when it was decided, in news time."""

    type: AlertEvent
    timestamp: datetime
    data: AlertData


class DigestBody(Message, frozen=True, kw_only=True):
    """Alerts of one watch. `timestamp`: when the last of them was decided."""

    type: Literal["alert.digest"]
    timestamp: datetime
    data: DigestData


class NoticeBody(Message, frozen=True, kw_only=True):
    """A message of the system itself."""

    type: Literal["system.notice"]
    timestamp: datetime
    data: NoticeData


BODIES = (AlertBody, DigestBody, NoticeBody)
"""The kinds of bodies. `type` tells them apart."""


def webhook_body(content: Content, sent_at: datetime) -> bytes:
    """Return the body for a content; `sent_at` counts where nothing says when it happened."""
    match content:
        case Letter():
            decided = _decided(content.revision) or sent_at
            body: Message = AlertBody(type=_event(content), timestamp=decided, data=_data(content))
        case Digest():
            ends = filter(None, (_decided(letter.revision) for letter in content.letters))
            last = max(ends, default=sent_at)
            body = DigestBody(type="alert.digest", timestamp=last, data=_digest(content))
        case Notice():
            lines = (*content.lines, *filter(None, (content.command,)))
            data = NoticeData(subject=content.subject, lines=lines, links=content.links)
            body = NoticeBody(type="system.notice", timestamp=content.at or sent_at, data=data)
    return msgspec.json.encode(body)


def schema() -> JsonObject:
    """Return the JSON Schema (2020-12) of a body."""
    references, parts = msgspec.json.schema_components(BODIES, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "webhook",
        "anyOf": list(references),
        "$defs": parts,
    }


def _event(letter: Letter) -> AlertEvent:
    """Return the type; its parts are letters and `_` only, as the standard recommends."""
    event: AlertEvent = msgspec.convert("alert." + letter.kind.replace("-", "_"), AlertEvent)
    return event


def _decided(revision: Revision) -> datetime | None:
    return revision.at or revision.stamps.decided_at


def _digest(digest: Digest) -> DigestData:
    return DigestData(
        watch_id=digest.watch_id,
        watch_name=digest.watch_name,
        items=tuple(map(_data, digest.letters)),
        links=digest.links,
    )


def _data(letter: Letter) -> AlertData:
    return AlertData(
        rings=letter.rings,
        change=letter.change,
        sentence=letter.sentence,
        headline=letter.headline,
        also=letter.also,
        voices=letter.voices,
        quotes=letter.quotes,
        history=tuple(Line(at=at, text=text) for at, text in letter.history),
        links=letter.links,
        alert=_summary(letter.alert),
        revision=letter.revision,
    )


def _summary(alert: Alert) -> AlertSummary:
    return AlertSummary(**{name: getattr(alert, name) for name in AlertSummary.__struct_fields__})
