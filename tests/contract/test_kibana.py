"""The dashboards name only what the index has, and their files are what the definition makes."""

import json
from pathlib import Path

import pytest

from services.dashboards.boards import CHARTS, DASHBOARDS, LISTINGS, MAPS
from services.dashboards.conditions import fields
from services.dashboards.definition import (
    COLUMNS,
    ByCondition,
    ByValue,
    Count,
    Figure,
    OverTime,
    Percentile,
    Ratio,
)
from services.dashboards.files import files
from services.dashboards.saved_objects import objects
from services.dashboards.views import VIEWS
from services.indexer.documents import INDICES
from services.indexer.templates import properties

FOLDER = Path(__file__).parents[2] / "deploy" / "kibana"
PANELS = [*CHARTS, *MAPS, *LISTINGS]
NUMBERS = {"long", "double"}
ROWS = objects()
BOARDS = {row["id"]: row for row in ROWS if row["type"] == "dashboard"}


def types_of(view):
    return {name: row["type"] for name, row in properties(INDICES[view.index]).items()}


def panels_of(row):
    return json.loads(row["attributes"]["panelsJSON"])


def test_the_files_are_what_the_definition_makes_twice_over():
    written = {
        path.name: path.read_text(encoding="utf-8")
        for path in FOLDER.iterdir()
        if path.suffix in (".json", ".ndjson")
    }
    assert files() == files() == written, "run `make schemas`"


def test_three_dashboards_tell_of_the_situation_the_sources_and_operations():
    assert list(BOARDS) == ["reportedly-situation", "reportedly-sources", "reportedly-operations"]
    assert sum(len(board.panels) for board in DASHBOARDS) >= 18


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.index)
def test_the_time_of_a_view_is_a_date_of_its_index(view):
    assert types_of(view)[view.time] == "date"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_panel_asks_only_fields_that_exist(panel):
    assert panel.view in VIEWS
    assert set(fields(panel.where)) <= set(types_of(panel.view))


def bucket_suits(bucket, types):
    match bucket:
        case OverTime():
            return True
        case ByValue(field):
            return types[field] == "keyword"
        case ByCondition(_, parts):
            return all(name in types for _, where in parts for name in fields(where))


def metric_suits(metric, types):
    match metric:
        case Ratio(of, to):
            return metric_suits(of, types) and metric_suits(to, types)
        case Count(where=where):
            return set(fields(where)) <= set(types)
        case Figure("distinct", field):
            return types[field] == "keyword"
        case Figure("max", field, unit="time"):
            return types[field] == "date"
        case Figure(_, field) | Percentile(field):
            return types[field] in NUMBERS


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_a_chart_aggregates_only_fields_that_can_be(chart):
    types = types_of(chart.view)
    assert all(bucket_suits(bucket, types) for bucket in chart.buckets)
    assert all(metric_suits(metric, types) for metric in chart.metrics)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_a_chart_has_the_buckets_that_its_shape_draws(chart):
    assert len(chart.buckets) in {"number": (0,), "lines": (1,), "table": (1,)}.get(
        chart.shape, (1, 2)
    )
    if chart.shape in ("bars", "lying-bars", "number"):
        assert len(chart.metrics) == 1
    if chart.shape == "lines":
        assert isinstance(chart.buckets[0], OverTime)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_values_are_ordered_by_a_metric_that_elasticsearch_can_order_by(chart):
    if any(isinstance(bucket, ByValue) for bucket in chart.buckets):
        first = chart.metrics[0]
        assert isinstance(first, Figure) or (isinstance(first, Count) and not fields(first.where))


@pytest.mark.parametrize("shown", MAPS, ids=lambda shown: shown.title)
def test_a_map_shows_points_with_the_names_of_places(shown):
    types = types_of(shown.view)
    assert types[shown.point] == "geo_point"
    assert types[shown.name] == "keyword"
    assert set(shown.tooltip) <= set(types)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.title)
def test_a_list_shows_and_sorts_by_fields_that_exist(listing):
    types = types_of(listing.view)
    assert {name for name, _ in listing.columns} <= set(types)
    assert types[listing.sort] == "date"


def test_every_object_says_its_format_and_has_an_id_of_its_own():
    assert len({(r["type"], r["id"]) for r in ROWS}) == len(ROWS)
    assert all(r["typeMigrationVersion"] and r["id"].startswith("reportedly-") for r in ROWS)


def test_every_reference_leads_to_an_object_of_the_file():
    known = {(r["type"], r["id"]) for r in ROWS}
    assert {(ref["type"], ref["id"]) for r in ROWS for ref in r["references"]} <= known


@pytest.mark.parametrize("id", BOARDS)
def test_every_panel_finds_its_references_under_its_own_name(id):
    given = {ref["name"]: ref["id"] for ref in BOARDS[id]["references"]}
    wanted: dict[str, str] = {}
    for panel in panels_of(BOARDS[id]):
        name = panel["panelIndex"]
        if panel["type"] == "lens":
            inner = panel["embeddableConfig"]["attributes"]["references"]
            wanted |= {f"{name}:{ref['name']}": ref["id"] for ref in inner}
        else:
            wanted[f"{name}:{panel['panelRefName']}"] = given[f"{name}:{panel['panelRefName']}"]
    assert wanted == given


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.id)
def test_panels_stay_in_the_grid_and_off_each_other(board):
    cells = [
        (x, y)
        for place, _ in board.panels
        for x in range(place.x, place.x + place.width)
        for y in range(place.y, place.y + place.height)
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < COLUMNS


def test_a_layer_of_lens_names_its_columns_once_and_its_buckets_first():
    for row in BOARDS.values():
        for panel in panels_of(row):
            if panel["type"] != "lens":
                continue
            state = panel["embeddableConfig"]["attributes"]["state"]
            layer = state["datasourceStates"]["formBased"]["layers"]["main"]
            assert sorted(layer["columnOrder"]) == sorted(layer["columns"])
            bucketed = [layer["columns"][name]["isBucketed"] for name in layer["columnOrder"]]
            assert bucketed == sorted(bucketed, reverse=True)


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.id)
def test_the_form_of_the_api_has_the_same_panels_and_names_what_the_file_brings(board):
    form = json.loads(files()[f"{board.id}.json"])
    assert [panel["grid"]["x"] for panel in form["panels"]] == [p.x for p, _ in board.panels]
    known = {row["id"] for row in ROWS}
    named = [
        value["ref_id"]
        for panel in form["panels"]
        for value in (
            panel["config"] if panel["type"] == "discover_session" else source(panel["config"]),
        )
    ]
    assert set(named) <= known
    assert len(named) == len(board.panels)


def source(config):
    found: dict[str, str] = (config["layers"][0] if config["type"] == "xy" else config)[
        "data_source"
    ]
    return found
