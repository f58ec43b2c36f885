"""The bench of polls: what it takes from the server's log."""

import pytest

from bench.poll import PORT, early, silent
from bench.poll_feeds import MIX, addresses
from bench.poll_server import LIMITED_EVERY, Site


def test_a_request_before_the_named_time_is_counted():
    refused = [10.0, "127.1.0.1", "/limited/0", 429, 90]
    inside, outside = [99.9, *refused[1:3], 200, 0], [100.0, *refused[1:3], 200, 0]
    elsewhere = [50.0, "127.1.0.2", "/limited/5", 200, 0]
    assert early([refused, elsewhere, outside]) == 0
    assert early([refused, inside]) == 1


def test_a_healthy_feed_that_is_not_asked_any_more_is_counted():
    rows = []
    for _, url in addresses(100, PORT):
        host, _, path = url.removeprefix("http://").partition(":")
        rows.append([0.0, host, "/" + path.partition("/")[2], 200, 0])
    assert silent([*rows, [120.0, "x", "/", 200, 0]], 100, 60.0) == 0
    healthy = sum(temper in ("same", "slow", "changing") for temper, _ in addresses(100, PORT))
    assert silent([*rows, [121.0, "x", "/", 200, 0]], 100, 60.0) == healthy


def test_the_mix_has_its_shares_and_only_limited_feeds_share_a_host():
    rows = list(addresses(10_000, PORT))
    assert len({url for _, url in rows}) == 10_000
    for temper, share, on_one in MIX:
        own = [url.split("/")[2] for kind, url in rows if kind == temper]
        assert len(own) == pytest.approx(10_000 * share)
        assert len(set(own)) == len(own) / on_one


def test_the_server_answers_by_the_temper_of_the_path():
    site = Site()
    first, _ = site.answer("h", "/same/1", b"GET /same/1 HTTP/1.1")
    assert first is not None
    assert first.startswith(b"HTTP/1.1 200")
    assert first.endswith(b"</rss>")
    again, _ = site.answer("h", "/same/1", b'GET / HTTP/1.1\r\nIf-None-Match: "same"')
    assert again is not None
    assert again.startswith(b"HTTP/1.1 304")
    assert site.answer("h", "/hung/1", b"")[0] is None
    limited = [site.answer("l", "/limited/1", b"")[0] for _ in range(LIMITED_EVERY)]
    assert (limited[-1] or b"").startswith(b"HTTP/1.1 429")
    assert len(site.rows) == 3 + LIMITED_EVERY
