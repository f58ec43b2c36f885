"""Whatever comes, it is one of the two verdicts, in time."""

import asyncio
import gzip
import os
import socket
import threading
import time
from typing import Any

import pytest
from fetching import get, post, refusal
from hostile import RawServer, answer, drip, flood, hang, reset, send
from hypothesis import HealthCheck, given
from hypothesis import settings as property_settings
from hypothesis import strategies as st

from services.adapters import http, network, resolve, wire
from services.adapters.http import HttpFetcher, HttpPoster
from services.addresses import LOOPBACK
from services.errors import ConfigError, InvalidMessage, TransientError

HEAD = b"HTTP/1.1 200 OK\r\n"


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


GZIPPED = HEAD + b"Content-Encoding: gzip\r\n\r\n"


HOSTILE = {
    "nothing": send(b""), "HTTP/0.9": send(b"<rss></rss>"), "no HTTP": send(os.urandom(4_096)),
    "no status": send(b"HTTP/1.1\r\n\r\n"), "a status over 999": send(b"HTTP/1.1 99999 OK\r\n\r\n"),
    "a negative length": send(HEAD + b"Content-Length: -1\r\n\r\nx"),
    "two lengths": send(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a huge length": send(HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\nx"),
    "a chunk of a negative length": send(CHUNKED + b"-5\r\nx"),
    "a chunk of a huge length": send(CHUNKED + b"f" * 400),
    "an unknown transfer coding": send(HEAD + b"Transfer-Encoding: gzip\r\n\r\nx"),
    "a reset": reset,
    "endless headers": flood(HEAD, b"x-a: " + b"a" * 1_000 + b"\r\n"),
    "one endless header": flood(HEAD + b"x: ", b"a" * 65_536),
    "100 Continue without end": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "early hints without end": flood(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 100),
    "a body without end": flood(HEAD + b"\r\n", b"x" * 65_536),
    "chunk extensions without end": flood(CHUNKED + b"1;",
    b"a" * 65_536),
    "chunks of a byte without end": flood(CHUNKED,
    b"1\r\na\r\n" * 1_000),
    "trailers without end": flood(CHUNKED + b"0\r\n",
    b"x: y\r\n" * 1_000),
    "blank members without end": flood(GZIPPED, gzip.compress(b"") * 100),
    "no gzip": send(GZIPPED + b"x" * 100),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_a_failure_with_a_reason_and_soon(name):
    with RawServer({"/f": HOSTILE[name]}) as server:
        began = time.process_time()
        with pytest.raises((TransientError, InvalidMessage)) as caught:
            get(server.url + "/f")
    assert len(str(caught.value)) > 20
    assert "within" not in str(caught.value), "it ended by its deadline alone"
    assert time.process_time() - began < 8.0


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "599 X"])
def test_an_answer_without_a_body_is_an_answer(status):
    with RawServer(
        {"/f": send(f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\n\r\n".encode())}
    ) as server:
        assert get(server.url + "/f").status == int(status[:3])


DRIPS = {
    "a plain hang": hang,
    "a header a while": drip(HEAD, b"x: y\r\n", 0.2),
    "100 Continue a while": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.2),
    "a byte a while": drip(HEAD + b"Content-Length: 1000000\r\n\r\n", b"x", 0.2),
}


@pytest.mark.parametrize("name", DRIPS)
def test_a_request_ends_at_its_deadline_whatever_drips(name, monkeypatch):
    monkeypatch.setattr(http, "FETCH_SECONDS", 1.0)
    monkeypatch.setattr(http, "POST_SECONDS", 1.0)
    with RawServer({"/f": DRIPS[name]}) as server:
        with pytest.raises(TransientError, match="no whole answer within 1 s"):
            get(server.url + "/f")
        if name != "a byte a while":
            with pytest.raises(TransientError, match="no whole answer within 1 s"):
                post(server.url + "/f")


def test_a_look_up_that_hangs_holds_up_its_own_host_alone(server, monkeypatch):
    let_go, asked = threading.Event(), []
    real = socket.getaddrinfo

    def look_up(host, *args, **kw):
        asked.append(host)
        return real(host, *args, **kw) if host == "127.0.0.1" else let_go.wait() and []

    async def main(url):
        fetcher = HttpFetcher("tests", LOOPBACK)
        stuck = [
            asyncio.ensure_future(fetcher.get(f"http://stuck{n % 10}.example/", {}))
            for n in range(100)
        ]
        await asyncio.sleep(0)
        assert (await fetcher.get(url + "/f", {})).status == 404
        return await asyncio.gather(*stuck, return_exceptions=True)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(http, "FETCH_SECONDS", 1.0)
    try:
        failed = asyncio.run(main(server.url))
    finally:
        let_go.set()
    assert {type(error) for error in failed} == {TransientError}
    assert len(asked) == 10, "one look-up a name, none for an address"


def test_the_number_of_look_ups_at_once_is_bounded(monkeypatch):
    let_go = threading.Event()

    async def main(n_names):
        resolver = resolve.Resolver()
        asked = [asyncio.ensure_future(resolver.look_up(f"h{n}.example")) for n in range(n_names)]
        await asyncio.sleep(0)
        refused = sum(1 for task in asked if task.done())
        let_go.set()
        await asyncio.gather(*asked, return_exceptions=True)
        return refused

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kw: let_go.wait() and [])
    assert asyncio.run(main(resolve.MAX_LOOKUPS)) == 0
    let_go.clear()
    assert asyncio.run(main(resolve.MAX_LOOKUPS + 1)) == 1


