"""Hosts: busy, held, and slow ones."""

import pytest

from services.poller.hosts import (
    MAX_HELD,
    MAX_HOST_CHARS,
    SLOW_SECONDS,
    Hosts,
    _host,
    host_of,
    is_same_origin,
)
from services.poller.waits import Waits


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Herald.Example/feed", "herald.example"),
        ("http://user:word@herald.example:81/feed", "herald.example:81"),
        ("http://[broken/", "http://[broken/"),
        ("", ""),
    ],
)
def test_a_host_is_what_limits_are_counted_for(url, host):
    assert host_of(url) == host


def test_of_a_long_address_only_the_beginning_is_kept():
    before = _host.cache_info().currsize
    for n in range(3):
        assert host_of("https://herald.example/".ljust(MAX_HOST_CHARS, "x") + str(n)) == (
            "herald.example"
        )
    assert _host.cache_info().currsize <= before + 1


def test_secrets_are_for_the_same_scheme_and_host():
    assert is_same_origin("https://a.example/1", "https://A.example/2")
    assert not is_same_origin("http://a.example/", "https://a.example/")
    assert not is_same_origin("https://a.example:444/", "https://a.example/")


def test_a_host_is_held_until_the_latest_time_that_it_named():
    hosts = Hosts()
    hosts.hold("a", 100.0)
    hosts.hold("a", 50.0)
    assert hosts.free_at("a", 99.0) == 100.0
    assert hosts.free_at("a", 100.0) <= 100.0
    assert hosts.free_at("b", 0.0) <= 0.0


def test_an_answer_holds_its_host_or_its_address_alone():
    hosts = Hosts()
    hosts.learn("http://a.example/1", Waits(host=60.0), 100.0)
    hosts.learn("http://b.example/1", Waits(feed=60.0), 100.0)
    asked = [f"http://{host}.example/{n}" for host in "ab" for n in "12"]
    assert [hosts.may_ask(url, 159.0) for url in asked] == [False, False, False, True]
    assert all(hosts.may_ask(url, 160.0) for url in asked)


@pytest.mark.parametrize(("n_more", "is_kept"), [(1, True), (2, False)])
def test_the_one_that_is_held_longest_is_forgotten_once_too_many_are(n_more, is_kept):
    hosts = Hosts()
    hosts.hold("first", 1000.0)
    for n in range(MAX_HELD - 2 + n_more):
        hosts.hold(f"h{n}", 1000.0)
    assert (hosts.free_at("first", 0.0) > 0.0) == is_kept


def test_what_is_over_and_hosts_that_nobody_asks_are_forgotten():
    hosts = Hosts()
    for host in "ab":
        hosts.begin(host, 0.0)
        hosts.end(host, SLOW_SECONDS + 0.1)
        hosts.hold(host, 100.0 if host == "a" else 200.0)
    hosts.forget(150.0, {"b"})
    assert (hosts._until, hosts._slow) == ({"b": 200.0}, {"b"})


def test_a_host_is_slow_while_its_last_request_was():
    hosts = Hosts()
    hosts.begin("a", 0.0)
    assert (hosts.is_busy("a"), hosts.n_slow(SLOW_SECONDS)) == (True, 0)
    assert hosts.n_slow(SLOW_SECONDS + 0.1) == 1
    hosts.end("a", SLOW_SECONDS + 0.1)
    assert (hosts.is_busy("a"), hosts.is_slow("a")) == (False, True)
    hosts.begin("a", 10.0)
    hosts.end("a", 10.0 + SLOW_SECONDS)
    assert not hosts.is_slow("a")
