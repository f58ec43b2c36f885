"""The dashboards as saved objects, one a line (NDJSON), which Kibana 9.0 and newer import.

Ids are short and fixed, keys are sorted, nothing holds a time stamp: the same code gives the same
bytes, and an import with overwrite replaces what an earlier one brought.
"""

import json
from collections.abc import Sequence
from typing import Any

from services.dashboards.boards import DASHBOARDS, LISTINGS, MAPS
from services.dashboards.conditions import kuery
from services.dashboards.definition import Chart, Dashboard, Listing, Map, Panel, Place, View
from services.dashboards.lens import lens, query, reference, view_id
from services.dashboards.views import VIEWS
from services.ports import JsonObject

# The oldest formats that every Kibana 9 reads: newer ones migrate them,
# and without a version a far older one is assumed.
_FORMATS = {
    "index-pattern": "8.0.0",
    "search": "10.5.0",
    "map": "8.4.0",
    "dashboard": "10.2.0",
}
_CORE_FORMAT = "8.8.0"

REFRESH_MILLISECONDS = 60_000

_OPTIONS = {
    "useMargins": True,
    "syncColors": True,
    "syncCursor": True,
    "syncTooltips": False,
    "hidePanelTitles": False,
}


def objects() -> list[JsonObject]:
    """Return all saved objects, in the order of the file."""
    return [
        *map(_view, VIEWS),
        *map(_search, LISTINGS),
        *map(_map, MAPS),
        *map(_dashboard, DASHBOARDS),
    ]


def text() -> str:
    """Return the file's content."""
    return "".join(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n" for row in objects())


def _object(
    kind: str, id: str, attributes: JsonObject, references: Sequence[JsonObject] = ()
) -> JsonObject:
    return {
        "type": kind,
        "id": id,
        "attributes": attributes,
        "references": list(references),
        "managed": True,
        "coreMigrationVersion": _CORE_FORMAT,
        "typeMigrationVersion": _FORMATS[kind],
    }


def _view(view: View) -> JsonObject:
    attributes = {
        "title": view.index,
        "name": f"Reportedly: {view.index}",
        "timeFieldName": view.time,
        "allowNoIndex": True,
    }
    return _object("index-pattern", view_id(view), attributes)


def _search(listing: Listing) -> JsonObject:
    name = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {"query": query(kuery(listing.where)), "filter": [], "indexRefName": name}
    attributes = {
        "title": listing.title,
        "description": listing.about,
        "columns": [field for field, _ in listing.columns],
        "sort": [[listing.sort, "desc"]],
        "grid": {},
        "hideChart": True,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed(source)},
    }
    return _object("search", listing.id, attributes, [reference(listing.view, name)])


def _map(shown: Map) -> JsonObject:
    """Return a map of the documents. It has no base map, since that comes from the internet."""
    name = "layer_0_source_index_pattern"
    layer = {
        "id": "documents",
        "label": shown.title,
        "type": "GEOJSON_VECTOR",
        "visible": True,
        "alpha": 0.75,
        "minZoom": 0,
        "maxZoom": 24,
        "joins": [],
        "query": query(kuery(shown.where)),
        "sourceDescriptor": {
            "id": "documents-source",
            "type": "ES_SEARCH",
            "indexPatternRefName": name,
            "geoField": shown.point,
            "scalingType": "LIMIT",
            "filterByMapBounds": True,
            "tooltipProperties": list(shown.tooltip),
            "applyGlobalQuery": True,
            "applyGlobalTime": True,
        },
        "style": {
            "type": "VECTOR",
            "isTimeAware": True,
            "properties": {
                "fillColor": {"type": "STATIC", "options": {"color": "#E7664C"}},
                "iconSize": {"type": "STATIC", "options": {"size": 6}},
            },
        },
    }
    state = {
        "zoom": 1.5,
        "center": {"lat": 20, "lon": 10},
        "timeFilters": {"from": "now-30d", "to": "now"},
        "refreshConfig": {"isPaused": True, "interval": 0},
        "query": query(""),
        "filters": [],
    }
    attributes = {
        "title": shown.title,
        "description": shown.about,
        "uiStateJSON": "{}",
        "mapStateJSON": _packed(state),
        "layerListJSON": _packed([layer]),
    }
    return _object("map", shown.id, attributes, [reference(shown.view, name)])


def _dashboard(board: Dashboard) -> JsonObject:
    panels, references = [], list[JsonObject]()
    for number, (place, panel) in enumerate(board.panels, 1):
        name = f"p{number}"
        row, needed = _panel(name, place, panel)
        panels.append(row)
        references += needed
    attributes = {
        "title": board.title,
        "description": board.about,
        "panelsJSON": _packed(panels),
        "optionsJSON": _packed(_OPTIONS),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed({"query": query(""), "filter": []})},
        # Without it a browser shows its last 15 minutes, which are mostly empty.
        "timeRestore": True,
        "timeFrom": f"now-{board.days}d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": REFRESH_MILLISECONDS},
    }
    return _object("dashboard", board.id, attributes, references)


def _panel(name: str, place: Place, panel: Panel) -> tuple[JsonObject, list[JsonObject]]:
    """Return a panel, and its references in the dashboard. A chart is by value."""
    grid = {"x": place.x, "y": place.y, "w": place.width, "h": place.height, "i": name}
    row: JsonObject = {"panelIndex": name, "gridData": grid}
    if isinstance(panel, Chart):
        drawn = lens(panel)
        # Kibana wants a by-value panel's references twice:
        # in the panel, and in the dashboard under the panel's name.
        needed = [{**r, "name": f"{name}:{r['name']}"} for r in drawn["references"]]
        return {**row, "type": "lens", "embeddableConfig": {"attributes": drawn}}, needed
    kind = "map" if isinstance(panel, Map) else "search"
    within = f"panel_{name}"
    row |= {"type": kind, "embeddableConfig": {}, "panelRefName": within}
    return row, [{"type": kind, "id": panel.id, "name": f"{name}:{within}"}]


def _packed(value: Any) -> str:
    """Return JSON in a string, as Kibana keeps it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
