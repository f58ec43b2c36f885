"""The guarded HTTP client, against a server on this machine."""

import asyncio
import gzip

import pytest

from services.adapters import http
from services.adapters.http import HttpxFetcher, HttpxPoster, is_public
from services.errors import InvalidMessage, TransientError
from services.scenario.server import FeedServer


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


def get(url, allow_private=True, **headers):
    return asyncio.run(HttpxFetcher("tests", allow_private=allow_private).get(url, headers))


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
    assert refusal(server.url + "/f", allow_private=False) == "refused-address"
    assert refusal(server.url.replace("127.0.0.1", "localhost") + "/f", allow_private=False) == "refused-address"
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
    assert HttpxPoster("tests", allow_private=True).post(server.url + "/hook", {"x": "y"}, b"body").status == 200
    assert (server.requests[0].method, server.requests[0].body) == ("POST", b"body")
    with pytest.raises(InvalidMessage):
        HttpxPoster("tests", allow_private=False).post(server.url + "/hook", {}, b"body")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_outside_are(address):
    assert is_public(address)
