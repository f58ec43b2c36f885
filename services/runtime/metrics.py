"""The metrics of this process, in a registry of our own. `metric_defs` defines them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Unpack

import prometheus_client as prometheus
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services import __version__
from services.runtime import health
from services.runtime.metric_defs import (
    DEFINITIONS,
    MOST_NAMED,
    OTHER,
    Counter,
    Definition,
    Gauge,
    Histogram,
    Labels,
    Name,
)

# A second series for each counter, which nothing here reads.
prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE = prometheus.CONTENT_TYPE_PLAIN_0_0_4
"""The media type of `text`."""

REGISTRY = prometheus.CollectorRegistry()
prometheus.ProcessCollector(registry=REGISTRY)


def _made(
    name: Name, definition: Definition
) -> "prometheus.Counter | prometheus.Gauge | prometheus.Histogram":
    labels = tuple(definition.labels)
    if definition.kind == "counter":
        return prometheus.Counter(name, definition.help, labels, registry=REGISTRY)
    if definition.kind == "gauge":
        return prometheus.Gauge(name, definition.help, labels, registry=REGISTRY)
    return prometheus.Histogram(
        name, definition.help, labels, buckets=definition.buckets, registry=REGISTRY
    )


_METRICS = {
    name: _made(name, definition)
    for name, definition in DEFINITIONS.items()
    if not definition.is_open
}

Series = tuple[tuple[str, ...], float]
"""The values of the labels, in their order, and that of the gauge."""


class _Open(Collector):
    """The gauges with open labels: their series are asked for at each scrape."""

    def __init__(self) -> None:
        self._tables: dict[Gauge, Callable[[], Iterable[Series]]] = {}

    def put(self, name: Gauge, series: Callable[[], Iterable[Series]]) -> None:
        self._tables[name] = series

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, series in self._tables.items():
            labels = [*DEFINITIONS[name].labels]
            family = GaugeMetricFamily(name, DEFINITIONS[name].help, labels=labels)
            named: set[str] = set()
            for values, number in series():
                named |= {values[0]} - {OTHER}
                if len(named) <= MOST_NAMED:
                    family.add_metric(values, number)
            yield family


_OPEN = _Open()
REGISTRY.register(_OPEN)


def count(name: Counter, amount: float = 1.0, **labels: Unpack[Labels]) -> None:
    """Add `amount` to a counter."""
    series = _series(name, labels)
    assert isinstance(series, prometheus.Counter)
    series.inc(amount)


def gauge(name: Gauge, value: float, **labels: Unpack[Labels]) -> None:
    """Set a gauge."""
    _gauge(name, labels).set(value)


def follow(name: Gauge, value: Callable[[], float], **labels: Unpack[Labels]) -> None:
    """Make a gauge report the result of `value` at each scrape.

    It is called on the scrape's thread.
    """
    _gauge(name, labels).set_function(value)


def follow_table(
    name: Gauge, series: Callable[[], Iterable[Series]], **labels: Unpack[Labels]
) -> None:
    """Make a gauge with an open label report `series` at each scrape, those of MOST_NAMED names.

    `labels` says for a reader what stands in each. It is called on the scrape's thread.
    """
    assert [*labels] == [*DEFINITIONS[name].labels]
    _OPEN.put(name, series)


def observe(name: Histogram, value: float, **labels: Unpack[Labels]) -> None:
    """Add a value to a histogram."""
    series = _series(name, labels)
    assert isinstance(series, prometheus.Histogram)
    series.observe(value)


@contextmanager
def timed(name: Histogram, **labels: Unpack[Labels]) -> Iterator[None]:
    """Observe the seconds that the context took, however it ended."""
    began = time.monotonic()
    try:
        yield
    finally:
        observe(name, time.monotonic() - began, **labels)


def bounded(name: Name, labels: Labels) -> dict[str, str]:
    """Return the labels, with every unlisted value replaced by `other`.

    So no input can create a series.
    """
    allowed = DEFINITIONS[name].labels
    return {
        label: str(value) if value in allowed.get(label, ()) else OTHER
        for label, value in labels.items()
    }


def text() -> bytes:
    """Return all metrics in Prometheus' text format 0.0.4."""
    return prometheus.generate_latest(REGISTRY)


def value(sample: str, **labels: Unpack[Labels]) -> float:
    """Return a sample of this process; 0 if there is none yet."""
    found = REGISTRY.get_sample_value(sample, {key: str(label) for key, label in labels.items()})
    return found or 0.0


def name_process(service: str) -> None:
    """Record which service this process runs, and follow its heartbeats."""
    gauge("reportedly_service_info", 1.0, service=service, version=__version__)
    follow("reportedly_heartbeat_age_seconds", health.oldest_beat_age, service=service)


def _gauge(name: Gauge, labels: Labels) -> prometheus.Gauge:
    series = _series(name, labels)
    assert isinstance(series, prometheus.Gauge)
    return series


def _series(
    name: Name, labels: Labels
) -> "prometheus.Counter | prometheus.Gauge | prometheus.Histogram":
    metric = _METRICS[name]
    return metric.labels(**bounded(name, labels)) if labels else metric
