"""Every panel of the dashboards, asked of a real index that holds the bundled story, has rows."""

import uuid

import pytest
from click.testing import CliRunner

from bench.dashboards import WINDOW, stored
from services.adapters.elastic import ElasticIndex
from services.cli import root
from services.commands.dashboards import ask
from services.dashboards.asking import Row, Window, body, rows
from services.dashboards.boards import CHARTS, DASHBOARDS, LISTINGS, MAPS
from services.dashboards.definition import ByValue, Chart
from services.dashboards.views import CLAIMS
from services.settings import Settings

pytestmark = pytest.mark.engines

EMPTY = Window(WINDOW.since.replace(year=2001), WINDOW.until.replace(year=2001))


@pytest.fixture(scope="module")
def settings(engines):
    """Settings of an index that holds the bundled story, and some articles more."""
    own = Settings(elastic_url=engines.elastic_url, index_prefix=f"t{uuid.uuid4().hex[:8]}-")
    stored(own)
    return own


@pytest.fixture(scope="module")
def elastic(settings):
    return ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)


def asked(elastic, panel, window=WINDOW):
    return rows(panel, elastic.search(panel.view.index, body(panel, window)))


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_a_chart_has_rows_with_a_value(elastic, chart):
    found = asked(elastic, chart)
    assert any(value for row in found for value in row.values)
    assert all(key not in (None, "") for row in found for key in row.keys)


@pytest.mark.parametrize("shown", MAPS, ids=lambda shown: shown.title)
def test_a_map_has_places_in_the_degrees_of_the_world(elastic, shown):
    found = asked(elastic, shown)
    assert {"Lyon", "Quetta"} <= {spot.name for spot in found}
    assert all(-90 <= spot.lat <= 90 and -180 <= spot.lon <= 180 for spot in found)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.title)
def test_a_list_has_rows_and_each_of_its_columns_is_filled_somewhere(elastic, listing):
    found = asked(elastic, listing)
    assert found
    for name, _ in listing.columns:
        if name != "agent_labels":
            assert any(row[name] not in (None, [], "") for row in found), name


def test_parts_of_a_chart_add_up_to_what_it_counts(elastic):
    whole = Chart("", "", CLAIMS, "number", CHARTS[0].metrics)
    split = next(c for c in CHARTS if c.title == "Claims by status over time")
    ((count,),) = (row.values for row in asked(elastic, whole))
    living = sum(row.values[0] for row in asked(elastic, split))
    merged = {"size": 0, "query": {"exists": {"field": "merged_into"}}, "track_total_hits": True}
    gone = elastic.search("claims", merged)["hits"]["total"]["value"]
    assert 0 < living <= count <= living + gone


def test_no_chart_names_more_values_than_it_says(elastic):
    for chart in CHARTS:
        for n, bucket in enumerate(chart.buckets):
            if isinstance(bucket, ByValue):
                assert len({row.keys[n] for row in asked(elastic, chart)}) <= bucket.size


def test_a_time_without_documents_is_no_error(elastic):
    for board in DASHBOARDS:
        for answer in ask(elastic, board, EMPTY):
            assert all(not any(row.values) for row in answer if isinstance(row, Row))


def test_an_index_that_was_never_made_is_no_error(engines):
    nowhere = ElasticIndex(engines.elastic_url, prefix=f"t{uuid.uuid4().hex[:8]}-")
    for board in DASHBOARDS:
        ask(nowhere, board, WINDOW)


def test_the_page_and_the_terminal_show_every_panel(settings, tmp_path):
    span = ["--since", "2031-05-02", "--until", "2031-05-04"]
    path = tmp_path / "page.html"
    shown = CliRunner().invoke(
        root, ["dashboards", "render", *span], env=settings.environment(), catch_exceptions=False
    )
    drawn = CliRunner().invoke(
        root, ["dashboards", "render", "--html", str(path), *span], env=settings.environment()
    )
    assert (shown.exit_code, drawn.exit_code) == (0, 0)
    page = path.read_text(encoding="utf-8")
    for board in DASHBOARDS:
        for _, panel in board.panels:
            assert panel.title in shown.stdout
            assert f"<h2>{panel.title}</h2>" in page
    assert "nothing in this range of time" not in shown.stdout
    assert 'class="nothing"' not in page
