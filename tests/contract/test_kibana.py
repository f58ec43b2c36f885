"""The dashboard names only what the index has, and is written by its code."""

import importlib.util
import json
from pathlib import Path

import pytest

from services.indexer.documents import INDICES
from services.indexer.templates import properties

FOLDER = Path(__file__).parents[2] / "deploy" / "kibana"
ROWS = [
    json.loads(line)
    for line in (FOLDER / "reportedly.ndjson").read_text(encoding="utf-8").splitlines()
]
BY_TYPE = {
    kind: [r for r in ROWS if r["type"] == kind]
    for kind in ("index-pattern", "search", "dashboard")
}
VIEWS = {r["id"]: r["attributes"]["title"].removesuffix("-*") for r in BY_TYPE["index-pattern"]}
(DASHBOARD,) = BY_TYPE["dashboard"]
PANELS = json.loads(DASHBOARD["attributes"]["panelsJSON"])
CHARTS = [p["embeddableConfig"]["attributes"] for p in PANELS if p["type"] == "lens"]


def builder():
    spec = importlib.util.spec_from_file_location("kibana_build", FOLDER / "build.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def types_of(view):
    return {name: row["type"] for name, row in properties(INDICES[VIEWS[view]]).items()}


def test_the_file_is_what_the_code_makes_it_twice_over():
    written = (FOLDER / "reportedly.ndjson").read_text(encoding="utf-8")
    assert builder().text() == builder().text() == written, "run `make schemas`"


def test_the_views_cover_what_readers_look_at_and_their_time_is_a_date():
    assert set(VIEWS.values()) == {"articles", "reports", "claims", "alerts"}
    for row in BY_TYPE["index-pattern"]:
        assert types_of(row["id"])[row["attributes"]["timeFieldName"]] == "date"


def test_every_object_says_its_format_and_has_an_id_of_its_own():
    assert len({(r["type"], r["id"]) for r in ROWS}) == len(ROWS) == sum(map(len, BY_TYPE.values()))
    assert all(r["typeMigrationVersion"] and r["id"].startswith("reportedly-") for r in ROWS)


def test_every_reference_leads_to_an_object_of_the_file():
    known = {(r["type"], r["id"]) for r in ROWS}
    assert {(ref["type"], ref["id"]) for r in ROWS for ref in r["references"]} <= known


def test_every_panel_finds_its_references_under_its_own_name():
    given = {ref["name"]: ref["id"] for ref in DASHBOARD["references"]}
    wanted: dict[str, str] = {}
    for panel in PANELS:
        if panel["type"] == "lens":
            wanted |= {
                f"{panel['panelIndex']}:{r['name']}": r["id"]
                for r in panel["embeddableConfig"]["attributes"]["references"]
            }
        else:
            wanted[f"{panel['panelIndex']}:{panel['panelRefName']}"] = given[
                f"{panel['panelIndex']}:{panel['panelRefName']}"
            ]
    assert wanted == given


def test_panels_stay_in_the_grid_and_off_each_other():
    cells = [
        (x, y)
        for g in (p["gridData"] for p in PANELS)
        for x in range(g["x"], g["x"] + g["w"])
        for y in range(g["y"], g["y"] + g["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 48
    assert all(p["gridData"]["i"] == p["panelIndex"] for p in PANELS)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c["title"])
def test_a_chart_aggregates_only_fields_that_can_be(chart):
    (reference,) = chart["references"]
    layer = chart["state"]["datasourceStates"]["formBased"]["layers"]["main"]
    assert sorted(layer["columnOrder"]) == sorted(layer["columns"])
    for column in layer["columns"].values():
        allowed = {"date_histogram": "date", "terms": "keyword"}
        if column["operationType"] in allowed:
            assert (
                types_of(reference["id"])[column["sourceField"]] == allowed[column["operationType"]]
            )
        else:
            assert (column["operationType"], column["sourceField"]) == ("count", "___records___")


@pytest.mark.parametrize("row", BY_TYPE["search"], ids=lambda r: r["id"])
def test_a_list_shows_and_sorts_by_fields_that_exist(row):
    types = types_of(row["references"][0]["id"])
    assert set(row["attributes"]["columns"]) <= set(types)
    assert [types[name] for name, _ in row["attributes"]["sort"]] == ["date"]
