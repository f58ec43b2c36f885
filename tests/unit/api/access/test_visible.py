"""Whoever sees a watch sees what it found, and nobody else does."""

import asyncio

import httpx
import pytest
from builders import hours
from desks import desk_of
from msgspec.structs import replace
from policing import alert

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.access.gate import Access
from services.api.access.people import Person
from services.api.access.tokens import new_token
from services.api.access.visible import only_seen, sees
from services.api.feeds.routes import Cap
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.indexer.alerting import alerts, suppressed
from services.indexer.templates import templates
from services.messages import Suppressed, Token, Watch, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop

WATCHES = {
    "all": Watch(id="all", name="All", query="x1"),
    "anns": Watch(id="anns", name="A", query="x1", owner="ann"),
    "desk": Watch(id="desk", name="D", query="x1", owner="group:desk"),
}
HOST = "http://localhost"
ANN = Person("ann", "editor")
BEN = Person("ben", "reader", frozenset({"desk"}))
OPERATOR = Person("op", "operator")


@pytest.mark.parametrize(
    ("person", "seen"),
    [(ANN, {"all", "anns"}), (BEN, {"all", "desk"}), (OPERATOR, {"all", "anns", "desk", "gone"})],
)
def test_a_person_sees_what_is_theirs_of_their_groups_and_of_nobody(person, seen):
    assert {id for id in (*WATCHES, "gone") if sees(person, WATCHES, id)} == seen
    filters = only_seen(person, WATCHES)
    if person is OPERATOR:
        assert filters == []
    else:
        assert filters == [{"terms": {"watch_id": sorted(seen)}}]


PATHS = {
    "/v1/alerts": 200,
    "/v1/alerts?watch_id=anns": 200,
    "/v1/suppressed": 200,
    "/v1/feeds/alerts.json": 200,
    "/v1/feeds/alerts.atom": 200,
    "/v1/alerts/a-anns": 404,
    "/v1/suppressed/s": 404,
    "/v1/feeds/cap/a-anns": 404,
    "/v1/alerts/a-anns/why": 404,
    "/v1/alerts/a-anns/standing": 404,
    "/alerts/a-anns": 404,
    "/alerts?group=all": 200,
    "/watches": 200,
    "/watches/anns": 404,
    "/since?hours=720": 200,
}


@pytest.fixture(scope="module")
def ask():
    index, broker = MemoryIndex(), MemoryBroker()
    index.apply_templates(templates())
    for name in ("alerts", "articles", "claims", "commands", "suppressed"):
        index.ensure(name)
    told = replace(alert("first").revisions[0], text="A secret of Ann's.")
    of = replace(alert("first"), alert_id="a-anns", watch_id="anns", revisions=(told,))
    index.bulk(alerts(of))
    held = Suppressed(suppressed_id="s", watch_id="anns", reason="copy", title="A secret of Ann's.")
    index.bulk(suppressed(held))
    made = {person: new_token() for person in (ANN, BEN)}
    producer = broker.producer()
    for watch in WATCHES.values():
        producer.send(Outgoing("watches", watch.id, encode(watch)))
    for person, token in made.items():
        row = Token(
            token_id=token.id,
            digest=token.digest,
            person=person.name,
            scope=person.scope,
            groups=tuple(person.groups),
            made_at=hours(0),
        )
        producer.send(Outgoing("tokens", token.id, encode(row)))
    producer.close()
    desk = desk_of(index, broker, now=lambda: hours(3))
    live = Live(broker, SignalStop())
    app = make_routes(desk, Access(desk.tables), live, sends_cap=Cap("a@example.org", is_test=True))

    def asked(person, path):
        async def run():
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                shown = {"authorization": f"Bearer {made[person].text}"}
                return await client.get(path, headers=shown)

        return asyncio.run(run())

    return asked


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_holds_what_a_watch_of_somebody_else_found(ask, path):
    answer = ask(BEN, path)
    assert answer.status_code == PATHS[path]
    assert "secret" not in answer.text
    own = ask(ANN, path)
    assert own.status_code == 200
    if path not in ("/watches", "/watches/anns", "/v1/alerts/a-anns/standing"):
        assert "secret" in own.text or path.endswith("/why")


def test_a_misspelt_watch_is_told_the_names_of_those_that_the_person_sees(ask):
    path = "/v1/alerts?watch_id=annns"
    assert "did you mean 'anns'" in ask(ANN, path).json()["note"]
    assert "'anns'" not in ask(BEN, path).json()["note"]