@pytest.mark.parametrize("value", ["März €", "a\nb", "a\rb", "a\0b", "\ud800"])
def test_a_header_that_can_not_be_sent_is_refused(server, value):
    assert refusal(server.url + "/f", headers={"If-None-Match": value}) in (
        "bad-header",
        "bad-request",
    )
    with pytest.raises(InvalidMessage):
        post(server.url + "/f", headers={"If-None-Match": value})


def test_an_etag_beyond_ascii_goes_back_as_it_came():
    with RawServer({"/f": send(answer(b"x", 'ETag: "é"'))}) as server:
        get(server.url + "/f", headers={"If-None-Match": get(server.url + "/f").headers["etag"]})
        assert b'if-none-match: "\xe9"' in server.heads[1]


def test_a_user_agent_that_can_not_be_sent_is_told_at_the_start():
    with pytest.raises(ConfigError, match="REPORTEDLY_USER_AGENT"):
        HttpFetcher("Новости", LOOPBACK)


def test_chunks_are_counted():
    def body(n_chunks):
        return CHUNKED + b"1\r\na\r\n" * n_chunks + b"0\r\n\r\n"

    scripts = {"/in": send(body(wire.MAX_CHUNKS)), "/out": send(body(wire.MAX_CHUNKS + 1))}
    with RawServer(scripts) as server:
        assert len(get(server.url + "/in").body) == wire.MAX_CHUNKS
        assert refusal(server.url + "/out") == "too-large"


def test_the_bytes_before_the_headers_end_are_counted():
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    whole = answer(b"x")
    n_inside = (network.MAX_HEAD_BYTES - len(whole)) // len(interim)
    scripts = {
        "/in": send(interim * n_inside + whole),
        "/out": send(interim * (n_inside + 2) + whole),
    }
    with RawServer(scripts) as server:
        assert get(server.url + "/in").body == b"x"
        assert refusal(server.url + "/out") == "too-large"


ANY_TEXT = st.text(max_size=40)


FUZZ: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}


def verdict_of(asked):
    """Return the kind of verdict that an exchange ends in,
    or its answer; anything else is raised.
    """
    try:
        return asked()
    except (TransientError, InvalidMessage) as error:
        return type(error)


@property_settings(max_examples=150, **FUZZ)
@given(
    url=st.one_of(ANY_TEXT, ANY_TEXT.map("http://{}/".format), ANY_TEXT.map("http://127.0.0.1:1/{}".format),
                  st.integers(-5, 10**6).map("http://127.0.0.1:{}/".format)),
    headers=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3),
)  # fmt: skip
def test_any_url_and_any_headers_end_in_a_verdict(url, headers, monkeypatch):
    def refuse(*_args, **_kw):
        raise socket.gaierror("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for ask in (
        lambda: FETCHER.get(url, headers),
        lambda: POSTER.call("POST", url, headers, b"", 1_000),
    ):
        assert verdict_of(lambda: asyncio.run(ask())) in (TransientError, InvalidMessage)  # noqa: B023 - run within the turn


FETCHER, POSTER = HttpFetcher("tests", LOOPBACK), HttpPoster("tests", LOOPBACK)


PIECES = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\n", b"HTTP/1.0 200\r\n",
     b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n", b"\n", b": ", b"0\r\n\r\n", b"Location: ",
     b"http://h:99999/", b"Content-Length: 5\r\n", b"Content-Length: -5\r\n",
     b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n", b"Transfer-Encoding: chunked\r\n",
     b"5\r\nabcde\r\n", b"Set-Cookie: a=b\r\n", b"\x1f\x8b\x08", b"\xff\xfe"]
)  # fmt: skip


def test_any_answer_ends_in_an_answer_or_a_verdict():
    current = [b""]

    with RawServer({"/f": lambda connection, _stopping: connection.sendall(current[0])}) as server:

        @property_settings(max_examples=200, **FUZZ)
        @given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=12).map(b"".join))
        def check(data):
            current[0] = data
            for ask in (
                FETCHER.get(server.url + "/f", {}),
                POSTER.call("POST", server.url + "/f", {}, b"", 1_000),
            ):
                ended = verdict_of(lambda: asyncio.run(ask))  # noqa: B023 - run within the turn
                assert ended in (TransientError, InvalidMessage) or isinstance(ended.body, bytes)

        check()
