"""Orders about alerts over HTTP, why an alert is there, and marks."""

import asyncio
import json

import httpx
import pytest
from builders import hours
from desks import desk_of, open_access
from policing import alert

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.indexer.alerting import alerts
from services.indexer.templates import templates
from services.messages import Watch, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop

HOST = "http://localhost"


@pytest.fixture
def ask():
    index, broker = MemoryIndex(), MemoryBroker()
    index.apply_templates(templates())
    for name in ("alerts", "articles", "claims", "commands", "suppressed"):
        index.ensure(name)
    index.bulk(alerts(alert("first", "status")))
    producer = broker.producer()
    producer.send(Outgoing("watches", "w", encode(Watch(id="w", name="W", query="halvane"))))
    producer.close()
    desk = desk_of(index, broker, now=lambda: hours(3))
    app = make_routes(desk, open_access(desk), Live(broker, SignalStop()))

    def asked(method, path, body=None):
        async def run():
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(method, path, json=body)

        answer = asyncio.run(run())
        return answer.status_code, answer.json()

    return asked


def test_an_order_is_given_and_taken_back(ask):
    status, done = ask("POST", "/v1/alerts/a/acknowledge", {"revision": 1})
    assert (status, done["state"], done["by"], done["changed"]) == (200, "changed", "you", [2])
    status, done = ask("POST", "/v1/alerts/a/acknowledge", {})
    assert (status, done["state"], done["undoes"]) == (200, "acknowledged", done["order"])
    assert ask("GET", "/v1/alerts/a/standing")[1] == done
    assert ask("POST", "/v1/alerts/a/reopen", {"undoes": "other"})[0] == 409
    assert ask("POST", "/v1/alerts/a/reopen", {"undoes": done["order"]})[1]["state"] == "new"
    assert ask("POST", "/v1/alerts/a/mute", {})[1]["state"] == "muted"
    assert ask("POST", "/v1/alerts/a/resume", {})[1]["state"] == "new"
    assert ask("POST", "/v1/alerts/a/resume", {})[0] == 409


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ({"for": "1h"}, "2031-05-02T10:00:00Z"),
        ({"for": "tomorrow"}, "2031-05-03T08:00:00Z"),
        ({"until": "2031-05-02T12:00:00+02:00"}, "2031-05-02T10:00:00Z"),
        ({}, None),
        ({"for": "1h", "until": "2031-05-02T12:00:00Z"}, None),
        ({"for": "31d"}, None),
        ({"for": "a while"}, None),
        ({"until": "2031-05-02T12:00:00"}, None),
        ({"until": "0001-01-01T00:00:00+14:00"}, None),
        ({"until": "9999-12-31T23:59:59-14:00"}, None),
    ],
)
def test_a_snooze_has_one_end_that_can_be(ask, body, until):
    status, found = ask("POST", "/v1/alerts/a/snooze", body)
    assert status == (200 if until else 422)
    if until:
        assert found["until"].replace("+00:00", "Z") == until


def test_why_and_marks(ask):
    status, found = ask("GET", "/v1/alerts/a/why")
    assert (status, found["watch_name"], found["query"]) == (200, "W", "halvane")
    assert ask("GET", "/v1/marks")[1] == {"items": []}
    mark = {"of": "shift", "at": "2031-05-02T06:00:00Z"}
    assert ask("POST", "/v1/marks", mark)[0] == 200
    assert [each["of"] for each in ask("GET", "/v1/marks")[1]["items"]] == ["shift"]
    assert ask("POST", "/v1/marks", mark | {"of": "claims"})[0] == 422


def test_an_alert_that_there_is_not_is_not_found(ask):
    for path in ("why", "standing"):
        assert ask("GET", f"/v1/alerts/x/{path}")[0] == 404
    for path in ("acknowledge", "reopen", "mute", "resume"):
        assert ask("POST", f"/v1/alerts/x/{path}", {})[0] == 404
    assert ask("POST", "/v1/alerts/a/mute", {"more": 1})[0] == 422
    assert json.dumps(ask("POST", "/v1/alerts/a/acknowledge", {"revision": 9})[1])
