"""The dashboards as bodies of Kibana's Dashboards API (9.5 and newer).

`PUT /api/dashboards/ID` takes one. It names data views and saved searches of the NDJSON file by id,
so that is imported first. The API has no maps: a table of places stands there.
"""

from services.dashboards.conditions import ANY, kuery
from services.dashboards.definition import (
    Bucket,
    ByCondition,
    ByValue,
    Chart,
    Count,
    Dashboard,
    Figure,
    Listing,
    Map,
    Metric,
    OverTime,
    Panel,
    Percentile,
    Ratio,
    Unit,
)
from services.dashboards.lens import OPERATIONS, formula, view_id
from services.dashboards.saved_objects import REFRESH_MILLISECONDS
from services.ports import JsonObject

_SERIES = {"bars": "bar_stacked", "lying-bars": "bar_horizontal_stacked", "lines": "line"}

_FORMATS: dict[Unit, JsonObject] = {
    "number": {},
    "time": {},
    "share": {"format": {"type": "percent", "decimals": 0}},
    "seconds": {"format": {"type": "number", "decimals": 1, "suffix": " s"}},
}

_PLACES = 20
"""Rows of the table that stands in for a map."""


def api_form(board: Dashboard) -> JsonObject:
    """Return the body that makes or replaces a dashboard."""
    return {
        "title": board.title,
        "description": board.about,
        "time_range": {"from": f"now-{board.days}d", "to": "now"},
        "refresh_interval": {"pause": False, "value": REFRESH_MILLISECONDS},
        "panels": [
            {
                "uid": f"p{number}",
                "grid": {"x": place.x, "y": place.y, "w": place.width, "h": place.height},
                **_panel(panel),
            }
            for number, (place, panel) in enumerate(board.panels, 1)
        ],
    }


def _panel(panel: Panel) -> JsonObject:
    match panel:
        case Listing():
            config = {"title": panel.title, "ref_id": panel.id, "overrides": {}}
            return {"type": "discover_session", "config": config}
        case Map():
            return {"type": "vis", "config": _chart(_as_table(panel))}
        case Chart():
            return {"type": "vis", "config": _chart(panel)}


def _as_table(shown: Map) -> Chart:
    return Chart(
        shown.title,
        shown.about,
        shown.view,
        "table",
        (Count("Documents"),),
        (ByValue(shown.name, "Place", _PLACES),),
        shown.where,
    )


def _chart(chart: Chart) -> JsonObject:
    metrics = [_metric(metric) for metric in chart.metrics]
    buckets = [_bucket(chart, bucket) for bucket in chart.buckets]
    source = {"data_source": {"type": "data_view_reference", "ref_id": view_id(chart.view)}}
    head: JsonObject = {"title": chart.title, "description": chart.about}
    if chart.where != ANY:
        head["query"] = _query(kuery(chart.where))
    if chart.shape == "number":
        return {"type": "metric", **head, **source, "metrics": [{"type": "primary", **metrics[0]}]}
    if chart.shape == "table":
        return {"type": "data_table", **head, **source, "rows": buckets, "metrics": metrics}
    split = {"breakdown_by": buckets[1]} if len(buckets) > 1 else {}
    layer = {"type": _SERIES[chart.shape], **source, "x": buckets[0], "y": metrics, **split}
    legend = {"visibility": "visible", "position": "right"}
    return {"type": "xy", **head, "legend": legend, "layers": [layer]}


def _bucket(chart: Chart, bucket: Bucket) -> JsonObject:
    match bucket:
        case OverTime(label):
            steps = {"field": chart.view.time, "suggested_interval": "auto"}
            return {
                "operation": "date_histogram",
                "label": label,
                **steps,
                "include_empty_rows": True,
            }
        case ByValue(field, label, size, rising):
            order = {"type": "metric", "metric_index": 0, "direction": "asc" if rising else "desc"}
            head = {"operation": "terms", "label": label}
            return {**head, "fields": [field], "limit": size, "rank_by": order}
        case ByCondition(label, parts):
            filters = [{"filter": _query(kuery(where)), "label": name} for name, where in parts]
            return {"operation": "filters", "label": label, "filters": filters}


def _metric(metric: Metric) -> JsonObject:
    head = {"label": metric.label, **_FORMATS[metric.unit]}
    match metric:
        case Count(where=where):
            filtered = {} if where == ANY else {"filter": _query(kuery(where))}
            return {"operation": "count", **head, **filtered}
        case Figure(of, field):
            return {"operation": OPERATIONS[of], "field": field, **head}
        case Percentile(field, percent):
            return {"operation": "percentile", "field": field, "percentile": percent, **head}
        case Ratio():
            return {"operation": "formula", "formula": formula(metric), **head}


def _query(text: str) -> JsonObject:
    return {"expression": text, "language": "kql"}
