"""The guarded HTTP client, against servers on this machine: ordinary ones and hostile ones."""

import asyncio
import gzip
import os
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest
from fetching import NONE, call, get, post, refusal
from hostile import RawServer, answer, flood, send, stay

from services.adapters import http
from services.adapters.coding import MAX_BODY_BYTES
from services.adapters.http import HttpFetcher, HttpPoster, _checked
from services.adapters.target import read_target
from services.addresses import LOOPBACK, Allowed
from services.errors import InvalidMessage, TransientError
from services.ports import Hop


def test_an_answer_has_lower_case_headers_and_validators_give_304(server):
    server.pages["/f"] = ("text/xml", b"<a/>")
    answer = get(server.url + "/f")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (
        200,
        b"<a/>",
        "text/xml",
    )
    assert get(server.url + "/f", headers={"If-None-Match": answer.headers["etag"]}).status == 304
    sent = server.requests[0].headers
    assert (sent["user-agent"], sent["accept-encoding"]) == ("tests", "gzip")


def test_a_private_address_is_refused_before_anything_is_sent(server):
    server.pages["/f"] = ("text/xml", b"<a/>")
    assert refusal(server.url + "/f", NONE) == "refused-address"
    assert refusal(server.url.replace("127.0.0.1", "localhost") + "/f", NONE) == "refused-address"
    assert refusal(server.url + "/f", Allowed.parse("10.0.0.0/8")) == "refused-address"
    with pytest.raises(InvalidMessage):
        post(server.url + "/hook", NONE)
    assert server.requests == []


def test_the_address_that_was_checked_is_the_one_that_is_dialled(server, monkeypatch):
    """A second look-up, which could answer otherwise, does not take place."""
    server.pages["/f"] = ("text/xml", b"<a/>")
    asked = []

    def look_up(host, *_args, **_kw):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert get(server.url.replace("127.0.0.1", "name.example") + "/f").status == 200
    assert asked == ["name.example"]
    assert server.requests[0].headers["host"].startswith("name.example:")


def test_redirects_are_followed_five_times(server):
    for n in range(6):
        server.statuses[f"/{n}"] = (302, {"Location": f"/{n + 1}"})
    server.pages["/6"] = ("text/xml", b"<a/>")
    assert get(server.url + "/1").url == server.url + "/6"
    assert refusal(server.url + "/0") == "too-many-redirects"


def test_each_redirect_is_asked_for_in_its_turn_and_waiting_takes_no_time(server, monkeypatch):
    monkeypatch.setattr(http, "FETCH_SECONDS", 0.5)
    server.statuses |= {f"/{a}": (302, {"Location": f"/{b}"}) for a, b in ("ab", "bc")}
    server.pages["/c"] = ("text/xml", b"<a/>")
    told = []

    @asynccontextmanager
    async def turn(url):
        told.append((url, len(server.requests)))
        waited = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, waited.set)
        await waited.wait()
        yield
        told.append((url, len(server.requests)))

    answer = asyncio.run(HttpFetcher("tests", LOOPBACK).get(server.url + "/a", {}, turn))
    assert answer.status == 200
    names = [server.url + f"/{name}" for name in "abc"]
    assert told == [(url, n + k) for n, url in enumerate(names) for k in (0, 1)]


@pytest.mark.parametrize(
    ("location", "reason"),
    [("file:///etc/passwd", "bad-url"), ("http://a:b:c/", "bad-url"),
     ("http://h:22/", "refused-address"), ("http://h:99999/", "refused-address"),
     ("http://169.254.169.254/", "refused-address"), ("http://10.0.0.1/", "refused-address")],
)  # fmt: skip
def test_a_redirect_to_where_no_feed_is_is_refused(server, location, reason):
    server.statuses["/r"] = (302, {"Location": location})
    assert refusal(server.url + "/r") == reason


def test_a_login_in_an_address_or_a_redirect_is_sent_to_nobody():
    with RawServer({"/f": send(answer(b"x"))}) as other:
        with_login = other.url.replace("http://", "http://user:word@") + "/f"
        moved = answer(b"", f"Location: {with_login}", status="302 Found")
        with RawServer({"/f": send(moved)}) as first:
            assert refusal(first.url + "/f") == refusal(with_login) == "bad-url"
        assert not other.heads


