"""The daily message in the service: once, by the first channel that takes it, by its owner."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from builders import START, hours
from loops import everything
from msgspec.structs import replace
from notifying import MovingClock
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker
from services.errors import TransientError
from services.messages import (
    Contact,
    Daily,
    FeedTiming,
    FeedTimings,
    OptOut,
    Subscriber,
    decode,
    encode,
)
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.policies.daily import Watched
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.dailies import MOST_AT_ONCE, Dailies
from services.notifier.service.watching import feed_timings, watched
from services.notifier.targets.target import Done, Later
from services.ports import Outgoing
from services.text.links import opt_out_key, recipient_of

ANN = Subscriber(
    id="ann",
    name="Ann",
    targets=(Contact(to="webhook:https://a.example/"), Contact(to="log:")),
    daily="06:30",
    saved_at=START,
)
SEEN = Watched(feeds=1, alive=1, polled_at=hours(0.5), articles=3, read_at=START, alerts=0)


@dataclass
class Target:
    """Takes messages, or not, and remembers them."""

    can_edit = can_thread = tells_each = takes_digests = False
    outcome: object = field(default_factory=Done)
    taken: list = field(default_factory=list)

    async def post(self, address, content):
        self.taken.append(content)
        return self.outcome


class Ledger:
    def __init__(self):
        self.written = []

    def write(self, messages):
        self.written += messages
        done: Future[None] = Future()
        done.set_result(None)
        return done


@pytest.fixture
def clock():
    return MovingClock(hours(0.5))


@pytest.fixture
def around():
    made = Surroundings(lambda _to: None)
    made.subscribers["ann"] = ANN
    return made


def dailies(around, targets, clock, *, owns=True, look=lambda *_: SEEN, feeds=list):
    ledger = Ledger()
    made = Dailies(
        around,
        Couriers(targets, LinkMaker()),
        LinkMaker("https://news.example", "a secret of sixteen"),
        stand_in(ledger),
        clock,
        owns=lambda _id: owns,
        feeds=feeds,
        look=look,
    )
    return made, ledger


def send(made, times=1):
    for _ in range(times):
        asyncio.run(made.send_due())


def test_it_goes_once_and_is_written_down_before_the_next_look(around, clock):
    hook, log = Target(), Target()
    made, ledger = dailies(around, {"webhook": hook, "log": log}, clock)
    send(made, times=3)
    (message,) = hook.taken
    assert message.subject == "Watching: 1 feed alive, 3 articles read, 0 alerts"
    assert message.links.unsubscribe.startswith("https://news.example/v1/links/unsubscribe/")
    assert log.taken == []
    (row,) = ledger.written
    assert (row.topic, row.key) == ("dailies", "ann")
    assert decode(Daily, row.value).at == hours(0.5)
    clock.at = hours(24.5)
    send(made)
    assert len(hook.taken) == 2


def test_what_another_process_has_sent_is_not_sent_again(around, clock):
    around.dailies["ann"] = hours(0.5)
    hook = Target()
    send(dailies(around, {"webhook": hook}, clock)[0])
    around.dailies.clear()
    send(dailies(around, {"webhook": hook}, clock, owns=False)[0])
    assert hook.taken == []


def test_the_next_channel_gets_it_if_the_first_does_not_take_it(around, clock):
    hook, log = Target(Later("away")), Target()
    made, ledger = dailies(around, {"webhook": hook, "log": log}, clock)
    send(made)
    assert (len(log.taken), len(ledger.written)) == (1, 1)


def test_it_is_tried_again_later_if_nobody_takes_it(around, clock):
    hook = Target(Later("away"))
    made, ledger = dailies(around, {"webhook": hook, "log": hook}, clock)
    send(made, times=3)
    assert (len(hook.taken), ledger.written) == (2, [])


@pytest.mark.parametrize("error", [TransientError("Kafka is away"), KeyError("aggregations")])
def test_what_cannot_be_counted_waits_and_ends_nothing(around, clock, error):
    def blind(*_):
        raise error

    hook = Target()
    for part in ("look", "feeds"):
        made, ledger = dailies(around, {"webhook": hook}, clock, **{part: blind})
        send(made, times=2)
        assert (hook.taken, ledger.written) == ([], [])


class Slow(Target):
    """Answers once `n` messages are on their way to it at the same time; notes the most."""

    def __init__(self, n):
        super().__init__()
        self.n, self.now, self.most = n, 0, 0
        self.all_there = asyncio.Event()

    async def post(self, address, content):
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == self.n:
            self.all_there.set()
        await asyncio.wait_for(self.all_there.wait(), 20)
        self.now -= 1
        return await super().post(address, content)


def test_what_is_due_together_goes_side_by_side_and_the_timings_are_read_once(around, clock):
    n = 2 * MOST_AT_ONCE
    around.subscribers = {f"s{i}": replace(ANN, id=f"s{i}") for i in range(n)}
    hook, reads = Slow(MOST_AT_ONCE), iter([[FeedTiming(feed_id="f")]])
    made, ledger = dailies(around, {"webhook": hook}, clock, feeds=lambda: next(reads))
    send(made)
    assert (len(hook.taken), hook.most) == (n, MOST_AT_ONCE)
    assert {row.key for row in ledger.written} == set(around.subscribers)


def test_while_one_hangs_a_later_one_goes_and_the_first_is_begun_once(around, clock):
    around.subscribers = {"ann": ANN}
    hung, well = Slow(2), Target()
    made, ledger = dailies(around, {"webhook": hung, "log": well}, clock)

    async def play():
        first = asyncio.ensure_future(made.send_due())
        async with asyncio.timeout(20):
            while not hung.now:
                await asyncio.sleep(0.002)
            ben = replace(ANN, id="ben", targets=(Contact(to="log:"),))
            around.subscribers["ben"] = ben
            second = asyncio.ensure_future(made.send_due())
            while not ledger.written:
                await asyncio.sleep(0.002)
        hung.all_there.set()
        await asyncio.gather(first, second)

    asyncio.run(play())
    assert (len(hung.taken), len(well.taken)) == (1, 1)
    assert [row.key for row in ledger.written] == ["ben", "ann"]


def test_a_subscriber_that_breaks_what_is_due_holds_up_nobody_else(around, clock):
    around.subscribers = {"bad": replace(ANN, id="bad", zone="Mars/Base"), "ann": ANN}
    hook = Target()
    made, ledger = dailies(around, {"webhook": hook}, clock)
    send(made)
    assert (len(hook.taken), [row.key for row in ledger.written]) == (1, ["ann"])


def test_who_unsubscribed_from_it_gets_it_by_another_channel(around, clock):
    to = ANN.targets[0].to
    key = opt_out_key("", recipient_of(to))
    around.orders.take_opt_out(key, OptOut(watch_id="", recipient=recipient_of(to), at=START))
    hook, log = Target(), Target()
    send(dailies(around, {"webhook": hook, "log": log}, clock)[0])
    assert (len(hook.taken), len(log.taken)) == (0, 1)


class Search:
    def __init__(self, is_down=False):
        self.is_down = is_down

    def search(self, index, body):
        if self.is_down:
            raise TransientError("connection refused")
        assert body["size"] == 0
        found = {
            "articles": {
                "day": {"doc_count": 41},
                "last": {"value_as_string": "2031-05-02T05:59:00.000Z"},
            },
            "deliveries": {"alerts": {"value": 1}},
        }
        return {"aggregations": found[index]}


def test_before_the_first_document_nothing_is_counted():
    """Elasticsearch answers a search of no index without what was asked to be counted."""
    search = stand_in(type("Search", (), {"search": lambda *_: {"hits": {"hits": []}}})())
    seen = watched(
        stand_in(type("World", (), {"broker": MemoryBroker(), "search": search})), ANN, START, []
    )
    assert (seen.feeds, seen.articles, seen.read_at, seen.alerts) == (0, 0, None, 0)


@pytest.mark.parametrize("is_down", [False, True])
def test_feeds_are_counted_by_their_timings_and_the_rest_by_the_search(is_down):
    broker = MemoryBroker()
    producer = broker.producer()
    feeds = (
        FeedTiming(feed_id="a", polled_at=START),
        FeedTiming(feed_id="b", polled_at=hours(-25)),
        FeedTiming(feed_id="c"),
    )
    row = FeedTimings(partition="0", at=START, feeds=feeds)
    producer.send(Outgoing("feed-timings", "0", encode(row)))
    producer.close()
    world = stand_in(type("World", (), {"broker": broker, "search": Search(is_down)}))
    seen = watched(world, ANN, START, feed_timings(world))
    assert (seen.feeds, seen.alive, seen.polled_at) == (3, 1, START)
    if is_down:
        assert (seen.articles, seen.alerts) == (None, None)
        assert seen.unknown.startswith("The search does not answer")
    else:
        assert (seen.articles, seen.alerts, seen.unknown) == (41, 1, "")
        assert seen.read_at is not None
    assert everything(broker, "dailies") == []
