"""Records of alerts and claims as small events. Pure.

An event names what changed and tells it in one sentence; the whole of it is fetched by its id. Only
the fields that are told are decoded: a claim may have a megabyte.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from services.messages import Message, Status, Timestamp, decode
from services.ports import Record

UpdateKind = Literal["alert", "claim"]

KINDS: dict[str, UpdateKind] = {"alerts": "alert", "claims": "claim"}
"""Topic to the name of its events."""

MOST_SENTENCE_CHARS = 300
"""Characters of a sentence or a name: two lines of a list. Some outlets write ten in one."""


@dataclass(frozen=True, slots=True)
class Update:
    """One event.

    - `data`: its JSON. `watch_id`: of an alert, whose watch decides who may see it; else None.
    """

    kind: UpdateKind
    data: bytes
    watch_id: str | None = None


class _Told(Message, frozen=True, kw_only=True):
    event: str = ""
    status: Status | None = None


class _Revision(Message, frozen=True, kw_only=True):
    number: int
    kind: str
    corrects: bool = False
    text: str
    at: Timestamp | None = None
    told: _Told = _Told()


class _Alert(Message, frozen=True, kw_only=True):
    alert_id: str
    watch_id: str
    watch_name: str
    version: int = 0
    state: str = "open"
    revisions: tuple[_Revision, ...] = ()


class _Quote(Message, frozen=True, kw_only=True):
    quote: str


class _Step(Message, frozen=True, kw_only=True):
    shown_by: tuple[_Quote, ...] = ()


class _Cause(Message, frozen=True, kw_only=True):
    evidence: _Quote | None = None


class _Claim(Message, frozen=True, kw_only=True):
    claim_id: str
    version: int
    event: str
    status: Status
    n_independent: int
    updated_at: Timestamp | None = None
    merged_into: str | None = None
    history: tuple[_Step, ...] = ()
    cause: tuple[_Cause, ...] = ()


def update(record: Record) -> Update | None:
    """Return the event of a record; None for a tombstone. Raises InvalidMessage."""
    if record.value is None:
        return None
    return _alert(record.value) if record.topic == "alerts" else _claim(record.value)


def _alert(value: bytes) -> Update:
    alert = decode(_Alert, value)
    last = alert.revisions[-1] if alert.revisions else None
    told = {
        "id": alert.alert_id,
        "version": alert.version,
        "status": last and last.told.status,
        "sentence": _short(last.text) if last else "",
        "at": last and last.at,
        "watch_id": alert.watch_id,
        "watch_name": _short(alert.watch_name),
        "revision": last.number if last else 0,
        "change": last and last.kind,
        "corrects": bool(last and last.corrects),
        "state": alert.state,
    }
    return Update("alert", msgspec.json.encode(told), alert.watch_id)


def _claim(value: bytes) -> Update:
    claim = decode(_Claim, value)
    told = {
        "id": claim.claim_id,
        "version": claim.version,
        "status": claim.status,
        "sentence": _short(_sentence(claim)),
        "at": claim.updated_at,
        "event": claim.event,
        "independent": claim.n_independent,
        "merged_into": claim.merged_into,
    }
    return Update("claim", msgspec.json.encode(told))


def _sentence(claim: _Claim) -> str:
    """Return the newest sentence of a claim: what this update brought, else what shows its status.

    A withdrawal brings none.
    """
    brought = [cause.evidence.quote for cause in claim.cause if cause.evidence]
    shown = [quote.quote for step in claim.history[-1:] for quote in step.shown_by]
    return next(iter((*reversed(brought), *shown)), "")


def _short(sentence: str) -> str:
    """Return a sentence, cut where it is too long for a line of a list."""
    if len(sentence) <= MOST_SENTENCE_CHARS:
        return sentence
    return sentence[: MOST_SENTENCE_CHARS - 1].rstrip() + "…"