def test_headers_of_a_feed_go_to_their_own_origin_alone():
    with RawServer({"/other": send(answer(b"x"))}) as other:
        far = answer(b"", f"Location: {other.url}/other", status="302 Found")
        near = answer(b"", "Location: /f", status="302 Found")
        with RawServer({"/near": send(near), "/f": send(far)}) as first:
            given = {"X-Api-Key": "Xq7-vault", "User-Agent": "us", "If-None-Match": '"1"'}
            assert get(first.url + "/near", headers=given).body == b"x"
            assert [b"Xq7-vault" in head for head in first.heads] == [True, True]
        assert b"Xq7-vault" not in other.heads[0]
        assert b"user-agent: us" in other.heads[0]


def test_nobody_listening_is_transient(server):
    url = server.url
    server.__exit__(None, None, None)
    with pytest.raises(TransientError, match="can't connect"):
        get(url)


def test_posts_send_their_body_and_do_not_follow_redirects(server):
    assert post(server.url + "/hook", headers={"x": "y"}).status == 200
    assert (server.requests[0].method, server.requests[0].body) == ("POST", b"body")
    server.statuses["/moved"] = (302, {"Location": "/hook"})
    assert post(server.url + "/moved").status == 302
    assert len(server.requests) == 2


def test_a_receiver_that_never_ends_its_answer_has_taken_the_message():
    with RawServer({"/hook": flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536)}) as server:
        assert post(server.url + "/hook").status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
def test_a_call_sends_its_method_and_brings_the_body_of_the_answer(method):
    with RawServer({"/hook": send(answer(b'{"ok":true}'))}) as server:
        got = call(method, server.url + "/hook", 11)
        assert (got.status, got.body) == (200, b'{"ok":true}')
        assert server.heads[0].startswith(f"{method} /hook HTTP/1.1".encode())


def test_an_answer_over_the_bound_of_the_call_is_refused():
    script = {"/hook": send(answer(b'{"ok":true}'))}
    with RawServer(script) as server, pytest.raises(InvalidMessage, match="too-large"):
        call("POST", server.url + "/hook", 10)


def test_a_call_that_reads_the_answer_ends_with_one_that_never_ends():
    script = {"/hook": flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536)}
    with RawServer(script) as server, pytest.raises(InvalidMessage, match="too-large"):
        call("POST", server.url + "/hook", 1_000)


def test_a_call_is_never_sent_twice():
    """A connection that a call left open would be closed by its server in the next call."""
    counted: list[int] = []
    with RawServer({"/hook": stay(answer(b"x"), counted)}) as server:

        async def twice(poster):
            for _ in range(2):
                await poster.call("POST", server.url + "/hook", {}, b"", 10)

        asyncio.run(twice(HttpPoster("tests", LOOPBACK)))
        assert counted == [1, 1]


# What an answer may be coded as.


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "br", "deflate", "zstd", "gzip, identity", "GZIP,gzip", "aes128gcm"]
)
def test_a_coding_that_was_not_asked_for_is_refused(coding):
    bomb = gzip.compress(gzip.compress(b"\0" * 1_000_000))
    with RawServer({"/f": send(answer(bomb, f"Content-Encoding: {coding}"))}) as server:
        assert refusal(server.url + "/f") == "bad-coding"


def test_two_coding_headers_are_a_chain():
    with RawServer(
        {"/f": send(answer(b"x", "Content-Encoding: gzip", "Content-Encoding: gzip"))}
    ) as server:
        assert refusal(server.url + "/f") == "bad-coding"


def test_gzip_is_decoded():
    text = os.urandom(100_000)
    with RawServer({"/f": send(answer(gzip.compress(text), "Content-Encoding: GZip"))}) as server:
        assert get(server.url + "/f").body == text


def test_the_cap_counts_decoded_bytes():
    bomb = gzip.compress(b"\0" * (MAX_BODY_BYTES + 1))
    with RawServer({"/f": send(answer(bomb, "Content-Encoding: gzip"))}) as server:
        assert refusal(server.url + "/f") == "too-large"


