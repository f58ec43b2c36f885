"""The trail of an article through the logs: one line for each thing that a stage made of it.

At the level `debug` every stage logs what it sent, once it is acknowledged, with the ids of the
articles that caused it, always as `article_id`. At other levels it costs nothing.

    article published ► article read ► reports routed ► claim changed ► watch matched ►
    alert changed or match held back ► delivery decided; or: dead letter
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import structlog

from services.messages.topics import topics
from services.ports import Outgoing, Record

Fields = dict[str, object]

_log = structlog.get_logger()


class _Source(msgspec.Struct, frozen=True):
    article_id: str = ""
    version: int = 0


class _OfClaim(msgspec.Struct):
    claim_id: str
    status: str | None = None
    cause: tuple[_Source, ...] = ()


class _OfArticle(msgspec.Struct):
    """What is read of a message about one article. All other fields are skipped."""

    article_id: str | None = None
    version: int | None = None
    article_version: int | None = None
    watch_id: str | None = None
    alert_id: str = ""
    reason: str = ""
    outcome: str = ""
    reports: tuple[msgspec.Raw, ...] | None = None
    claim: _OfClaim | None = None


class _Revision(msgspec.Struct):
    kind: str = ""
    evidence: tuple[_Source, ...] = ()


class _OfAlert(msgspec.Struct):
    alert_id: str
    watch_id: str
    revisions: tuple[_Revision, ...] = ()


class Step(NamedTuple):
    """One line: what happened, and its fields. Each has an `article_id`."""

    event: str
    fields: Fields


def _article(raw: bytes) -> Iterator[Fields]:
    found = msgspec.json.decode(raw, type=_OfArticle)
    reports = None if found.reports is None else len(found.reports)
    names = ("article_id", "watch_id", "alert_id", "reason", "outcome")
    fields: Fields = {name: getattr(found, name) for name in names} | {"reports": reports}
    fields["version"] = found.version or found.article_version or None
    yield {name: value for name, value in fields.items() if value not in ("", None)}


def _claim(raw: bytes) -> Iterator[Fields]:
    yield from _causes(msgspec.json.decode(raw, type=_OfClaim))


def _causes(claim: _OfClaim) -> Iterator[Fields]:
    for cause in dict.fromkeys(claim.cause):
        yield {**_named(cause), "claim_id": claim.claim_id, "status": claim.status}


def _named(source: _Source) -> Fields:
    return {"article_id": source.article_id, "version": source.version}


def _hit(raw: bytes) -> Iterator[Fields]:
    """Yield what a hit is about, also one that is a copy of a claim's update."""
    found = msgspec.json.decode(raw, type=_OfArticle)
    yield from _causes(found.claim) if found.claim else _article(raw)


def _alert(raw: bytes) -> Iterator[Fields]:
    found = msgspec.json.decode(raw, type=_OfAlert)
    last = found.revisions[-1] if found.revisions else _Revision()
    for source in dict.fromkeys(last.evidence):
        fields: Fields = {"alert_id": found.alert_id, "watch_id": found.watch_id}
        yield {**_named(source), **fields, "kind": last.kind, "revision": len(found.revisions)}


_LINES: Mapping[str, tuple[str, Callable[[bytes], Iterator[Fields]]]] = {
    "articles": ("article published", _article),
    "tagged-articles": ("article read", _article),
    "reports": ("reports routed", _article),
    "claims": ("claim changed", _claim),
    "hits": ("watch matched", _article),
    "alerts": ("alert changed", _alert),
    "suppressed": ("match held back", _article),
    "deliveries": ("delivery decided", _article),
}

WAY = frozenset({"articles", "tagged-articles", "reports", "claims", "hits", "alerts"})
"""The topics whose messages name versions of articles: those that a trace follows."""

_KEYED = frozenset(spec.name for spec in topics() if spec.key == "article_id" and not spec.state)


def is_followed() -> bool:
    """Return True if the lines are wanted. Before the logs are set up they are not."""
    level: int = _log.get_effective_level()
    return 0 < level <= logging.DEBUG


def steps(message: Outgoing) -> list[Step]:
    """Return the lines of a message that is sent; none for state, tombstones, and what is not read.

    Never raises: what can't be read is told by those who read it.
    """
    line = _LINES.get(message.topic)
    if line is None:
        return []
    event, read = line
    return [Step(event, fields) for fields in _read(read, message.value)]


def about(record: Record) -> list[Fields]:
    """Return the articles that led to a consumed message, with its ids; none as for `steps`.

    An update of a claim has one for each version of an article since the last update.
    """
    if record.topic not in WAY:
        return []
    _, read = _LINES[record.topic]
    return _read(_hit if record.topic == "hits" else read, record.value)


def _read(read: Callable[[bytes], Iterator[Fields]], value: bytes | None) -> list[Fields]:
    try:
        return [fields for fields in read(value or b"") if fields.get("article_id")]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def tell(made: list[Step]) -> None:
    """Log lines."""
    for step in made:
        _log.debug(step.event, **step.fields)


def of_record(record: Record) -> dict[str, Any]:
    """Return the article that a record is about, as a field of a log line; {} if it names none."""
    is_named = record.topic in _KEYED and record.key
    return {"article_id": record.key} if is_named else {}
