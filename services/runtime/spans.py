"""Spans: what each stage did with a message, as the trace of the article version behind it.

    trace of (article, version)
    └ poller ─► tagger ─┬► tracker-route ─┬► tracker-fold
                        │                 └► alerter-match, alerter-fold, indexer (of claims)
                        └► alerter-match ─► alerter-fold, notifier, indexer (of hits and alerts)

Ids are digests of what a message names, so no message carries them: whatever is read again, or
folded with others, leads to the same trace. A span's parent is the nearest stage before it that
handles a version once. Pure.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from services.ports import Record, Span
from services.runtime.trail import Fields, about

_TRACE_BITS = 64
"""The low bits of a trace's id that decide on the sample: as OpenTelemetry's own sampler has it."""

_BEFORE: Mapping[str, tuple[str, str]] = {
    "articles": ("poller", "articles"),
    "tagged-articles": ("tagger", "articles"),
    "reports": ("tracker-route", "tagged-articles"),
    "claims": ("tracker-route", "tagged-articles"),
    "hits": ("alerter-match", "tagged-articles"),
    "alerts": ("alerter-match", "tagged-articles"),
}
"""Topic to the stage before it that handles a version once: its group, and the topic it reads."""

_ONCE = frozenset(_BEFORE.values())


def trace_of(article_id: str, version: int) -> int:
    """Return the id of the trace of an article's version."""
    return _digest(16, article_id, version)


def is_sampled(trace: int, share: float) -> bool:
    """Return True for a share of all traces: the same ones in every process."""
    return trace & ((1 << _TRACE_BITS) - 1) < round(share * (1 << _TRACE_BITS))


def spans(record: Record, service: str, group: str, began_ns: int, ended_ns: int) -> Iterator[Span]:
    """Yield a span for each version of an article that led to a record; none if it names none."""
    stage = (group, record.topic)
    place = () if stage in _ONCE else (record.partition, record.offset)
    for fields in about(record):
        if not fields.get("version"):
            continue
        trace = trace_of(str(fields["article_id"]), int(str(fields["version"])))
        at: Fields = {"partition": record.partition, "offset": record.offset}
        yield Span(
            name=f"{group} {record.topic}",
            service=service,
            trace=trace,
            id=_digest(8, trace, *stage, *place),
            parent=_digest(8, trace, *_before(record.topic, fields)),
            began_ns=began_ns,
            ended_ns=max(began_ns, ended_ns),
            fields=_plain({**fields, "topic": record.topic, **at}),
        )


def first_span(record: Record, began_ns: int, ended_ns: int) -> Iterator[Span]:
    """Yield the span of an article that the poller published, which no other comes before."""
    for fields in about(record):
        trace = trace_of(str(fields["article_id"]), int(str(fields.get("version", 0))))
        id = _digest(8, trace, *_BEFORE["articles"])
        times = {"began_ns": began_ns, "ended_ns": max(began_ns, ended_ns)}
        own = _plain({**fields, "topic": record.topic})
        yield Span("poller articles", "poller", trace, id, 0, **times, fields=own)


def _before(topic: str, fields: Fields) -> tuple[str, str]:
    """Return the stage before a message. The hits of a claim's update come of the claim."""
    return _BEFORE["claims" if topic == "hits" and "claim_id" in fields else topic]


def _plain(fields: Fields) -> Mapping[str, str | int]:
    return {name: value for name, value in fields.items() if isinstance(value, str | int)}


def _digest(size: int, *parts: object) -> int:
    """Return `size` bytes of a digest as a number that is not 0."""
    text = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=size).digest()) or 1
