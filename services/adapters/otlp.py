"""Sends spans by OTLP over HTTP, with OpenTelemetry's own exporter (the extra `traces`)."""

import logging
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator

from services import __version__
from services.addresses import without_login
from services.errors import TransientError
from services.ports import Span

SEND_SECONDS = 5.0
"""Seconds of one request with its repeats."""


class OtlpCollector:
    """A collector at an address, such as `http://127.0.0.1:4318/v1/traces`.

    The exporter's own variables hold too: a login stands in `OTEL_EXPORTER_OTLP_HEADERS`.
    """

    def __init__(self, url: str, seconds: float = SEND_SECONDS) -> None:
        self._exporter = OTLPSpanExporter(endpoint=url, timeout=seconds)
        self._shown = without_login(url)
        self._given = _Given()
        self._made = _Made()
        self._tracers: dict[str, trace.Tracer] = {}
        self._last_word = _last_word()

    def send(self, spans: Sequence[Span]) -> None:
        """Send spans. Raises TransientError."""
        for span in spans:
            self._make(span)
        made = self._made.take()
        if self._exporter.export(made) is not SpanExportResult.SUCCESS:
            raise TransientError(f"{self._shown}: {self._last_word.text or 'no answer'}")

    def close(self) -> None:
        """Break off a wait."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def _make(self, span: Span) -> None:
        """Make a span of OpenTelemetry's; `_made` has it once it has ended."""
        self._given.trace, self._given.span = span.trace, span.id
        context = trace.set_span_in_context(trace.INVALID_SPAN)
        if span.parent:
            flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
            parent = trace.SpanContext(span.trace, span.parent, is_remote=True, trace_flags=flags)
            context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
        made = self._tracer(span.service).start_span(
            span.name,
            context=context,
            kind=trace.SpanKind.CONSUMER if span.parent else trace.SpanKind.PRODUCER,
            attributes=span.fields,
            start_time=span.began_ns,
        )
        made.end(end_time=span.ended_ns)

    def _tracer(self, service: str) -> trace.Tracer:
        if service not in self._tracers:
            names = {"service.namespace": "reportedly", "service.name": service}
            provider = TracerProvider(
                resource=Resource.create({**names, "service.version": __version__}),
                id_generator=self._given,
                shutdown_on_exit=False,
            )
            provider.add_span_processor(self._made)
            self._tracers[service] = provider.get_tracer("reportedly", __version__)
        return self._tracers[service]


class _Given(IdGenerator):
    """Gives the ids that a span has already."""

    def __init__(self) -> None:
        self.trace = self.span = 0

    def generate_span_id(self) -> int:
        return self.span

    def generate_trace_id(self) -> int:
        return self.trace


class _Made(SpanProcessor):
    """Keeps spans that ended, until they are taken."""

    def __init__(self) -> None:
        self._spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self._spans.append(span)

    def take(self) -> list[ReadableSpan]:
        spans, self._spans = self._spans, []
        return spans


class _LastWord(logging.Handler):
    """Keeps what the library logged last, which says why it failed. `runtime.traces` tells it."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def _last_word() -> _LastWord:
    word, logger = _LastWord(), logging.getLogger("opentelemetry")
    logger.handlers, logger.propagate = [word], False
    return word
