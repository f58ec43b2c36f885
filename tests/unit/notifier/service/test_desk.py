"""The desk: what it takes is written before it counts as taken."""

import asyncio
from concurrent.futures import Future

import pytest
from notifying import MovingClock, alert
from stand_ins import stand_in
from structlog.testing import capture_logs

from services.errors import TransientError, Unwritable
from services.messages import (
    Contact,
    DeliveryRow,
    Destination,
    OptOut,
    Subscriber,
    decode,
    encode,
)
from services.notifier.deliveries.breaker import FAILURES
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.desk import Desk
from services.notifier.targets.target import Done, Later, Refused
from services.ports import Record
from services.rows import MemoryRows
from services.text.links import opt_out_key, recipient_of


class SlowLedger:
    """Writes nothing before it is told to."""

    def __init__(self):
        self.futures = []

    def write(self, messages):
        self.futures.append(Future())
        return self.futures[-1]


def test_alerts_are_not_taken_for_written_before_they_are():
    """A batch that is repeated after an error changes nothing, and waits nevertheless."""

    async def play():
        ledger = SlowLedger()
        around = Surroundings(lambda _to: None)
        desk = Desk(around, stand_in(), stand_in(ledger), MovingClock(), print, write_seconds=0.01)
        await desk.add(0, Shelf(MemoryRows()))
        batch = [(0, "a", alert("log:"))]
        for _ in range(2):
            with pytest.raises(TransientError):
                await desk.take(batch)
        assert len(ledger.futures) == 1
        ledger.futures[0].set_result(None)
        await desk.take(batch)
        assert len(ledger.futures) == 1
        await desk.close()

    asyncio.run(play())


def test_an_alert_whose_rows_can_not_be_written_is_told_also_after_a_wait():
    """Its repetition changes nothing, so it would count as written."""

    async def play():
        ledger = SlowLedger()
        around = Surroundings(lambda _to: None)
        desk = Desk(around, stand_in(), stand_in(ledger), MovingClock(), print, write_seconds=0.01)
        await desk.add(0, Shelf(MemoryRows()))
        batch = [(0, id, alert("log:", alert_id=id)) for id in "ab"]
        with pytest.raises(TransientError):
            await desk.take(batch)
        large = Unwritable("too-large", "9 MiB")
        ledger.futures[0].set_exception(large)
        with pytest.raises(TransientError):
            await desk.take(batch)
        ledger.futures[1].set_result(None)
        assert await desk.take(batch) == {(0, "a"): large}
        assert await desk.take(batch) == {}
        await desk.close()

    asyncio.run(play())


class Target:
    """Answers what it is told, and notes what it was given."""

    can_edit = can_thread = takes_digests = False
    tells_each = True

    def __init__(self, *answers):
        self.answers, self.n_given = [*answers], 0

    async def post(self, address, content):
        self.n_given += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Ledger:
    """Writes at once, into `shelf`, as a topic would give it back."""

    def __init__(self):
        self.rows = {}

    def write(self, messages):
        self.rows |= {m.key: m.value for m in messages if m.topic == "delivery-states"}
        written: Future[None] = Future()
        written.set_result(None)
        return written


async def given(target, n):
    """Return once a target was given so many messages."""
    async with asyncio.timeout(20):
        while target.n_given < n:
            await asyncio.sleep(0.002)


def test_after_a_restart_a_destination_that_failed_is_asked_at_once_whether_it_is_back():
    """Its next try is hours away; the first answer lets all go that waits for it."""

    async def play():
        ledger, dead, well = Ledger(), Target(Later("HTTP 503")), Target(Done())
        first = desk(ledger, dead)
        await first.add(0, Shelf(MemoryRows()))
        await first.take([(0, id, alert("log:", alert_id=id)) for id in "abcd"])
        await given(dead, FAILURES)
        await first.close()
        assert dead.n_given == FAILURES
        second, shelf = desk(ledger, well), Shelf(MemoryRows())
        for key, value in ledger.rows.items():
            shelf.restore(key, value)
        await second.add(0, shelf)
        await given(well, 4)
        await second.close()
        assert well.n_given == 4

    asyncio.run(play())


def test_the_log_tells_once_that_a_destination_fails_and_once_that_it_is_back():
    async def play():
        failing = Target(*[Later("HTTP 503")] * (FAILURES - 1), Done())
        made = desk(Ledger(), failing)
        await made.add(0, Shelf(MemoryRows()))
        await made.take([(0, id, alert("log:", alert_id=id)) for id in "abcdef"])
        await given(failing, FAILURES + 1)
        await made.close()

    with capture_logs() as said:
        asyncio.run(play())
    about = [line for line in said if "destination" in line["event"]]
    assert [(line["log_level"], line["to"], line.get("reason")) for line in about] == [
        ("warning", "log:", "HTTP 503"),
        ("info", "log:", None),
    ]


