"""Every panel of the dashboard, asked of a real index as Kibana would, shows something."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from builders import START, claim

from services.adapters.elastic import ElasticIndex
from services.commands.templates import apply
from services.indexer.documents import BUILDERS
from services.messages import Slot, SlotAnswer, decode, encode

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[2]
ROWS = [
    json.loads(line)
    for line in (ROOT / "deploy/kibana/reportedly.ndjson").read_text(encoding="utf-8").splitlines()
]
VIEWS = {row["id"]: row["attributes"] for row in ROWS if row["type"] == "index-pattern"}
LISTS = [row for row in ROWS if row["type"] == "search"]
PANELS = [json.loads(row["attributes"]["panelsJSON"]) for row in ROWS if row["type"] == "dashboard"]
CHARTS = [
    p["embeddableConfig"]["attributes"] for panels in PANELS for p in panels if p["type"] == "lens"
]

BLAMED = {
    "agent": Slot(answers=(SlotAnswer(key="northern-air-force", label="northern air force"),))
}
LAID_AT_A_DOOR = claim(claim_id="c2", event="airstrike", slots=BLAMED, opened_at=START)
GONE = claim(claim_id="c3", event="bombing", status="retracted", merged_into="c2", opened_at=START)


@pytest.fixture
def elastic(settings):
    """An index that holds the examples of every topic,
    a claim that names a perpetrator, and one that went into it.
    """
    apply(settings)
    index = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    actions = []
    for topic, (message, build) in BUILDERS.items():
        for path in (ROOT / "schemas" / "examples" / topic / "v1").glob("*.json"):
            actions += build(decode(message, path.read_bytes()))
    message, build = BUILDERS["claims"]
    for told in (LAID_AT_A_DOOR, GONE):
        actions += build(decode(message, encode(told)))
    assert {outcome.outcome for outcome in index.bulk(actions)} == {"stored"}
    index.refresh()
    return index


def filtered(query, time_field):
    """Return the filter of a panel in a dashboard:
    its words, and a range of time that only documents with a time pass.
    """
    rules: dict[str, list[dict[str, Any]]] = {
        "filter": [{"range": {time_field: {"gte": "2000-01-01"}}}]
    }
    if query["query"]:
        (field,) = re.fullmatch(r"not (\w+): \*", query["query"]).groups()
        rules["must_not"] = [{"exists": {"field": field}}]
    return {"bool": rules}


def aggregation(columns, order):
    """Return nested buckets, outermost first; what is counted needs no aggregation of its own."""
    if not order:
        return {}
    column = columns[order[0]]
    if column["operationType"] == "count":
        return aggregation(columns, order[1:])
    if column["operationType"] == "date_histogram":
        own = {
            "date_histogram": {
                "field": column["sourceField"],
                "calendar_interval": "1d",
                "min_doc_count": 1,
            }
        }
    else:
        own = {
            "terms": {
                "field": column["sourceField"],
                "size": column["params"]["size"],
                "order": {"_count": "desc"},
            }
        }
    return {"aggs": {order[0]: own | aggregation(columns, order[1:])}}


def rows(aggregations, order):
    """Return the filled cells: one value a bucket column, and the count."""
    cells = []
    for bucket in aggregations[order[0]]["buckets"]:
        inner = rows(bucket, order[1:]) if len(order) > 1 else [(bucket["doc_count"],)]
        cells += [(bucket["key"], *cell) for cell in inner]
    return cells


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: c["title"])
def test_a_chart_has_rows(elastic, chart):
    view = VIEWS[chart["references"][0]["id"]]
    layer = chart["state"]["datasourceStates"]["formBased"]["layers"]["main"]
    buckets = [name for name in layer["columnOrder"] if layer["columns"][name]["isBucketed"]]
    query = filtered(chart["state"]["query"], view["timeFieldName"])
    answer = elastic.search(
        view["title"],
        {"size": 0, "query": query, **aggregation(layer["columns"], layer["columnOrder"])},
    )
    found = rows(answer["aggregations"], buckets)
    assert found
    assert "retracted" not in {value for row in found for value in row}, (
        "a merged claim is told under the other"
    )
    assert all(
        count > 0 and all(value not in (None, "") for value in values) for *values, count in found
    )


@pytest.mark.parametrize("listed", LISTS, ids=lambda row: row["id"])
def test_a_list_has_rows_and_each_of_its_columns_is_filled_somewhere(elastic, listed):
    view = VIEWS[listed["references"][0]["id"]]
    source = json.loads(listed["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    sort = [{field: direction} for field, direction in listed["attributes"]["sort"]]
    query = filtered(source["query"], view["timeFieldName"])
    hits = elastic.search(view["title"], {"query": query, "sort": sort})["hits"]["hits"]
    assert hits
    assert not any(hit["_source"].get("claim_id") == "c3" for hit in hits), (
        "a merged claim is told under the other"
    )
    for column in listed["attributes"]["columns"]:
        assert any(hit["_source"][column] not in (None, [], "") for hit in hits), column
