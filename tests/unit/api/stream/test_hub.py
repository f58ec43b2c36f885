"""The hub over the broker in memory: one reader, any number of listeners,
and what the slow ones and those who come back are told.
"""

import asyncio
import json
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from services.adapters.memory import MemoryBroker, MemoryReader
from services.api.stream.hub import ANEW, AWAY, MOST_HIDDEN, NO_PLACE, SLOW, Asked, Hub
from services.api.stream.window import Window
from services.errors import FatalError
from services.messages import Alert, Claim, encode
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
    """A broker whose readers must all be closed at the end."""
    broker = CountingBroker()
    yield broker
    assert broker.closed == broker.opened


def alert(alert_id, version=1, watch_id="w"):
    value = encode(
        Alert(
            alert_id=alert_id, watch_id=watch_id, watch_version=1, watch_name="W", version=version
        )
    )
    return Outgoing("alerts", alert_id, value, partition_key=watch_id)


def claim(claim_id):
    value = encode(
        Claim(
            claim_id=claim_id, block="b", event="killed", status="reported", version=1,
            n_reports=1, n_independent=1,
        )
    )  # fmt: skip
    return Outgoing("claims", claim_id, value)


def send(broker, *messages):
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.close()


@asynccontextmanager
async def living(broker, **kw):
    """A hub that is stopped at the end."""
    stop = SignalStop()
    hub = Hub(broker, stop, **kw)
    try:
        yield hub
    finally:
        stop.set()
        assert await asyncio.to_thread(hub.wait_closed, 10)


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, SECONDS))


class Ear:
    """A listener that reads whole events, as a browser does."""

    def __init__(self, stream):
        self._stream, self._waiting = stream, []
        self.last_id = ""

    async def next(self):
        """Return the next event as (name, data), or ("", comment)."""
        while not self._waiting:
            piece = (await anext(self._stream)).decode()
            assert piece.endswith("\n\n")
            self._waiting = piece[:-2].split("\n\n")
        fields = dict(line.split(": ", 1) for line in self._waiting.pop(0).splitlines())
        self.last_id = fields.get("id", self.last_id)
        if "data" in fields:
            return fields["event"], json.loads(fields["data"])
        return "", fields[""]

    async def told(self, n=1):
        """Return the next n events as (name, id), and what was lost as it is; no comments."""
        found: list[tuple[str, object]] = []
        while len(found) < n:
            name, data = await self.next()
            if name:
                found.append((name, data["id"] if name != "lost" else data))
        return found


async def begun(hub, comment="from now on", **asked):
    """Return a listener that misses nothing from now on."""
    ear = Ear(hub.listen(Asked(**asked)))
    assert await ear.next() == ("", comment)
    return ear


def test_it_starts_now_and_names_every_revision_and_every_claim(broker):
    async def scenario():
        send(broker, alert("old"), claim("old"))
        async with living(broker) as hub:
            ear = await begun(hub)
            send(broker, alert("a", 1), alert("a", 2))
            assert await ear.told(2) == [("alert", "a"), ("alert", "a")]
            send(broker, claim("c"))
            assert await ear.told() == [("claim", "c")]

    run(scenario())


def test_who_comes_back_goes_on_behind_its_last_event_in_another_process(broker):
    async def scenario():
        async with living(broker) as one, living(broker) as two:
            ear = await begun(one)
            place = ear.last_id
            for n in range(6):
                send(broker, alert(f"a{n}", watch_id=f"w{n}"), claim(f"c{n}"))
            all_of_it = await ear.told(12)
            back = await begun(two, "from your place on", last_id=place)
            heard = []
            for _ in range(12):
                heard += await back.told()
                back = await begun(one, "from your place on", last_id=back.last_id)
            assert sorted(heard) == sorted(all_of_it)
            send(broker, claim("new"))
            assert await back.told() == [("claim", "new")]

    run(scenario())


def test_a_process_that_has_just_begun_knows_what_came_before_it(broker):
    async def scenario():
        async with living(broker) as one:
            ear = await begun(one)
            send(broker, *(alert(f"a{n}") for n in range(5)))
            await ear.told(2)
        async with living(broker) as two:
            back = await begun(two, "from your place on", last_id=ear.last_id)
            assert [id for _, id in await back.told(3)] == ["a2", "a3", "a4"]

    run(scenario())


def test_who_was_away_for_too_long_is_told_how_much_it_lost_and_since_when(broker):
    async def scenario():
        async with living(broker) as one:
            ear = await begun(one)
            send(broker, *(alert(f"a{n}") for n in range(9)))
            await ear.told(2)
        async with living(broker, back=3) as two:
            back = Ear(two.listen(Asked(last_id=ear.last_id)))
            ((name, lost),) = await back.told()
            assert (name, lost["count"], lost["is_exact"]) == ("lost", 4, False)
            assert lost["since"].endswith("Z")
            assert lost["reason"] == AWAY
            assert "/v1/alerts" in lost["fetch"]
            assert [id for _, id in await back.told(3)] == ["a6", "a7", "a8"]
            again = await begun(two, "from your place on", last_id=back.last_id)
            send(broker, alert("new"))
            assert await again.told() == [("alert", "new")]

    run(scenario())