@pytest.mark.parametrize("is_busy", [True, False])
@pytest.mark.parametrize(("seconds", "n_given"), [(0.0, 2), (3600.0, 0)])
def test_a_pause_that_a_destination_asked_for_outlives_the_process(seconds, n_given, is_busy):
    """It holds for all that goes there, also what comes later; others wait for nothing."""

    async def play():
        asks = Target(Later("asked", wait_seconds=seconds, is_busy=is_busy))
        well, other = Target(Done()), Target(Done())
        ledger = Ledger()
        first = desk(ledger, asks)
        await first.add(0, Shelf(MemoryRows()))
        await first.take([(0, "a", alert("log:"))])
        await given(asks, 1)
        await first.close()
        second, shelf = desk(ledger, well, ntfy=other), Shelf(MemoryRows())
        for key, value in ledger.rows.items():
            shelf.restore(key, value)
        await second.add(0, shelf)
        await second.take([(0, "b", alert("log:", "ntfy:b", alert_id="b"))])
        await given(other, 1)
        if n_given:
            await given(well, n_given)
        await second.close()
        assert well.n_given == n_given

    asyncio.run(play())


def test_who_changes_the_channel_of_a_destination_that_does_not_answer_waits_for_nothing():
    async def play():
        dead, well = Target(Later("HTTP 503", wait_seconds=3600.0)), Target(Done())
        made = desk(Ledger(), dead, ntfy=well)
        await made.add(0, Shelf(MemoryRows()))
        await made.heed([saved("log:")])
        await made.take([(0, id, alert("subscriber:ann", alert_id=id)) for id in "ab"])
        await given(dead, 1)
        await made.heed([saved("ntfy:ann")])
        await given(well, 2)
        await made.close()
        assert (dead.n_given, well.n_given) == (1, 2)

    asyncio.run(play())


def saved(to):
    ann = Subscriber(id="ann", name="Ann", targets=(Contact(to=to),))
    return Record("subscribers", 0, 0, "ann", encode(ann))


def test_who_opts_out_before_he_is_told_of_trouble_is_not_told():
    async def play():
        gone, other = Target(Refused("HTTP 410", is_gone=True)), Target(Done())
        targets, clock = {"log": gone, "ntfy": other}, MovingClock()
        around = Surroundings(lambda to: targets.get(to.partition(":")[0]))
        ledger = stand_in(Ledger())
        made = Desk(around, Couriers(stand_in(targets), LinkMaker()), ledger, clock, print)
        shelf = Shelf(MemoryRows())
        others = ("ntfy:ann", "ntfy:ben")
        trouble = Destination(watch_id="w", to="log:", trouble="off", since=clock.at, others=others)
        shelf.put_trouble(trouble)
        ann = recipient_of("ntfy:ann")
        opt_out = OptOut(watch_id="w", recipient=ann, at=clock.at)
        around.orders.take_opt_out(opt_out_key("w", ann), opt_out)
        await made.add(0, shelf)
        await given(other, 1)
        await made.close()
        (told,) = shelf.troubles.values()
        assert (other.n_given, told.attempts, told.is_told) == (1, 1, True)

    asyncio.run(play())


def desk(ledger, target, **others):
    targets = {"log": target, **others}
    around = Surroundings(lambda to: targets.get(to.partition(":")[0]))
    couriers = Couriers(stand_in(targets), LinkMaker())
    return Desk(around, couriers, stand_in(ledger), MovingClock(), print, chance=lambda: 1.0)


class Faulty:
    """Couriers with a fault of ours: the effects of one alert raise."""

    def __init__(self):
        self.n_done = 0

    async def do(self, effects, now):
        if effects[0].state.alert_id == "bad":
            raise OverflowError("date value out of range")
        self.n_done += 1
        return Done()


def test_a_job_that_breaks_off_gives_up_its_row_and_ends_nothing_else():
    async def play():
        ledger, couriers, ends = Ledger(), Faulty(), list[BaseException]()
        around = Surroundings(lambda _to: Target())
        made = Desk(around, stand_in(couriers), stand_in(ledger), MovingClock(), ends.append)
        await made.add(0, Shelf(MemoryRows()))
        await made.take([(0, id, alert("log:", alert_id=id)) for id in ("bad", "good")])
        async with asyncio.timeout(20):
            while couriers.n_done < 1 or not (row := decoded(ledger, "bad|log:")).reason:
                await asyncio.sleep(0.002)
        await made.close()
        assert (row.outcome, row.reason) == ("given-up", "OverflowError: date value out of range")
        assert ends == []

    asyncio.run(play())


def decoded(ledger, key):
    return decode(DeliveryRow, ledger.rows[key]).delivery


class Slow:
    """Couriers whose effects end when they are let."""

    def __init__(self):
        self.has_begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def do(self, effects, now):
        self.has_begun.set()
        await self.may_end.wait()
        return Done("handle")


@pytest.mark.parametrize(("is_lost", "handle"), [(True, ""), (False, "handle")])
def test_the_effects_of_a_partition_that_is_lost_are_broken_off_unrecorded(is_lost, handle):
    """Its next owner may have written newer rows by then."""

    async def play():
        ledger, couriers = Ledger(), Slow()
        around = Surroundings(lambda _to: Target())
        made = Desk(around, stand_in(couriers), stand_in(ledger), MovingClock(), print)
        await made.add(0, Shelf(MemoryRows()))
        await made.take([(0, "a", alert("log:"))])
        await couriers.has_begun.wait()
        dropping = asyncio.create_task(made.drop([0], is_lost=is_lost))
        if not is_lost:
            couriers.may_end.set()
        await dropping
        couriers.may_end.set()
        await made.close()
        assert decoded(ledger, "a|log:").handle == handle

    asyncio.run(play())
