"""A chart as the state of Kibana's Lens, in the form that every Kibana 9 reads and migrates."""

from collections.abc import Iterator, Mapping

from services.dashboards.conditions import ANY, kuery
from services.dashboards.definition import (
    Bucket,
    ByCondition,
    ByValue,
    Chart,
    Count,
    Figure,
    Metric,
    OverTime,
    Percentile,
    Ratio,
    Unit,
    View,
)
from services.ports import JsonObject

LAYER = "main"

RECORDS = "___records___"
"""What Lens calls the documents themselves, as a field to count."""

OPERATIONS = {"distinct": "unique_count", "sum": "sum", "max": "max"}

_SERIES = {"bars": "bar_stacked", "lying-bars": "bar_horizontal_stacked", "lines": "line"}

_FORMATS: Mapping[Unit, JsonObject | None] = {
    "number": None,
    "time": None,
    "share": {"id": "percent", "params": {"decimals": 0}},
    "seconds": {"id": "number", "params": {"decimals": 1, "suffix": " s"}},
}


def lens(chart: Chart) -> JsonObject:
    """Return the attributes of a chart, with its references."""
    columns = dict(_columns(chart))
    data = {"columnOrder": list(columns), "columns": columns, "incompleteColumns": {}}
    kind, visualization = _visualization(chart)
    state = {
        "datasourceStates": {"formBased": {"layers": {LAYER: data}}},
        "visualization": visualization,
        "query": query(kuery(chart.where)),
        "filters": [],
        "internalReferences": [],
        "adHocDataViews": {},
    }
    return {
        "title": chart.title,
        "description": chart.about,
        "visualizationType": kind,
        "state": state,
        "references": [reference(chart.view, f"indexpattern-datasource-layer-{LAYER}")],
    }


def view_id(view: View) -> str:
    """Return the id of a data view."""
    return f"reportedly-{view.index}"


def reference(view: View, name: str) -> JsonObject:
    return {"type": "index-pattern", "id": view_id(view), "name": name}


def query(text: str) -> JsonObject:
    return {"query": text, "language": "kuery"}


def formula(ratio: Ratio) -> str:
    """Return a ratio as a formula of Lens."""
    return f"{_call(ratio.of)} / {_call(ratio.to)}"


def _call(metric: Count | Figure) -> str:
    match metric:
        case Figure(of, field):
            return f"{OPERATIONS[of]}({field})"
        case Count(where=where):
            return "count()" if where == ANY else f"count(kql='{kuery(where)}')"


def _visualization(chart: Chart) -> tuple[str, JsonObject]:
    metrics = [f"m{n}" for n, _ in enumerate(chart.metrics)]
    layer: JsonObject = {"layerId": LAYER, "layerType": "data"}
    if chart.shape == "number":
        return "lnsMetric", {**layer, "metricAccessor": metrics[0]}
    if chart.shape == "table":
        names = [*(f"b{n}" for n, _ in enumerate(chart.buckets)), *metrics]
        return "lnsDatatable", {**layer, "columns": [{"columnId": name} for name in names]}
    series = _SERIES[chart.shape]
    split = {"splitAccessor": "b1"} if len(chart.buckets) > 1 else {}
    drawn = {**layer, "seriesType": series, "xAccessor": "b0", "accessors": metrics, **split}
    return "lnsXY", {
        "preferredSeriesType": series,
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "layers": [drawn],
    }


def _columns(chart: Chart) -> Iterator[tuple[str, JsonObject]]:
    """Yield id and column: buckets first, in their order."""
    for number, bucket in enumerate(chart.buckets):
        yield f"b{number}", _bucket(chart, bucket)
    for number, metric in enumerate(chart.metrics):
        if isinstance(metric, Ratio):
            yield from _ratio(f"m{number}", metric)
        else:
            yield f"m{number}", _metric(metric)


def _bucket(chart: Chart, bucket: Bucket) -> JsonObject:
    head = {"label": bucket.label, "customLabel": True, "isBucketed": True}
    match bucket:
        case OverTime():
            params = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
            own = {"operationType": "date_histogram", "dataType": "date", "scale": "interval"}
            return {**head, **own, "sourceField": chart.view.time, "params": params}
        case ByValue(field, _, size, rising):
            terms: JsonObject = {
                "size": size,
                "orderBy": {"type": "column", "columnId": "m0"},
                "orderDirection": "asc" if rising else "desc",
                "otherBucket": False,
                "missingBucket": False,
                "parentFormat": {"id": "terms"},
            }
            own = {"operationType": "terms", "dataType": "string", "scale": "ordinal"}
            return {**head, **own, "sourceField": field, "params": terms}
        case ByCondition(_, parts):
            rows = [{"input": query(kuery(where)), "label": name} for name, where in parts]
            own = {"operationType": "filters", "dataType": "string", "scale": "ordinal"}
            return {**head, **own, "params": {"filters": rows}}


def _metric(metric: Count | Figure | Percentile) -> JsonObject:
    params: JsonObject = {"emptyAsNull": False}
    kind, extra = "number", dict[str, object]()
    match metric:
        case Count(where=where):
            operation, field = "count", RECORDS
            extra = {} if where == ANY else {"filter": query(kuery(where))}
        case Figure(of, field):
            operation = OPERATIONS[of]
            kind = "date" if metric.unit == "time" else "number"
            params = {} if of == "max" else params
        case Percentile(field, percent):
            operation, params = "percentile", {"percentile": percent}
    return {
        "label": metric.label,
        "customLabel": True,
        "operationType": operation,
        "dataType": kind,
        "isBucketed": False,
        "scale": "ratio",
        "sourceField": field,
        "params": params | _format(metric),
        **extra,
    }


def _ratio(name: str, ratio: Ratio) -> Iterator[tuple[str, JsonObject]]:
    """Yield the columns of a formula: its parts, their division, and itself.

    Lens computes a formula from its last managed column, and rebuilds none of them on load.
    """
    text = formula(ratio)
    parts = [f"{name}X0", f"{name}X1"]
    for part, metric in zip(parts, (ratio.of, ratio.to), strict=True):
        yield part, {**_metric(metric), "label": f"Part of {ratio.label}"}
    head = {"customLabel": True, "dataType": "number", "isBucketed": False, "scale": "ratio"}
    tree = {
        "type": "function",
        "name": "divide",
        "args": parts,
        "location": {"min": 0, "max": len(text)},
        "text": text,
    }
    yield (
        f"{name}X2",
        {
            **head,
            "label": f"Part of {ratio.label}",
            "operationType": "math",
            "params": {"tinymathAst": tree},
            "references": parts,
        },
    )
    yield (
        name,
        {
            **head,
            "label": ratio.label,
            "operationType": "formula",
            "params": {"formula": text, "isFormulaBroken": False} | _format(ratio),
            "references": [f"{name}X2"],
        },
    )


def _format(metric: Metric) -> JsonObject:
    given = _FORMATS[metric.unit]
    return {"format": given} if given else {}
