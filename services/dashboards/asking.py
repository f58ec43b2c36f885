"""What a panel asks Elasticsearch, and the rows of the answer.

A chart asks nested buckets, each with its metrics; a map asks the documents of each named place;
a listing asks the newest documents.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.dashboards.conditions import ANY, elastic
from services.dashboards.definition import (
    Bucket,
    ByCondition,
    ByValue,
    Chart,
    Count,
    Figure,
    Listing,
    Map,
    Metric,
    OverTime,
    Panel,
    Percentile,
    Ratio,
)
from services.ports import JsonObject

MOST_STEPS = 40
"""Steps of time on an axis: bars stay wide enough to be told apart on half a page."""

LISTED = 10
"""Documents of a listing."""

MOST_PLACES = 200
"""Places on a map, those with the most documents."""

_STEPS = ("1m", "5m", "15m", "1h", "3h", "6h", "12h", "1d", "7d", "30d", "90d", "365d")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_OWN = {"distinct": "cardinality", "sum": "sum", "max": "max"}


@dataclass(frozen=True, slots=True)
class Window:
    """A range of time, from `since` up to `until`, aware and in UTC."""

    since: datetime
    until: datetime

    @property
    def step(self) -> str:
        """The shortest step of an axis that needs at most `MOST_STEPS` of them."""
        length = (self.until - self.since).total_seconds()
        fitting = (s for s in _STEPS if length / _seconds(s).total_seconds() <= MOST_STEPS)
        return next(fitting, _STEPS[-1])

    @property
    def steps(self) -> list[datetime]:
        """The beginnings of all steps, as Elasticsearch cuts them: counted from 1970 on."""
        step = _seconds(self.step)
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        at = self.since - (self.since - epoch) % step
        found = []
        while at < self.until:
            found.append(at)
            at += step
        return found


Key = str | datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A bucket with its metrics: one key for each bucket of the chart, outermost first."""

    keys: tuple[Key, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a map with the number of its documents. `lat`, `lon`: degrees."""

    name: str
    count: int
    lat: float
    lon: float


NOTHING: JsonObject = {"buckets": [], "values": {}, "value": None}
"""What stands in for an aggregation of an index that does not exist."""

Answer = list[Row] | list[Spot] | list[JsonObject]
"""Rows of a chart, spots of a map, or documents of a listing."""


def body(panel: Panel, window: Window) -> JsonObject:
    """Return the search body of a panel."""
    match panel:
        case Chart():
            return {
                "size": 0,
                "track_total_hits": True,
                "query": _query(panel, window),
                "aggs": _aggregations(panel, panel.buckets, window),
            }
        case Map():
            inner = {"at": {"geo_centroid": {"field": panel.point}}}
            places = {"terms": {"field": panel.name, "size": MOST_PLACES}, "aggs": inner}
            return {"size": 0, "query": _query(panel, window), "aggs": {"b0": places}}
        case Listing():
            return {
                "size": LISTED,
                "query": _query(panel, window),
                "sort": [{panel.sort: "desc"}],
                "_source": [field for field, _ in panel.columns],
            }


def rows(panel: Panel, answer: JsonObject) -> Answer:
    """Return what Elasticsearch answers to the body of a panel.

    If the index does not exist yet, there are no aggregations, and so no rows.
    """
    found: JsonObject = answer.get("aggregations") or {}
    match panel:
        case Chart():
            total = {**found, "doc_count": answer["hits"]["total"]["value"]}
            return list(_rows(panel.buckets, panel.metrics, total))
        case Map():
            return [
                Spot(b["key"], b["doc_count"], at["lat"], at["lon"])
                for b in found.get("b0", NOTHING)["buckets"]
                if (at := b["at"].get("location"))
            ]
        case Listing():
            return [dict(hit["_source"]) for hit in answer["hits"]["hits"]]


def _query(panel: Panel, window: Window) -> JsonObject:
    within = {"gte": window.since.isoformat(), "lt": window.until.isoformat()}
    return {"bool": {"filter": [{"range": {panel.view.time: within}}, elastic(panel.where)]}}


def _aggregations(chart: Chart, buckets: Sequence[Bucket], window: Window) -> JsonObject:
    if not buckets:
        return {name: asked for name, asked in _asked(chart.metrics) if asked}
    inner = _aggregations(chart, buckets[1:], window)
    # The outer buckets are ordered by the first metric, so they need it, too.
    own = {name: asked for name, asked in _asked(chart.metrics[:1]) if asked}
    return {f"b{len(buckets)}": {**_bucket(chart, buckets[0], window), "aggs": {**own, **inner}}}


def _bucket(chart: Chart, bucket: Bucket, window: Window) -> JsonObject:
    match bucket:
        case OverTime():
            steps = {"field": chart.view.time, "fixed_interval": window.step, "min_doc_count": 1}
            return {"date_histogram": steps}
        case ByValue(field, _, size, rising):
            by = "_count" if isinstance(chart.metrics[0], Count) else "m0"
            order = {by: "asc" if rising else "desc"}
            return {"terms": {"field": field, "size": size, "order": order}}
        case ByCondition(_, parts):
            return {"filters": {"filters": {name: elastic(where) for name, where in parts}}}


def _asked(metrics: Sequence[Metric]) -> Iterator[tuple[str, JsonObject]]:
    """Yield name and aggregation of the parts of metrics; {} for the documents of a bucket."""
    for number, metric in enumerate(metrics):
        if isinstance(metric, Ratio):
            yield f"m{number}of", _aggregation(metric.of)
            yield f"m{number}to", _aggregation(metric.to)
        else:
            yield f"m{number}", _aggregation(metric)


def _aggregation(metric: Count | Figure | Percentile) -> JsonObject:
    match metric:
        case Count(where=where):
            return {} if where == ANY else {"filter": elastic(where)}
        case Figure(of, field):
            return {_OWN[of]: {"field": field}}
        case Percentile(field, percent):
            return {"percentiles": {"field": field, "percents": [percent]}}


def _rows(buckets: Sequence[Bucket], metrics: Sequence[Metric], found: JsonObject) -> Iterator[Row]:
    if not buckets:
        yield Row((), tuple(_value(f"m{n}", metric, found) for n, metric in enumerate(metrics)))
        return
    for key, bucket in _buckets(buckets[0], found.get(f"b{len(buckets)}", NOTHING)["buckets"]):
        for row in _rows(buckets[1:], metrics, bucket):
            yield Row((key, *row.keys), row.values)


def _buckets(bucket: Bucket, given: Any) -> Iterable[tuple[Key, JsonObject]]:
    if isinstance(bucket, ByCondition):
        return ((name, given[name]) for name, _ in bucket.parts) if given else ()
    if isinstance(bucket, OverTime):
        return ((datetime.fromtimestamp(b["key"] / 1000, UTC), b) for b in given)
    return ((str(b.get("key_as_string", b["key"])), b) for b in given)


def _value(name: str, metric: Metric, found: JsonObject) -> float | None:
    match metric:
        case Ratio(of, to):
            above, below = _value(f"{name}of", of, found), _value(f"{name}to", to, found)
            return above / below if above is not None and below else None
        case Count():
            return float(found.get(name, found)["doc_count"])
        case Percentile():
            return _number(next(iter(found.get(name, NOTHING)["values"].values()), None))
        case Figure():
            return _number(found.get(name, NOTHING)["value"])


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _seconds(step: str) -> timedelta:
    return timedelta(seconds=int(step[:-1]) * _SECONDS[step[-1]])
