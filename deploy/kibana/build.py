"""Writes reportedly.ndjson: the data views, two lists, and one dashboard, as Kibana 9 imports them.

Ids are short and fixed, keys are sorted, nothing holds a time stamp:
the same code gives the same bytes, and an import with overwrite replaces what an earlier one
brought. Panels are by value, so that the dashboard is one object.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("reportedly.ndjson")
DASHBOARD = "reportedly-overview"
TIME_FIELDS = {
    "articles": "first_seen_at",
    "reports": "first_seen_at",
    "claims": "opened_at",
    "alerts": "last_at",
}
"""Index to the time that readers mean and that every document has;
not every article says when it was published."""

LIVING = "not merged_into: *"
"""A claim that went into another is told there."""

# The oldest formats that every Kibana 9 reads: newer ones migrate them,
# and without a version a far older one is assumed.
FORMATS = {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "10.2.0"}
CORE_FORMAT = "8.8.0"

Labelled = tuple[str, str]
"""A keyword field, and what the chart calls it."""

Json = dict[str, Any]


def objects() -> list[Json]:
    """Return all saved objects, in the order of the file."""
    views = [_data_view(index, field) for index, field in TIME_FIELDS.items()]
    columns = ["event", "status", "patient_labels", "agent_labels", "n_independent", "quotes"]
    lists = [
        _list("claims", "Newest claims", columns, LIVING),
        _list(
            "alerts",
            "Newest alerts",
            ["watch_name", "last_kind", "status", "n_revisions", "last_text"],
        ),
    ]
    return [*views, *lists, _dashboard()]


def text() -> str:
    """Return the file's content: one object a line."""
    return "".join(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n" for row in objects())


def panels() -> list[tuple[Json, Json]]:
    """Return (place, what) of each panel.

    The place is x, y, w, h in a grid of 48 columns; what is shown there is a chart, or a list by
    its name.
    """
    return [
        (
            _place(0, 0, 28, 13),
            _over_time("Claims by status", "claims", ("status", "Status"), "Claims", LIVING),
        ),
        (
            _place(28, 0, 20, 13),
            _ranking(
                "Top actors by stance",
                "reports",
                ("actors", "Actor"),
                ("stance", "Stance"),
                "Reports",
            ),
        ),
        (_place(0, 13, 48, 14), {"list": "claims"}),
        (
            _place(0, 27, 24, 13),
            _over_time("Articles by outlet", "articles", ("outlet", "Outlet"), "Articles"),
        ),
        (_place(24, 27, 24, 13), {"list": "alerts"}),
    ]


def _object(kind: str, id: str, attributes: Json, references: Sequence[Json] = ()) -> Json:
    versions = {"coreMigrationVersion": CORE_FORMAT, "typeMigrationVersion": FORMATS[kind]}
    return {
        "type": kind,
        "id": id,
        "attributes": attributes,
        "references": list(references),
        "managed": True,
        **versions,
    }


def _data_view(index: str, time_field: str) -> Json:
    name = f"Reportedly: {index}"
    attributes = {
        "title": f"{index}-*",
        "name": name,
        "timeFieldName": time_field,
        "allowNoIndex": True,
    }
    return _object("index-pattern", _id(index), attributes)


def _list(index: str, title: str, columns: list[str], query: str = "") -> Json:
    name = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {"query": _kuery(query), "filter": [], "indexRefName": name}
    attributes = {
        "title": title,
        "columns": columns,
        "sort": [[TIME_FIELDS[index], "desc"]],
        "grid": {},
        "hideChart": True,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed(source)},
    }
    return _object("search", _id(index, "newest"), attributes, [_reference(index, name)])


def _dashboard() -> Json:
    rows, references = [], []
    for number, (place, what) in enumerate(panels(), 1):
        panel = f"p{number}"
        row: Json = {"panelIndex": panel, "gridData": {**place, "i": panel}}
        if "list" in what:
            row |= {"type": "search", "embeddableConfig": {}, "panelRefName": f"panel_{panel}"}
            references.append(
                {
                    "type": "search",
                    "id": _id(what["list"], "newest"),
                    "name": f"{panel}:panel_{panel}",
                }
            )
        else:
            row |= {"type": "lens", "embeddableConfig": {"attributes": what}}
            # Kibana wants a by-value panel's references twice:
            # in the panel, and here under the panel's name.
            references += [{**r, "name": f"{panel}:{r['name']}"} for r in what["references"]]
        rows.append(row)
    return _object("dashboard", DASHBOARD, _dashboard_attributes(rows), references)


