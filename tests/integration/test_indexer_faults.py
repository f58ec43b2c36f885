"""The indexer on a real Elasticsearch in trouble: what passes is waited out,
what is stored stays stored, nothing is lost.
"""

import json
import re
import uuid

import httpx
import pytest
from builders import claim
from elastic_proxy import answering, faulty, refusing
from streams import broker_of, eventually, on, send, service
from structlog.testing import capture_logs

from services.adapters.elastic import ElasticIndex
from services.commands.templates import apply
from services.errors import TransientError
from services.messages import encode
from services.ports import IndexAction
from services.runtime.health import pulses
from services.settings import Settings

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def shared(engines):
    """Settings under which the indices are made once:
    making them takes longer than each test here.
    """
    own = f"t{uuid.uuid4().hex[:8]}-"
    settings = Settings(elastic_url=engines.elastic_url, index_prefix=own)
    apply(settings)
    return settings


@pytest.fixture
def elastic(shared):
    return ElasticIndex(shared.elastic_url, prefix=shared.index_prefix)


@pytest.fixture
def own():
    """A beginning of ids that no other test has."""
    return uuid.uuid4().hex[:8]


def action(id, **fields):
    return IndexAction("claims", id, 1, json.dumps({"event": "x"} | fields).encode())


def stored(elastic, own):
    """Return the ids of a test's stored documents, without their beginning."""
    elastic.refresh()
    hits = elastic.search("claims", {"query": {"match_all": {}}, "size": 500})["hits"]["hits"]
    return sorted(hit["_id"].removeprefix(own) for hit in hits if hit["_id"].startswith(own))


NO_SPACE = {"type": "i_o_exception", "reason": "No space left on device"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, NO_SPACE),
        (401, {"type": "security_exception", "reason": "missing authentication credentials"}),
        (400, {"type": "index_closed_exception", "reason": "closed"}),
        (408, {"type": "process_cluster_event_timeout_exception", "reason": "failed to process"}),
    ],
)
def test_one_document_that_has_to_wait_keeps_no_other_from_being_stored(
    shared, elastic, own, status, error
):
    with faulty(shared.elastic_url, refusing({own + "b"}, status, error)) as url:
        behind = ElasticIndex(url, prefix=shared.index_prefix)
        done = behind.bulk([action(own + name) for name in "abc"])
    assert [o.outcome for o in done] == ["stored", "retry", "stored"]
    assert {"a", "c"} <= set(stored(elastic, own))


@pytest.mark.parametrize(
    "fault",
    [
        answering(200, b"<html>Sign in</html>", **{"content-type": "text/html"}),
        answering(
            200, b"<html>Sign in</html>", **{"content-type": "text/html", "x-elastic-product": ""}
        ),
        answering(200, b"{}"),
        answering(200, b"[]"),
        answering(200, b"null"),
        answering(200, b'{"took":1,"errors":false,"items":[{"index":{"_id":"a","status":201}'),
        answering(200, b'{"took":1,"errors":false,"items":[{"index":{"_id":"a","status":201}}]}'),
        answering(200, b""),
        answering(400, b"<html>Bad Request</html>", **{"content-type": "text/html"}),
        answering(401, b'{"error":{"type":"security_exception","reason":"no"},"status":401}'),
        answering(408, b""),
        answering(500, b'{"error":"no"}'),
        answering(503, b"<html>maintenance</html>", **{"content-type": "text/html"}),
        answering(302, b"", location="http://127.0.0.1:9/"),
    ],
)
def test_whatever_stands_between_gives_a_passing_error_and_no_lost_document(
    shared, elastic, own, fault
):
    with faulty(shared.elastic_url, fault) as url:
        behind = ElasticIndex(url, prefix=shared.index_prefix)
        for ask in (
            lambda: behind.bulk([action(own + "a"), action(own + "b")]),
            lambda: behind.search("claims", {"size": 1}),
        ):
            with pytest.raises(TransientError):
                ask()
    assert [o.outcome for o in elastic.bulk([action(own + "a"), action(own + "b")])] == [
        "stored",
        "stored",
    ]


def test_a_proxy_that_takes_only_small_requests_holds_up_what_is_small_and_gives_up_what_is_large(
    shared, own
):
    """A limit of a proxy is a setting: small documents wait for it.

    One above what every proxy takes is too large.
    """
    with faulty(
        shared.elastic_url,
        answering(413, b"<html>too large</html>", **{"content-type": "text/html"}),
    ) as url:
        behind = ElasticIndex(url, prefix=shared.index_prefix)
        with pytest.raises(TransientError, match="proxy"):
            behind.bulk([action(own + "a"), action(own + "b")])
        [done] = behind.bulk([action(own + "big", quotes=["word " * 300_000])])
    assert done.outcome == "rejected"


