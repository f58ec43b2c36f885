"""Documents of Elasticsearch as entries of a feed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec

from services.api.feeds.entry import (
    LONG_AGO,
    Entry,
    latest,
    one_line,
    quotes_of,
    tags_of,
    words,
)
from services.desk.documents import alert_of, claim_of
from services.messages import Alert, Claim, Status, Told
from services.ports import JsonObject

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]

_MOST_LABELS = 3
"""People and places that a claim's title names. A guess: more are a list."""


def alert_entry(document: JsonObject) -> Entry:
    """Return the entry of an alert."""
    alert = alert_of(document)
    return _flat_alert(document) if alert is None else _alert(alert)


def claim_entry(document: JsonObject) -> Entry:
    """Return the entry of a claim."""
    claim = claim_of(document)
    return _flat_claim(document) if claim is None else _claim(claim)


def voices(of: Told | Claim) -> str:
    """Return how many speak for it ("2 independent of 5 reports"); "" where nobody is counted."""
    if of.n_reports <= 1:
        return "1 report" if of.n_reports else ""
    return f"{of.n_independent} independent of {of.n_reports:,} reports"


def _alert(alert: Alert) -> Entry:
    *earlier, last = alert.revisions
    told = last.told
    return Entry(
        about="alert",
        key=alert.alert_id,
        title=one_line(last.text),
        updated=last.at or LONG_AGO,
        published=alert.revisions[0].at or last.at or LONG_AGO,
        gone=alert.is_over,
        lines=tuple(filter(None, (_standing(told.status, voices(told)),))),
        quotes=quotes_of(last.evidence),
        history=latest([(each.at, each.text) for each in earlier]),
        tags=tags_of(told.event, told.status),
    )


def _flat_alert(document: JsonObject) -> Entry:
    updated = _time(document.get("last_at"))
    return Entry(
        about="alert",
        key=str(document.get("alert_id", "")),
        title=one_line(document.get("last_text")),
        updated=updated,
        published=_time(document.get("first_at"), updated),
        gone=document.get("last_kind") == "retracted" or document.get("state") == "closed",
        tags=tags_of(document.get("status")),
    )


def _claim(claim: Claim) -> Entry:
    said = voices(claim)
    steps = claim.history[:-1]
    return Entry(
        about="claim",
        key=claim.claim_id,
        title=words(f"{': '.join(_what(claim))} ({claim.status}, {said})"),
        updated=claim.updated_at or LONG_AGO,
        published=claim.opened_at or claim.updated_at or LONG_AGO,
        gone=claim.merged_into is not None or claim.status == "retracted",
        lines=tuple(_facts(claim, said)),
        quotes=quotes_of((*claim.shown_by, *claim.evidence)),
        history=latest([(step.at, step.to) for step in steps]),
        tags=tags_of(claim.event, claim.status),
    )


def _flat_claim(document: JsonObject) -> Entry:
    updated = _time(document.get("updated_at"))
    status = document.get("status")
    return Entry(
        about="claim",
        key=str(document.get("claim_id", "")),
        title=words(f"{document.get('event', 'claim')} ({status})"),
        updated=updated,
        published=_time(document.get("opened_at"), updated),
        gone=document.get("merged_into") is not None or status == "retracted",
        tags=tags_of(document.get("event"), status),
    )


def _what(claim: Claim) -> Iterator[str]:
    yield claim.event
    whom, where = _labels(claim, "patient"), _labels(claim, "place")
    named = " in ".join(filter(None, (whom, where)))
    if named:
        yield named


def _facts(claim: Claim, said: str) -> Iterator[str]:
    yield _standing(claim.status, said)
    if claim.merged_into:
        yield "Another claim holds its reports now."
    for name, asked in (("agent", "By"), ("instrument", "With")):
        if labels := _labels(claim, name):
            yield f"{asked}: {labels}"
    for name, slot in sorted(claim.slots.items()):
        if name.startswith("count.") and slot.answers:
            numbers = ", ".join(words(answer.label) for answer in slot.answers[:_MOST_LABELS])
            disputed = " (disputed)" if slot.disputed else ""
            yield f"Number {name.removeprefix('count.')}: {numbers}{disputed}"


def _labels(claim: Claim, name: str) -> str:
    answers = claim.slots[name].answers if name in claim.slots else ()
    return ", ".join(words(answer.label) for answer in answers[:_MOST_LABELS])


def _standing(status: Status | None, said: str) -> str:
    """Return "Confirmed, 2 independent of 5 reports."; "" for words alone."""
    parts = ", ".join(filter(None, (status, said)))
    return f"{parts[:1].upper()}{parts[1:]}." if parts else ""


def _time(text: object, default: datetime = LONG_AGO) -> datetime:
    try:
        return msgspec.convert(text, _Aware)
    except msgspec.ValidationError:
        return default
