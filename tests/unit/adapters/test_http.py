"""The guarded HTTP client, against a server on this machine."""

import asyncio
import gzip

import pytest

from services.adapters import http
from services.adapters.http import HttpxFetcher, HttpxPoster
from services.addresses import LOOPBACK, Allowed
from services.errors import InvalidMessage, TransientError
from services.scenario.server import FeedServer


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


def get(url, allowed=LOOPBACK, **headers):
    return asyncio.run(HttpxFetcher("tests", allowed=allowed).get(url, headers))


def refusal(*args, **kw):
    with pytest.raises(InvalidMessage) as caught:
        get(*args, **kw)
    return caught.value.reason


def test_an_answer_has_lower_case_headers_and_validators_give_304(server):
    server.pages["/f"] = ("text/xml", b"<a/>")
    answer = get(server.url + "/f")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"<a/>", "text/xml")
    assert get(server.url + "/f", **{"If-None-Match": answer.headers["etag"]}).status == 304
    assert server.requests[0].headers["user-agent"] == "tests"


def test_a_private_address_is_refused_before_anything_is_sent(server):
    server.pages["/f"] = ("text/xml", b"<a/>")
    assert refusal(server.url + "/f", allowed=Allowed()) == "refused-address"
    assert refusal(server.url.replace("127.0.0.1", "localhost") + "/f", allowed=Allowed()) == "refused-address"
    assert server.requests == []


def test_redirects_are_followed_five_times(server):
    for n in range(6):
        server.statuses[f"/{n}"] = (302, {"Location": f"/{n + 1}"})
    server.pages["/6"] = ("text/xml", b"<a/>")
    assert get(server.url + "/1").url == server.url + "/6"
    assert refusal(server.url + "/0") == "too-many-redirects"


def test_a_redirect_elsewhere_than_the_web_is_refused(server):
    server.statuses["/r"] = (302, {"Location": "file:///etc/passwd"})
    assert refusal(server.url + "/r") == "bad-url"


def test_the_cap_counts_decoded_bytes(server):
    bomb = gzip.compress(b"\0" * (http.MAX_BODY_BYTES + 1))
    server.pages["/bomb"] = ("text/xml", bomb)
    server.statuses["/bomb"] = (200, {"Content-Encoding": "gzip"})
    assert len(bomb) < 100_000
    assert refusal(server.url + "/bomb") == "too-large"


def test_nobody_listening_is_transient(server):
    url = server.url
    server.__exit__(None, None, None)
    with pytest.raises(TransientError):
        get(url)


def test_posts_go_under_the_same_guard(server):
    assert HttpxPoster("tests", allowed=LOOPBACK).post(server.url + "/hook", {"x": "y"}, b"body").status == 200
    assert (server.requests[0].method, server.requests[0].body) == ("POST", b"body")
    with pytest.raises(InvalidMessage):
        HttpxPoster("tests", allowed=Allowed()).post(server.url + "/hook", {}, b"body")
    assert len(server.requests) == 1