def test_a_closed_index_is_waited_for_and_says_how_to_open_it(shared, elastic, own):
    index = f"{shared.elastic_url}/{shared.index_prefix}claims-v1"
    httpx.post(f"{index}/_close").raise_for_status()
    [done] = elastic.bulk([action(own)])
    assert (done.outcome, "_open" in done.reason) == ("retry", True)
    httpx.post(f"{index}/_open?wait_for_active_shards=1").raise_for_status()
    assert [o.outcome for o in elastic.bulk([action(own)])] == ["stored"]


def test_a_cluster_that_may_open_no_more_shards_is_waited_for(settings):
    """A template of this test's own prefix asks
    for more shards than the cluster may have in all.
    """
    name = f"{settings.index_prefix}many"
    template = {
        "index_patterns": [f"{name}*"],
        "priority": 500,
        "template": {"settings": {"number_of_shards": 1024}},
    }
    address = f"{settings.elastic_url}/_index_template/{name}"
    httpx.put(address, json=template).raise_for_status()
    try:
        elastic = ElasticIndex(settings.elastic_url)
        [done] = elastic.bulk([IndexAction(f"{name}-1", "a", 1, b"{}")])
    finally:
        httpx.delete(address).raise_for_status()
    assert (done.outcome, "max_shards_per_node" in done.reason) == ("retry", True)


def test_an_index_of_an_older_version_waits_for_templates_apply_which_gives_it_the_new_fields(
    settings, own
):
    old = {"mappings": {"dynamic": "strict", "properties": {"claim_id": {"type": "keyword"}}}}
    address = f"{settings.elastic_url}/{settings.index_prefix}claims-1"
    httpx.put(
        address, json=old | {"aliases": {f"{settings.index_prefix}claims": {}}}
    ).raise_for_status()
    elastic = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    [done] = elastic.bulk([action(own)])
    assert (done.outcome, "templates apply" in done.reason) == ("retry", True)
    apply(settings)
    assert [o.outcome for o in elastic.bulk([action(own)])] == ["stored"]


def test_an_index_that_has_a_field_of_another_type_keeps_nothing_else_from_starting(settings, own):
    odd = {"mappings": {"dynamic": "strict", "properties": {"event": {"type": "date"}}}}
    name = f"{settings.index_prefix}claims"
    httpx.put(
        f"{settings.elastic_url}/{name}-v1", json=odd | {"aliases": {name: {}}}
    ).raise_for_status()
    with capture_logs() as said:
        apply(settings)
    assert [(row["indices"], "from type" in row["reason"]) for row in said] == [("claims", True)]
    elastic = ElasticIndex(settings.elastic_url, prefix=settings.index_prefix)
    assert elastic.bulk([IndexAction("alerts", own, 1, b"{}")])[0].outcome == "stored"


def test_a_full_disk_leaves_the_indexer_waiting_with_what_to_do_and_nothing_lost(
    settings, shared, elastic, own
):
    broker, faults = broker_of(settings), [refusing({own + "c2"}, 500, NO_SPACE)]
    with faulty(settings.elastic_url, lambda *seen: faults[0](*seen) if faults else None) as url:
        send(
            broker, *(("claims", id, encode(claim(claim_id=own + id))) for id in ("c1", "c2", "c3"))
        )
        behind = type(settings).parse(
            settings.environment()
            | {"REPORTEDLY_ELASTIC_URL": url, "REPORTEDLY_INDEX_PREFIX": shared.index_prefix}
        )
        with service(behind, "index"):
            pulse = eventually(
                lambda: next(
                    (p for p in pulses(settings.run_dir, 0.0) if p.state == "waiting"), None
                )
            )
            assert re.search("disk is full.*No space left on device", pulse.reason)
            eventually(lambda: {"c1", "c3"} <= set(stored(elastic, own)))
            assert on(broker, "claims-dlq") == []
            faults.clear()
            eventually(
                lambda: next(
                    (p for p in pulses(settings.run_dir, 0.0) if p.state == "running"), None
                )
            )
    assert stored(elastic, own) == ["c1", "c2", "c3"]
    assert on(broker, "claims-dlq") == []