@pytest.mark.parametrize("id", ["a1:3", "00000000.AAAA", "x" * 9000])
def test_an_id_that_names_no_place_is_told_and_the_stream_starts_now(broker, id):
    async def scenario():
        async with living(broker) as hub:
            send(broker, alert("old"))
            ear = Ear(hub.listen(Asked(last_id=id)))
            ((_, lost),) = await ear.told()
            assert (lost["count"], lost["reason"]) == (None, NO_PLACE)
            send(broker, alert("a"))
            assert await ear.told() == [("alert", "a")]

    run(scenario())


def test_a_page_that_was_made_a_moment_ago_misses_nothing_since(broker):
    async def scenario():
        async with living(broker) as hub:
            await begun(hub)
            before = datetime.now(UTC)
            send(broker, alert("a"))
            await (await begun(hub, "from then on", since=before)).told()
            ear = await begun(hub, "from then on", since=before + timedelta(minutes=1))
            send(broker, alert("b"))
            assert await ear.told() == [("alert", "b")]

    run(scenario())


def test_who_may_not_see_an_alert_hears_nothing_of_it_and_keeps_its_place(broker):
    async def scenario():
        async with living(broker, window=Window(most_events=2 * MOST_HIDDEN)) as hub:
            ear = await begun(hub, sees=lambda update: update.watch_id != "secret")
            first = ear.last_id
            send(broker, *(alert(f"s{n}", watch_id="secret") for n in range(MOST_HIDDEN)))
            assert await ear.next() == ("", "still here")
            assert ear.last_id != first
            send(broker, alert("a"))
            assert await ear.told() == [("alert", "a")]

    run(scenario())


def test_a_stream_ends_once_its_listener_may_not_stay(broker):
    async def scenario():
        async with living(broker) as hub:
            stays = [True]
            stream = hub.listen(Asked(may_stay=lambda: stays[0]))
            await anext(stream)
            stays[0] = False
            send(broker, alert("a"))
            assert [piece async for piece in stream] == []

    run(scenario())


def test_a_quiet_stream_sends_a_heartbeat(broker):
    async def scenario():
        async with living(broker, beat_seconds=0.01) as hub:
            ear = await begun(hub)
            assert await ear.next() == ("", "still here")

    run(scenario())


def test_it_outlasts_the_absence_of_kafka_also_at_its_start(broker):
    async def scenario():
        broker.is_down = True
        async with living(broker) as hub:
            ear = Ear(hub.listen(Asked()))
            first = asyncio.ensure_future(ear.next())
            await asyncio.wait([first], timeout=0.3)
            assert not first.done()
            broker.is_down = False
            assert await first == ("", "from now on")
            broker.is_down = True
            second = asyncio.ensure_future(ear.told())
            await asyncio.wait([second], timeout=0.3)
            broker.is_down = False
            send(broker, alert("a"))
            assert await second == [("alert", "a")]

    run(scenario())


def test_a_thousand_listeners_share_one_reader_and_one_thread(broker):
    async def scenario():
        async with living(broker) as hub:
            first = await begun(hub)
            before = {*threading.enumerate()}
            others = await asyncio.gather(*(begun(hub) for _ in range(1000)))
            send(broker, alert("a"))
            ears = (first, *others)
            heard = await asyncio.gather(*(ear.told() for ear in ears))
            assert heard == [[("alert", "a")]] * 1001
            assert broker.opened == 1
            # Threads of earlier tests may end meanwhile; none may begin.
            assert {*threading.enumerate()} <= before

    run(scenario())


def test_a_slow_listener_is_told_how_many_it_lost_and_goes_on_with_the_oldest_left(broker):
    async def scenario():
        async with living(broker, window=Window(most_events=3)) as hub:
            slow, quick = await begun(hub), await begun(hub)
            for n in range(5):
                send(broker, alert(f"a{n}"))
                assert await quick.told() == [("alert", f"a{n}")]
            ((name, lost),) = await slow.told()
            assert (name, lost["count"], lost["is_exact"]) == ("lost", 2, True)
            assert lost["reason"] == SLOW
            assert [id for _, id in await slow.told(3)] == ["a2", "a3", "a4"]

    run(scenario())


def test_a_client_that_is_done_for_is_replaced_and_nothing_is_missed(broker):
    async def scenario():
        async with living(broker) as hub:
            ear = await begun(hub)
            broker.failing = True
            send(broker, alert("a"))
            assert await ear.told() == [("alert", "a")]
            send(broker, claim("c"))
            assert await ear.told() == [("claim", "c")]
            assert broker.opened == 2

    run(scenario())


def test_topics_made_anew_are_told_and_read_from_then_on(broker):
    async def scenario():
        async with living(broker) as hub:
            ear = await begun(hub)
            send(broker, alert("a"))
            await ear.told()
            broker._identity = "another"
            broker.failing = True
            ((_, lost),) = await ear.told()
            assert (lost["count"], lost["reason"]) == (None, ANEW)
            assert lost["since"]
            assert await ear.told() == [("alert", "a")]

    run(scenario())


def test_streams_end_and_the_reader_is_closed_when_the_process_stops(broker):
    async def scenario():
        stop = SignalStop()
        hub = Hub(broker, stop)
        stream = hub.listen(Asked())
        await anext(stream)
        stop.set()
        assert [piece async for piece in stream] == []
        assert await asyncio.to_thread(hub.wait_closed, 10)
        assert (broker.opened, broker.closed) == (1, 1)

    run(scenario())


def test_without_listeners_kafka_is_not_read_and_there_is_nothing_to_wait_for(broker):
    assert Hub(broker, SignalStop()).wait_closed(0)
    assert broker.opened == 0
