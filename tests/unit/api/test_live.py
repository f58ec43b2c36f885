"""The live stream over the broker in memory: one reader,
any number of listeners, and what the slow ones are told.
"""

import asyncio
import json
import threading
from contextlib import asynccontextmanager

import pytest
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker, MemoryReader
from services.api.live import MOST_LISTENERS, Live, Missed, Window
from services.errors import FatalError
from services.messages import Alert, encode
from services.ports import Outgoing
from services.runtime.shutdown import SignalStop

SECONDS = 20


class CountingBroker(MemoryBroker):
    """Counts the readers that were opened and closed; each may be made to fail."""

    def __init__(self):
        super().__init__()
        self.opened, self.closed, self.failing = 0, 0, False

    def reader(self):
        self.opened += 1
        outer = self

        class Reader(MemoryReader):
            def poll(self, timeout_seconds):
                if outer.failing:
                    outer.failing = False
                    raise FatalError("the client is done for")
                return super().poll(timeout_seconds)

            def close(self):
                outer.closed += 1

        return Reader(self)


@pytest.fixture
def broker():
    return CountingBroker()


def alert(alert_id, version=1):
    value = encode(
        Alert(alert_id=alert_id, watch_id="w", watch_version=1, watch_name="W", version=version)
    )
    return Outgoing("alerts", alert_id, value, partition_key="w")


def send(broker, *messages):
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.close()


@asynccontextmanager
async def living(broker, **kw):
    """A Live that is stopped at the end, and must have closed its reader by then."""
    stop = SignalStop()
    live = Live(broker, stop, **kw)
    try:
        yield live
    finally:
        stop.set()
        assert await asyncio.to_thread(live.wait_closed, 10)
        assert broker.closed == broker.opened


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, SECONDS))


async def next_of(events, n=1):
    """Return the next n events of a stream as (name, id or data); comments are passed over."""
    found: list[tuple[str, object]] = []
    while len(found) < n:
        event = await anext(events)
        if not event.comment:
            found.append((event.event, event.id or json.loads(event.data)))
    return found


async def begun(live):
    """Return a stream that misses nothing from now on."""
    events = live.events()
    assert (await anext(events)).comment == "from now on"
    return events


def test_it_starts_now_and_names_every_revision(broker):
    async def scenario():
        send(broker, alert("old"))
        async with living(broker) as live:
            events = await begun(live)
            send(broker, alert("a", 1), alert("a", 2))
            assert await next_of(events, 2) == [("alert", "a:1"), ("alert", "a:2")]

    run(scenario())


def test_tombstones_and_junk_do_not_end_it(broker):
    async def scenario():
        async with living(broker) as live:
            events = await begun(live)
            send(
                broker, Outgoing("alerts", "a", None), Outgoing("alerts", "b", b"\xff"), alert("c")
            )
            assert await next_of(events) == [("alert", "c:1")]

    run(scenario())


def test_it_outlasts_the_absence_of_kafka_also_at_its_start(broker):
    async def scenario():
        broker.is_down = True
        async with living(broker) as live:
            events = live.events()
            first = asyncio.ensure_future(anext(events))
            await asyncio.wait([first], timeout=0.3)
            assert not first.done()
            broker.is_down = False
            assert (await first).comment == "from now on"
            broker.is_down = True
            second = asyncio.ensure_future(next_of(events))
            await asyncio.wait([second], timeout=0.3)
            broker.is_down = False
            send(broker, alert("a"))
            assert await second == [("alert", "a:1")]

    run(scenario())


def test_a_thousand_listeners_share_one_reader_and_one_thread(broker):
    async def scenario():
        async with living(broker) as live:
            first = await begun(live)
            before = {*threading.enumerate()}
            others = await asyncio.gather(*(begun(live) for _ in range(1000)))
            send(broker, alert("a"))
            assert (
                await asyncio.gather(*(next_of(e) for e in (first, *others)))
                == [[("alert", "a:1")]] * 1001
            )
            assert broker.opened == 1
            # Threads of earlier tests may end meanwhile; none may begin.
            assert {*threading.enumerate()} <= before

    run(scenario())


def test_a_slow_listener_is_told_how_many_it_lost_and_goes_on_with_the_oldest_left(broker):
    async def scenario():
        async with living(broker, window=Window(most_events=3)) as live:
            slow, quick = await begun(live), await begun(live)
            for n in range(5):
                send(broker, alert(f"a{n}"))
                assert await next_of(quick) == [("alert", f"a{n}:1")]
            found = await next_of(slow, 4)
            assert found[0] == (
                "lost",
                {"count": 2, "reason": "this listener is too slow", "fetch": "/v1/alerts"},
            )
            assert [id for _, id in found[1:]] == ["a2:1", "a3:1", "a4:1"]

    run(scenario())


def test_a_client_that_is_done_for_is_replaced_and_the_gap_is_told(broker):
    async def scenario():
        async with living(broker) as live:
            events = await begun(live)
            broker.failing = True
            ((name, told),) = await next_of(events)
            assert (name, told["count"]) == ("lost", None)
            send(broker, alert("a"))
            assert await next_of(events) == [("alert", "a:1")]
            assert broker.opened == 2

    run(scenario())


def test_streams_end_and_the_reader_is_closed_when_the_process_stops(broker):
    async def scenario():
        stop = SignalStop()
        live = Live(broker, stop)
        events = await begun(live)
        stop.set()
        assert [event async for event in events] == []
        assert await asyncio.to_thread(live.wait_closed, 10)
        assert (broker.opened, broker.closed) == (1, 1)

    run(scenario())


def test_without_listeners_kafka_is_not_read_and_there_is_nothing_to_wait_for(broker):
    stop = SignalStop()
    assert Live(broker, stop).wait_closed(0)
    assert broker.opened == 0


@pytest.mark.parametrize("most", [1, MOST_LISTENERS])
def test_seats_are_counted(broker, most):
    live = Live(broker, SignalStop(), most_listeners=most)
    assert all(live.enter() for _ in range(most))
    assert not live.enter()
    live.leave()
    assert live.enter()
    assert live.n_listeners == most


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [([4, 4, 2], 3), ([4, 4, 3], 2), ([4, 4, 11], 1), ([1, 1, 1, 1], 4), ([1] * 5, 4)],
)
def test_a_window_is_bounded_in_events_and_bytes_but_keeps_the_newest(sizes, kept):
    window = Window(most_events=4, most_bytes=10)
    for n, size in enumerate(sizes):
        window.add(stand_in(n), size)
    assert window.end == len(sizes)
    oldest = len(sizes) - kept
    found = window.take(0)
    assert found == ((0, 1) if oldest == 0 else (Missed(oldest), oldest))
    assert window.take(oldest) == (oldest, oldest + 1)
