"""A collector of traces: it reads OTLP over HTTP, and keeps the spans."""

from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from receivers.shore import Reply, Request


@dataclass(frozen=True)
class Seen:
    """A span as it came. `began`: nanoseconds since 1970."""

    service: str
    name: str
    trace: bytes
    id: bytes
    parent: bytes
    began: int
    fields: dict[str, Any]


class Spans:
    """The collector. `status`: what it answers; a span is only kept at 200."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.spans: list[Seen] = []

    def answer(self, request: Request) -> Reply:
        if self.status != 200:
            return Reply(self.status)
        if (request.method, request.path) != ("POST", "v1/traces"):
            return Reply(404)
        told = ExportTraceServiceRequest.FromString(request.body)
        for resource in told.resource_spans:
            service = _fields(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                for one in scope.spans:
                    ids = one.trace_id, one.span_id, one.parent_span_id
                    began = one.start_time_unix_nano
                    seen = Seen(service, one.name, *ids, began, _fields(one.attributes))
                    self.spans.append(seen)
        return Reply(200)


def _fields(pairs: Any) -> dict[str, Any]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value")
        for pair in pairs
    }
