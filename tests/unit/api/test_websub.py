"""The callbacks of hubs: what is confirmed, what is taken, and what is dropped."""

import asyncio
import gzip

import httpx
import pytest
from builders import START
from desks import open_app
from loops import everything

from services.adapters.memory import MemoryBroker
from services.api.websub import LONGEST_CHALLENGE, MAX_PUSH_BYTES, Callbacks
from services.messages import FeedPush, decode
from services.text.websub import callback_path, push_secret, signature, subscription_key

OURS, TOPIC = "a secret of sixteen", "https://a.example/rss?x=1"
KEY = subscription_key("https://hub.example/", TOPIC)
PATH = callback_path(OURS, "a", KEY)
SIGNING = push_secret(OURS, "a", KEY)


@pytest.fixture
def broker():
    return MemoryBroker()


def ask(broker, path, method="GET", secret=OURS, **kw):
    callbacks = Callbacks(broker, secret, lambda: START, "hub.us.example") if secret else None

    async def answered():
        app = open_app(broker=broker, callbacks=callbacks)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **kw)

    return asyncio.run(answered())


def pushes(broker):
    return [decode(FeedPush, record.value) for record in everything(broker, "feed-pushes")]


def intent(**kw):
    asked = {"mode": "subscribe", "topic": TOPIC, "challenge": "c7", "lease_seconds": "600"} | kw
    return {f"hub.{name}": value for name, value in asked.items()} | {"hub.verify_token": "x"}


def test_a_subscription_of_ours_is_confirmed_with_the_challenge_and_told_to_the_poller(broker):
    answer = ask(broker, PATH, params=intent())
    assert (answer.status_code, answer.text) == (200, "c7")
    assert answer.headers["content-type"].startswith("text/plain")
    (push,) = pushes(broker)
    told = (push.feed_id, push.kind, push.key, push.topic, push.lease_seconds)
    assert told == ("a", "verified", KEY, TOPIC, 600)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (PATH, intent(topic="https://b.example/rss")),
        (PATH, intent(mode="unsubscribe")),
        (PATH, intent(challenge="")),
        (PATH, intent(challenge="x" * (LONGEST_CHALLENGE + 1))),
        (PATH[:-1] + "x", intent()),
        (PATH.replace("/a/", "/b/"), intent()),
        (PATH, {}),
    ],
)
def test_what_we_did_not_ask_for_is_not_found(broker, path, asked):
    assert ask(broker, path, params=asked).status_code == 404
    assert pushes(broker) == []


def test_a_refusal_is_told_to_the_poller(broker):
    assert ask(broker, PATH, params=intent(mode="denied", reason="full")).status_code == 200
    (push,) = pushes(broker)
    assert (push.kind, push.key, push.reason) == ("denied", KEY, "full")


def test_a_signed_document_goes_to_the_feed_s_poller(broker):
    signed = {"X-Hub-Signature": signature(b"<rss/>", SIGNING), "Content-Type": "text/xml"}
    assert ask(broker, PATH, "POST", content=b"<rss/>", headers=signed).status_code == 202
    (push,) = pushes(broker)
    assert gzip.decompress(push.document.body) == b"<rss/>"
    assert (push.kind, push.key, push.document.content_type) == ("content", KEY, "text/xml")


@pytest.mark.parametrize("header", [None, "sha256=00", signature(b"<rss/>", "another secret")])
def test_a_document_without_our_signature_is_accepted_and_dropped(broker, header):
    headers = {"X-Hub-Signature": header} if header else {}
    assert ask(broker, PATH, "POST", content=b"<rss/>", headers=headers).status_code == 202
    assert pushes(broker) == []


@pytest.mark.parametrize(("size", "status"), [(MAX_PUSH_BYTES, 202), (MAX_PUSH_BYTES + 1, 413)])
def test_a_document_is_bounded(broker, size, status):
    body = b"x" * size
    signed = {"X-Hub-Signature": signature(body, SIGNING)}
    assert ask(broker, PATH, "POST", content=body, headers=signed).status_code == status


def test_while_kafka_is_away_the_hub_is_told_to_try_again(broker):
    broker.is_down = True
    signed = {"X-Hub-Signature": signature(b"x", SIGNING)}
    assert ask(broker, PATH, "POST", content=b"x", headers=signed).status_code == 503


def test_by_the_public_name_only_callbacks_are_answered(broker):
    by_it = {"Host": "hub.us.example"}
    assert ask(broker, PATH, params=intent(), headers=by_it).status_code == 200
    for path in ("/v1/articles", "/v1/websub", "/health", "/"):
        assert ask(broker, path, headers=by_it).status_code == 421
    assert ask(broker, PATH, params=intent(), headers={"Host": "us.example"}).status_code == 421


def test_a_proxy_that_names_this_machine_as_the_host_reaches_only_callbacks(broker):
    by_it = {"Host": "127.0.0.1:8080", "X-Forwarded-For": "192.0.2.7"}
    assert ask(broker, PATH, params=intent(), headers=by_it).status_code == 200
    for path in ("/v1/articles", "/v1/websub", "/health", "/"):
        assert ask(broker, path, headers=by_it).status_code == 421


def test_without_a_secret_there_are_no_callbacks(broker):
    assert ask(broker, PATH, params=intent(), secret="").status_code == 404
