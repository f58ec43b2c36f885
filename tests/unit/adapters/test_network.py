"""Connections kept between requests, and names remembered, within bounds."""

import asyncio
import socket
import time

from services.adapters import network, resolve
from services.adapters.network import Connection, Idle, Origin
from services.adapters.resolve import Resolver


def origin(n):
    return Origin("http", f"h{n}.example", 80)


def in_loop(work):
    async def main():
        return work()

    return asyncio.run(main())


def test_an_origin_keeps_its_newest_connection():
    def work():
        idle, one, two = Idle(), Connection("a"), Connection("b")
        idle.give(origin(1), one)
        idle.give(origin(1), two)
        assert idle.take(origin(2)) is None
        assert idle.take(origin(1)) is two
        assert idle.take(origin(1)) is None
        assert not one.is_ready

    in_loop(work)


def test_beyond_the_bound_the_oldest_are_closed():
    def work():
        idle = Idle()
        first = Connection("a")
        idle.give(origin(0), first)
        for n in range(1, network.MAX_IDLE):
            idle.give(origin(n), Connection("a"))
        assert (len(idle), first.is_ready) == (network.MAX_IDLE, True)
        idle.give(origin(-1), Connection("a"))
        assert (len(idle), first.is_ready) == (network.MAX_IDLE, False)

    in_loop(work)


def test_a_connection_unused_for_too_long_is_closed(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def work():
        idle, old, older = Idle(), Connection("a"), Connection("a")
        idle.give(origin(2), older)
        idle.give(origin(1), old)
        now[0] = network.IDLE_SECONDS - 1
        assert idle.take(origin(1)) is old
        now[0] = network.IDLE_SECONDS
        assert idle.take(origin(2)) is None
        assert not older.is_ready

    in_loop(work)


def test_a_connection_of_another_event_loop_is_not_used():
    idle = Idle()
    in_loop(lambda: idle.give(origin(1), Connection("a")))
    assert in_loop(lambda: idle.take(origin(1))) is None


def looked_up(monkeypatch, *steps):
    """Return the names that a resolver looks up in these steps of (seconds, names)."""
    asked, now, resolver = [], [0.0], Resolver()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def look_up(host, *_args, **_kw):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    async def main():
        for seconds, names in steps:
            now[0] = seconds
            for name in names:
                await resolver.look_up(name)

    asyncio.run(main())
    return asked


def test_a_name_is_remembered_for_its_time(monkeypatch):
    last = resolve.NAME_SECONDS
    assert looked_up(monkeypatch, (0.0, ["a"]), (last - 1, ["a"]), (last, ["a"])) == ["a", "a"]


def test_the_number_of_names_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(resolve, "MAX_NAMES", 3)
    assert looked_up(monkeypatch, (0.0, ["a", "b", "c", "a"])) == ["a", "b", "c"]
    assert looked_up(monkeypatch, (0.0, ["a", "b", "c", "d", "a"])) == ["a", "b", "c", "d", "a"]


def test_an_address_is_not_looked_up(monkeypatch):
    assert looked_up(monkeypatch, (0.0, ["192.0.2.1", "2001:db8::1"])) == []
