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


class _Source(msgspec.Struct):
    article_id: str = ""


class _OfArticle(msgspec.Struct):
    """What is read of a message about one article. All other fields are skipped."""

    article_id: str = ""
    version: int | None = None
    watch_id: str = ""
    alert_id: str = ""
    reason: str = ""
    outcome: str = ""
    reports: tuple[msgspec.Raw, ...] | None = None


class _OfClaim(msgspec.Struct):
    claim_id: str
    status: str | None = None
    cause: tuple[_Source, ...] = ()


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
    names = ("article_id", "version", "watch_id", "alert_id", "reason", "outcome")
    fields: Fields = {name: getattr(found, name) for name in names} | {"reports": reports}
    yield {name: value for name, value in fields.items() if value not in ("", None)}


def _claim(raw: bytes) -> Iterator[Fields]:
    found = msgspec.json.decode(raw, type=_OfClaim)
    for id in dict.fromkeys(cause.article_id for cause in found.cause):
        yield {"article_id": id, "claim_id": found.claim_id, "status": found.status}


def _alert(raw: bytes) -> Iterator[Fields]:
    found = msgspec.json.decode(raw, type=_OfAlert)
    last = found.revisions[-1] if found.revisions else _Revision()
    for id in dict.fromkeys(one.article_id for one in last.evidence):
        fields: Fields = {"alert_id": found.alert_id, "watch_id": found.watch_id}
        yield {"article_id": id, **fields, "kind": last.kind, "revision": len(found.revisions)}


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
    if line is None or message.value is None:
        return []
    event, read = line
    try:
        return [Step(event, fields) for fields in read(message.value) if fields.get("article_id")]
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
