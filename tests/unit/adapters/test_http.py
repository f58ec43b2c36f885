"""The guarded HTTP client, against servers on this machine: ordinary ones and hostile ones."""

import asyncio
import gzip
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from hostile import RawServer, answer, drip, flood, hang, reset, send
from hypothesis import HealthCheck, given
from hypothesis import settings as property_settings
from hypothesis import strategies as st

from services.adapters import http, network, resolve
from services.adapters.coding import MAX_BODY_BYTES
from services.adapters.http import HttpFetcher, HttpPoster
from services.addresses import LOOPBACK, Allowed
from services.errors import ConfigError, InvalidMessage, TransientError
from services.scenario.server import FeedServer

NONE = Allowed()


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


def get(url, allowed=LOOPBACK, **headers):
    return asyncio.run(HttpFetcher("tests", allowed).get(url, headers))


def post(url, allowed=LOOPBACK, **headers):
    return asyncio.run(HttpPoster("tests", allowed).post(url, headers, b"body"))


def refusal(*args, **kw):
    with pytest.raises(InvalidMessage) as caught:
        get(*args, **kw)
    return caught.value.reason


def test_an_answer_has_lower_case_headers_and_validators_give_304(server):
    server.pages["/f"] = ("text/xml", b"<a/>")
    answer = get(server.url + "/f")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (
        200,
        b"<a/>",
        "text/xml",
    )
    assert get(server.url + "/f", **{"If-None-Match": answer.headers["etag"]}).status == 304
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


@pytest.mark.parametrize(
    ("location", "reason"),
    [("file:///etc/passwd", "bad-url"), ("http://a:b:c/", "bad-url"), ("http://\x1b/", "bad-url"),
     ("http://h:22/", "refused-address"), ("http://h:99999/", "refused-address"),
     ("http://169.254.169.254/", "refused-address"), ("http://10.0.0.1/", "refused-address")],
)  # fmt: skip
def test_a_redirect_to_where_no_feed_is_is_refused(server, location, reason):
    server.statuses["/r"] = (302, {"Location": location})
    assert refusal(server.url + "/r") == reason


def test_a_name_and_password_go_to_their_own_host_alone():
    with RawServer({"/other": send(answer(b"x"))}) as other:
        moved = answer(b"", f"Location: {other.url}/other", status="302 Found")
        with RawServer({"/f": send(moved)}) as first:
            assert get(first.url.replace("http://", "http://user:word@") + "/f").body == b"x"
            assert b"authorization: Basic dXNlcjp3b3Jk" in first.heads[0]
        assert b"authorization" not in other.heads[0].lower()


def test_nobody_listening_is_transient(server):
    url = server.url
    server.__exit__(None, None, None)
    with pytest.raises(TransientError, match="can't connect"):
        get(url)


def test_posts_send_their_body_and_do_not_follow_redirects(server):
    assert post(server.url + "/hook", x="y").status == 200
    assert (server.requests[0].method, server.requests[0].body) == ("POST", b"body")
    server.statuses["/moved"] = (302, {"Location": "/hook"})
    assert post(server.url + "/moved").status == 302
    assert len(server.requests) == 2


def test_a_receiver_that_never_ends_its_answer_has_taken_the_message():
    with RawServer({"/hook": flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536)}) as server:
        assert post(server.url + "/hook").status == 200


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
        {"/f": send(answer(b"", "Content-Encoding: gzip", "Content-Encoding: gzip"))}
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
    posted = HttpPoster("t", LOOPBACK).post(url + "/f", {}, b"")
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


# Nothing is kept between requests.


def test_cookies_are_never_sent_back():
    jar = [f"Set-Cookie: c{n}={'x' * 100}; Domain=127.0.0.1; Path=/" for n in range(80)]

    async def main(url):
        fetcher, poster = HttpFetcher("tests", LOOPBACK), HttpPoster("tests", LOOPBACK)
        for _ in range(100):
            await fetcher.get(url + "/f", {})
            await poster.post(url + "/f", {}, b"")

    with RawServer({"/f": send(answer(b"x", *jar))}) as server:
        asyncio.run(main(server.url))
        assert server.asked["/f"] == 200
        assert not any(b"cookie" in head.lower() for head in server.heads)
        assert max(map(len, server.heads)) - min(map(len, server.heads)) < 50


# Whatever comes, it is one of the two verdicts, in time.


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
    "a chunk of a huge length": send(CHUNKED + b"" + b"f" * 400),
    "an unknown transfer coding": send(HEAD + b"Transfer-Encoding: gzip\r\n\r\nx"),
    "a header without a colon": send(HEAD + b"x\r\n\r\n"),
    "a NUL in a header": send(HEAD + b"x: a\0b\r\n\r\n"), "a reset": reset,
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
    "blank members without end": flood(HEAD + b"Content-Encoding: gzip\r\n\r\n",
    gzip.compress(b"") * 100),
    "no gzip": send(HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"x" * 100),
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
    assert len(asked) == 11, "one look-up a host"


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
    assert refusal(server.url + "/f", **{"If-None-Match": value}) in ("bad-header", "bad-request")
    with pytest.raises(InvalidMessage):
        post(server.url + "/f", **{"If-None-Match": value})


def test_an_etag_beyond_ascii_goes_back_as_it_came():
    with RawServer({"/f": send(answer(b"x", 'ETag: "é"'))}) as server:
        get(server.url + "/f", **{"If-None-Match": get(server.url + "/f").headers["etag"]})
        assert b'if-none-match: "\xe9"' in server.heads[1]


def test_a_user_agent_that_can_not_be_sent_is_told_at_the_start():
    with pytest.raises(ConfigError, match="REPORTEDLY_USER_AGENT"):
        HttpFetcher("Новости", LOOPBACK)


def test_chunks_are_counted():
    def body(n_chunks):
        return CHUNKED + b"" + b"1\r\na\r\n" * n_chunks + b"0\r\n\r\n"

    scripts = {"/in": send(body(http.MAX_CHUNKS)), "/out": send(body(http.MAX_CHUNKS + 1))}
    with RawServer(scripts) as server:
        assert len(get(server.url + "/in").body) == http.MAX_CHUNKS
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
    for ask in (lambda: FETCHER.get(url, headers), lambda: POSTER.post(url, headers, b"")):
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
                POSTER.post(server.url + "/f", {}, b""),
            ):
                ended = verdict_of(lambda: asyncio.run(ask))  # noqa: B023 - run within the turn
                assert ended in (TransientError, InvalidMessage) or isinstance(ended.body, bytes)

        check()