@pytest.mark.parametrize("missing", [1, 8, 9, 40])
def test_a_gzip_that_ends_early_is_no_answer(missing):
    whole = gzip.compress(b"<rss>" + os.urandom(1_000))
    cut = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + whole[:-missing]
    with (
        RawServer({"/f": send(cut)}) as server,
        pytest.raises(TransientError, match="the body ended early"),
    ):
        get(server.url + "/f")


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    ],
)
def test_a_body_shorter_than_it_says_is_no_answer(data):
    with RawServer({"/f": send(data)}) as server, pytest.raises(TransientError):
        get(server.url + "/f")


BOMB = """
import asyncio, resource, sys, time
from services.adapters.http import HttpFetcher, HttpPoster
from services.addresses import LOOPBACK
from services.errors import InvalidMessage

async def main(url):
    got = HttpFetcher("t", LOOPBACK).get(url + "/f", {})
    posted = HttpPoster("t", LOOPBACK).call("POST", url + "/f", {})
    for ask in (got, posted):
        before, began = most_memory(), time.process_time()
        try:
            said = (await ask).status
        except InvalidMessage as error:
            said = error.reason
        print(said, most_memory() - before, time.process_time() - began)

def most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip"])
def test_a_few_thousand_bytes_never_take_more_than_64_mib(coding):
    """A quarter of a GiB of zeros, once as it is and once,
    sixteen times in a row, in a second gzip.
    """
    inner = gzip.compress(b"\0" * 2**28)
    bomb = gzip.compress(inner * 16) if "," in coding else inner
    with RawServer({"/f": send(answer(bomb, f"Content-Encoding: {coding}"))}) as server:
        told = subprocess.run(
            [sys.executable, "-c", BOMB, server.url], capture_output=True, text=True, check=True
        ).stdout
    fetched, posted = (line.split() for line in told.splitlines())
    assert fetched[0] in ("bad-coding", "too-large")
    assert posted[0] == "200"
    assert max(int(fetched[1]), int(posted[1])) < 64 * 1024, told
    assert max(float(fetched[2]), float(posted[2])) < 2.0, told


def test_the_event_loop_goes_on_while_a_large_body_is_decoded():
    page = gzip.compress((b"<item>%08d</item>" * 1_000 % tuple(range(1_000))) * 400)
    tiny = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1\r\na\r\n" * 50_000
        + b"0\r\n\r\n"
    )
    longest = 0.0

    async def watch(until):
        nonlocal longest
        while not until.done():
            began = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - began)

    async def main(url):
        fetcher = HttpFetcher("tests", LOOPBACK)
        for path in ("/page", "/tiny"):
            task = asyncio.ensure_future(fetcher.get(url + path, {}))
            await watch(task)
            assert len(task.result().body) >= 50_000

    with RawServer(
        {"/page": send(answer(page, "Content-Encoding: gzip")), "/tiny": send(tiny)}
    ) as server:
        asyncio.run(main(server.url))
    # CPU time, so that a busy machine changes nothing.
    assert longest < 0.1


# What is kept between requests.


def named(monkeypatch):
    """Let every name be this machine. Return the names that are looked up."""
    asked = []

    def look_up(host, *_args, **_kw):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def get_each(*urls, headers=None):
    """Return the bodies that one fetcher gets, one after the other."""

    async def main():
        fetcher = HttpFetcher("tests", LOOPBACK)
        got = [(await fetcher.get(url, headers or {})).body for url in urls]
        fetcher.close()
        return got

    return asyncio.run(main())


def test_a_connection_serves_its_origin_again_and_no_other(monkeypatch):
    named(monkeypatch)
    counted: list[int] = []
    with RawServer({"/f": stay(answer(b"x"), counted)}) as server:
        one, other = (
            server.url.replace("127.0.0.1", name) + "/f" for name in ("a.example", "b.example")
        )
        assert get_each(one, one, other, one) == [b"x"] * 4
    assert counted == [3, 1]


@pytest.mark.parametrize(
    "data",
    [
        answer(b"x", "Connection: close"),
        answer(b"x").replace(b"1.1", b"1.0"),
        answer(b"x") + b"more",
        answer(b"x", "no header"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    ],
)
def test_a_connection_that_says_so_or_says_anything_odd_serves_once(data):
    counted: list[int] = []
    with RawServer({"/f": stay(data, counted)}) as server:
        assert get_each(*[server.url + "/f"] * 2) == [b"x"] * 2
    assert counted == [1, 1]


def test_a_connection_that_its_server_has_closed_costs_no_answer():
    with RawServer({"/f": send(answer(b"x"))}) as server:
        assert get_each(*[server.url + "/f"] * 3) == [b"x"] * 3


def test_a_name_is_looked_up_once_and_again_when_nobody_answers(monkeypatch):
    asked = named(monkeypatch)
    with RawServer({"/f": send(answer(b"x"))}) as server:
        url = server.url.replace("127.0.0.1", "a.example") + "/f"
        get_each(url, url)
    assert asked == ["a.example"]
    asked.clear()

    async def main():
        fetcher = HttpFetcher("tests", LOOPBACK)
        for _ in range(2):
            with pytest.raises(TransientError, match="can't connect"):
                await fetcher.get("http://a.example:9998/", {})

    asyncio.run(main())
    assert asked == ["a.example"] * 2


def with_cookie(connection, _stopping):
    """Answer with a redirect to the same address that sets a cookie, until the cookie comes."""
    # The first request was read by the server, so only a second one can bring the cookie.
    connection.sendall(
        answer(b"", "Location: /f", "Set-Cookie: seen=1; Path=/", status="302 Found")
    )
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65_536)
    connection.sendall(answer(b"x" if b"cookie: seen=1\r\n" in head else b"no cookie"))


def test_a_cookie_is_kept_along_the_redirects_of_one_fetch_and_dropped_after():
    with RawServer({"/f": with_cookie}) as server:
        url = server.url.replace("127.0.0.1", "localhost") + "/f"
        assert get_each(url, url) == [b"x", b"x"]
        assert server.asked["/f"] == 2
        assert not any(b"cookie" in head.lower() for head in server.heads)


def test_cookies_are_never_sent_back_by_a_later_request():
    jar = [f"Set-Cookie: c{n}={'x' * 100}; Domain=127.0.0.1; Path=/" for n in range(80)]

    async def main(url):
        fetcher, poster = HttpFetcher("tests", LOOPBACK), HttpPoster("tests", LOOPBACK)
        for _ in range(100):
            await fetcher.get(url + "/f", {})
            await poster.call("POST", url + "/f", {})

    with RawServer({"/f": send(answer(b"x", "Connection: close", *jar))}) as server:
        asyncio.run(main(server.url))
        assert server.asked["/f"] == 200
        assert not any(b"cookie" in head.lower() for head in server.heads)
        assert max(map(len, server.heads)) - min(map(len, server.heads)) < 50


# Secrets stay with their origin.


def test_only_a_feed_without_secrets_is_followed_from_https_to_http():
    secure, plain = read_target("https://a.example/"), read_target("http://a.example/")
    assert _checked(secure, plain, has_secrets=False) is plain
    with pytest.raises(InvalidMessage, match="credentials never go"):
        _checked(secure, plain, has_secrets=True)
    assert _checked(plain, secure, has_secrets=True) is secure


def test_an_answer_names_the_redirects_that_led_to_it(server):
    server.statuses["/1"] = (301, {"Location": "/2"})
    server.statuses["/2"] = (302, {"Location": "/3"})
    server.pages["/3"] = ("text/xml", b"<a/>")
    hops = get(server.url + "/1").hops
    assert hops == (Hop(301, server.url + "/1"), Hop(302, server.url + "/2"))


# Files packed with gzip.


def test_a_gzip_file_is_unpacked_under_the_same_cap():
    packed, bomb = gzip.compress(b"<rss/>"), gzip.compress(b"\0" * (MAX_BODY_BYTES + 1))
    cut, twice = packed[:-4], gzip.compress(packed)
    scripts = {
        "/f": send(answer(packed, "Content-Type: application/x-gzip")),
        "/twice": send(answer(twice, "Content-Encoding: gzip")),
        "/bomb": send(answer(bomb)),
        "/cut": send(answer(cut)),
    }
    with RawServer(scripts) as server:
        assert get_each(server.url + "/f", server.url + "/twice") == [b"<rss/>"] * 2
        assert refusal(server.url + "/bomb") == "too-large"
        with pytest.raises(TransientError, match="incomplete"):
            get(server.url + "/cut")