def _dashboard_attributes(rows: list[Json]) -> Json:
    options = {
        "useMargins": True,
        "syncColors": False,
        "syncCursor": True,
        "syncTooltips": False,
        "hidePanelTitles": False,
    }
    return {
        "title": "Reportedly: overview",
        "description": "Claims by status, who they are about, and what the outlets publish.",
        "panelsJSON": _packed(rows),
        "optionsJSON": _packed(options),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed({"query": _kuery(""), "filter": []})},
        # Without it a browser shows its last 15 minutes, which are mostly empty.
        "timeRestore": True,
        "timeFrom": "now-30d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 60_000},
    }


def _over_time(title: str, index: str, value: Labelled, counted: str, query: str = "") -> Json:
    """Return stacked bars: documents over the index's time, split by a keyword."""
    columns = {"x": _by_time(TIME_FIELDS[index]), "s": _by_value(*value, 8), "y": _count(counted)}
    layer = {
        "seriesType": "bar_stacked",
        "xAccessor": "x",
        "splitAccessor": "s",
        "accessors": ["y"],
    }
    return _chart(title, index, columns, layer, query)


def _ranking(title: str, index: str, value: Labelled, split: Labelled, counted: str) -> Json:
    """Return lying bars: the most frequent values of a keyword, split by another."""
    columns = {"x": _by_value(*value, 10), "s": _by_value(*split, 7), "y": _count(counted)}
    layer = {
        "seriesType": "bar_horizontal_stacked",
        "xAccessor": "x",
        "splitAccessor": "s",
        "accessors": ["y"],
    }
    return _chart(title, index, columns, layer)


def _chart(
    title: str, index: str, columns: Mapping[str, Json], layer: Json, query: str = ""
) -> Json:
    data = {"columnOrder": list(columns), "columns": dict(columns), "incompleteColumns": {}}
    visualization = {
        "preferredSeriesType": layer["seriesType"],
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "layers": [{"layerId": "main", "layerType": "data", **layer}],
    }
    state = {
        "datasourceStates": {"formBased": {"layers": {"main": data}}},
        "visualization": visualization,
        "query": _kuery(query),
        "filters": [],
        "internalReferences": [],
        "adHocDataViews": {},
    }
    references = [_reference(index, "indexpattern-datasource-layer-main")]
    return {"title": title, "visualizationType": "lnsXY", "state": state, "references": references}


def _by_time(field: str) -> Json:
    params = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
    return _column(
        "date_histogram", "date", "interval", "Time", field=field, is_bucketed=True, params=params
    )


def _by_value(field: str, label: str, size: int) -> Json:
    order = {"orderBy": {"type": "column", "columnId": "y"}, "orderDirection": "desc"}
    params = {
        "size": size,
        **order,
        "otherBucket": True,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
    }
    return _column(
        "terms", "string", "ordinal", label, field=field, is_bucketed=True, params=params
    )


def _count(label: str) -> Json:
    return _column(
        "count",
        "number",
        "ratio",
        label,
        field="___records___",
        is_bucketed=False,
        params={"emptyAsNull": True},
    )


def _column(
    operation: str,
    kind: str,
    scale: str,
    label: str,
    *,
    field: str,
    is_bucketed: bool,
    params: Json,
) -> Json:
    what = {"operationType": operation, "dataType": kind, "scale": scale, "isBucketed": is_bucketed}
    return {**what, "label": label, "customLabel": True, "sourceField": field, "params": params}


def _place(x: int, y: int, w: int, h: int) -> Json:
    return {"x": x, "y": y, "w": w, "h": h}


def _id(index: str, prefix: str = "") -> str:
    return "-".join(filter(None, ("reportedly", prefix, index)))


def _reference(index: str, name: str) -> Json:
    return {"type": "index-pattern", "id": _id(index), "name": name}


def _kuery(query: str) -> Json:
    return {"query": query, "language": "kuery"}


def _packed(value: Any) -> str:
    """Return JSON in a string, as Kibana keeps it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{len(objects())} objects written to {TARGET}\n")
