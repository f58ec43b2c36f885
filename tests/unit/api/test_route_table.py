"""The whole table of routes: no GET changes anything, whatever its path and its query."""

import asyncio

import httpx
import pytest
from builders import START
from desks import open_routes
from stand_ins import stand_in
from starlette.routing import Route

from services.adapters.memory import MemoryBroker
from services.api.feeds.routes import Cap
from services.api.links import LinkRoutes
from services.api.websub import PATH as CALLBACK
from services.api.websub import Callbacks
from services.text.links import Grant, token
from services.text.websub import subscription_key
from services.text.websub import token as callback_token

OURS, TOPIC = "a secret of sixteen", "https://a.example/rss"
KEY = subscription_key("https://hub.example/", TOPIC)
GRANT = Grant("alert", "w", "mail:0f", "mail:0f", 2_000_000_000, "UTC", "a1", 1)
OFF = Grant("unsubscribe", "w", "mail:0f", "mail:0f", 2_000_000_000)

PRESCRIBED = {
    CALLBACK: "a hub confirms a subscription by GET (WebSub, 5.3), at an address that it alone has"
}
"""Routes whose GET tells somebody something, because a standard wants it so."""

NEVER_ENDING = {"/v1/live"}
"""Its answer ends with the process. Its reader only reads."""

DEEDS = [
    {},
    {"do": "acknowledge"},
    {"do": "unsubscribe", "List-Unsubscribe": "One-Click"},
    {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "method": "POST"},
]


class Search:
    """Answers what only reads; it has nothing by which something could be changed."""

    def search(self, index, body):
        return {
            "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []},
            "aggregations": {"seen": {"buckets": []}},
        }

    def get(self, index, id):
        return {"last_text": "Told."}

    def is_up(self):
        return True


class Broker(MemoryBroker):
    """Counts the messages of all topics."""

    def __init__(self):
        super().__init__()
        self.n_sent = 0

    def producer(self, *given, **more):
        inner, outer = super().producer(*given, **more), self

        class Counting:
            def send(self, message):
                outer.n_sent += 1
                inner.send(message)

            def __getattr__(self, name):
                return getattr(inner, name)

        return Counting()


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def app(broker):
    search, now = stand_in(Search()), lambda: START
    callbacks = Callbacks(broker, OURS, now, "news.example")
    links = LinkRoutes(broker, search, OURS, now, "news.example")
    cap = Cap("desk@example.org", is_test=True)
    return open_routes(
        search,
        broker,
        callbacks=callbacks,
        sends_cap=cap,
        links=links,
    )


def paths(route):
    """Return the paths of a route, with values that open what can be opened."""
    given = {"kind": "alerts", "id": "a1", "feed_id": "f", "key": KEY}
    acts = (
        ("view", "acknowledge", "snooze", "unsubscribe")
        if "act" in route.param_convertors
        else ("",)
    )
    for act in acts:
        own = (
            token(OURS, OFF if act == "unsubscribe" else GRANT)
            if act
            else callback_token(OURS, "f", KEY)
        )
        known = given | {"act": act, "token": own}
        yield route.path.format(**{name: known.get(name, "x") for name in route.param_convertors})


def routes(app, method):
    return [r for r in app.routes if isinstance(r, Route) and method in (r.methods or ())]


async def ask(app, method, wanted):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return [await client.request(method, path, **more) for path, more in wanted]


def test_the_table_has_routes_and_nothing_else(app):
    """What is mounted, or speaks WebSocket, would not be walked."""
    assert [route for route in app.routes if not isinstance(route, Route)] == []
    assert {"/v1/links/{act}/{token}", "/v1/alerts", CALLBACK} <= {r.path for r in app.routes}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_no_route_changes_anything_by_a_method_that_is_safe(app, broker, method):
    """RFC 9110, 9.2.1. Scanners of mail, browsers that load ahead, and crawlers ask so."""
    walked = [
        (path, {"params": deed, "headers": {"x-http-method-override": "POST"}})
        for route in routes(app, method)
        if route.path not in {*PRESCRIBED, *NEVER_ENDING}
        for path in paths(route)
        for deed in DEEDS
    ]
    answers = asyncio.run(ask(app, method, walked))
    assert broker.n_sent == 0
    assert not [answer.url for answer in answers if answer.status_code >= 500]


def test_the_walk_would_see_a_change(app, broker):
    """The exceptions are the ones that are named, and a POST of the same paths does change."""
    callback = next(r for r in routes(app, "GET") if r.path == CALLBACK)
    asyncio.run(ask(app, "GET", [(path, {"params": DEEDS[-1]}) for path in paths(callback)]))
    assert broker.n_sent == 1
    link = next(r for r in routes(app, "POST") if r.path == "/v1/links/{act}/{token}")
    posts = [(path, {"data": deed}) for path in paths(link) for deed in DEEDS[1:3]]
    asyncio.run(ask(app, "POST", posts))
    assert broker.n_sent > 1
