"""The at-least-once loop: nothing is committed before it is done,
and nothing that fails for now is lost.
"""

import threading
import time

import pytest
from loops import everything, running, send, world_of
from streams import eventually, patient

from services.adapters.memory import MemoryBroker
from services.errors import FatalError, InvalidMessage, TransientError
from services.messages.limits import MESSAGE_BYTES, TOPIC_BYTES
from services.ports import Outgoing, TopicPartition
from services.runtime.consume import Batch, Handled, each, run_consumer
from services.runtime.health import pulses


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


@pytest.fixture
def world(broker, tmp_path):
    return world_of(broker, tmp_path)


def loop(handle, batch=500, keeper=None):
    return lambda world: run_consumer(
        world,
        service="notifier",
        group="notifier",
        topics=["alerts"],
        handle=handle,
        batch=Batch(batch),
        keeper=keeper,
    )


def keeping(keeper):
    return loop(keeper.handle, keeper=keeper)


def alerts(*values, partition=0):
    return [Outgoing("alerts", "k", value, partition=partition) for value in values]


def committed(broker, partition=0):
    return broker.groups["notifier"].committed.get(TopicPartition("alerts", partition))


def passing(records):
    return Handled(outgoing=[Outgoing("deliveries", r.key, r.value) for r in records])


def state(world):
    """Return the state that the loop's heartbeat tells, "" before the first."""
    found = pulses(world.settings.run_dir)
    return found[0].state if found else ""


def values(broker, topic):
    return [r.value for r in everything(broker, topic)]


def test_what_a_handler_returns_is_sent_and_the_offset_committed(broker, world):
    send(broker, *alerts(b"1", b"2"))
    with running(loop(passing), world):
        eventually(lambda: committed(broker) == 2)
    assert values(broker, "deliveries") == [b"1", b"2"]


def test_an_unreadable_message_goes_to_the_dead_letters_and_the_rest_go_on(broker, world):
    def step(record):
        if record.value == b"bad":
            raise InvalidMessage("not-json", "no braces")
        return [Outgoing("deliveries", record.key, record.value)]

    send(broker, *alerts(b"1", b"bad", b"3"))
    with running(loop(each(step)), world):
        eventually(lambda: committed(broker) == 3)
    assert values(broker, "deliveries") == [b"1", b"3"]
    (letter,) = everything(broker, "alerts-dlq")
    assert (letter.key, letter.value) == ("k", b"bad")
    assert {
        "reason": b"not-json",
        "detail": b"no braces",
        "service": b"notifier",
        "tries": b"1",
    }.items() <= letter.headers.items()
    assert {"topic": b"alerts", "partition": b"0", "offset": b"1"}.items() <= letter.headers.items()


def test_a_message_whose_handling_breaks_off_three_times_becomes_a_dead_letter_and_the_rest_go_on(
    broker, world
):
    tries = []

    def step(record):
        if record.value == b"poison":
            tries.append(record.offset)
            raise OverflowError("int too large")
        return [Outgoing("deliveries", record.key, record.value)]

    send(broker, *alerts(b"1", b"poison", b"3"))
    with running(loop(each(step)), world):
        eventually(lambda: committed(broker) == 3)
    assert len(tries) == 1 + 3  # with its batch, and alone
    assert set(values(broker, "deliveries")) == {b"1", b"3"}
    (letter,) = everything(broker, "alerts-dlq")
    assert letter.value == b"poison"
    assert letter.headers["reason"] == b"failed-three-times"
    assert letter.headers["detail"] == b"OverflowError: int too large"


def test_a_message_whose_handling_breaks_off_twice_is_handled(broker, world):
    tries = []

    def step(record):
        tries.append(record.offset)
        if len(tries) < 3:
            raise MemoryError
        return [Outgoing("deliveries", record.key, record.value)]

    send(broker, *alerts(b"1"))
    with running(loop(each(step)), world):
        eventually(lambda: committed(broker) == 1)
    assert values(broker, "deliveries") == [b"1"]
    assert everything(broker, "alerts-dlq") == []


def test_trouble_of_the_machine_is_waited_out_and_blamed_on_no_message(broker, world):
    tries = []

    def step(record):
        tries.append(record.offset)
        if len(tries) < 6:
            raise OSError(28, "No space left on device")
        return [Outgoing("deliveries", record.key, record.value)]

    send(broker, *alerts(b"1"))
    with running(loop(each(step)), world):
        eventually(lambda: committed(broker) == 1, 30)
    assert values(broker, "deliveries") == [b"1"]
    assert everything(broker, "alerts-dlq") == []


@pytest.mark.parametrize(
    "size", [MESSAGE_BYTES, TOPIC_BYTES + 1], ids=["that is taken", "that Kafka refuses"]
)
def test_a_message_that_leads_to_one_of_a_size(broker, world, size):
    """The second is a dead letter itself, and what stood beside it in its batch goes on."""

    def step(record):
        return [
            Outgoing(
                "deliveries", record.key, b"x" * size if record.value == b"large" else record.value
            )
        ]

    send(broker, *alerts(b"1", b"large", b"3"))
    with running(loop(each(step)), world):
        eventually(lambda: committed(broker) == 3)
    assert {b"1", b"3"} <= set(values(broker, "deliveries"))
    letters = [(r.value, r.headers["reason"]) for r in everything(broker, "alerts-dlq")]
    assert letters == ([] if size == MESSAGE_BYTES else [(b"large", b"too-large")])


def test_a_message_that_comes_back_to_the_dead_letters_has_its_tries_counted(broker, world):
    def step(_record):
        raise InvalidMessage("not-json", "")

    send(broker, Outgoing("alerts", "k", b"bad", headers={"tries": b"3"}))
    with running(loop(each(step)), world):
        (letter,) = eventually(lambda: everything(broker, "alerts-dlq"))
    assert letter.headers["tries"] == b"4"


def test_a_batch_that_fails_for_now_is_tried_again_until_it_passes(broker, world):
    tries = []

    def handle(records):
        tries.append([r.value for r in records])
        if len(tries) < 3:
            raise TransientError("not yet")
        return passing(records)

    send(broker, *alerts(b"1", b"2"))
    with running(loop(handle), world):
        eventually(lambda: len(tries) == 2)
        assert committed(broker) is None
        (pulse,) = pulses(world.settings.run_dir)
        assert (pulse.state, pulse.reason) == ("waiting", "not yet")
        eventually(lambda: committed(broker) == 2)
        eventually(lambda: state(world) == "running")
    assert tries == [[b"1", b"2"]] * 3
    assert values(broker, "deliveries") == [b"1", b"2"]


def test_messages_that_come_while_a_batch_waits_are_taken_after_it(broker, world):
    may_pass = threading.Event()

    def handle(records):
        if not may_pass.is_set():
            raise TransientError("not yet")
        return passing(records)

    send(broker, *alerts(b"1"))
    with running(loop(handle), world):
        eventually(lambda: state(world) == "waiting")
        send(broker, *alerts(b"2"), *alerts(b"other", partition=1))
        may_pass.set()
        eventually(lambda: (committed(broker), committed(broker, 1)) == (2, 1))
    assert sorted(values(broker, "deliveries")) == [b"1", b"2", b"other"]


def test_a_broker_that_goes_away_before_the_flush_costs_nothing(broker, world):
    handled = []

    def handle(records):
        handled.append(len(records))
        broker.is_down = len(handled) == 1
        return passing(records)

    send(broker, *alerts(b"1"))
    with running(loop(handle), world):
        eventually(lambda: broker.is_down)
        broker.is_down = False
        eventually(lambda: committed(broker) == 1)
    assert len(handled) == 2
    assert values(broker, "deliveries") == [b"1"]


def test_what_another_member_took_over_is_not_handled_any_more(broker, tmp_path):
    """The first member fails for ever; when a second comes,
    each has one partition, and lets the other's alone.
    """
    stuck: list[set[int]] = []
    passed: list[int] = []

    def fails(records):
        stuck.append({r.partition for r in records})
        raise TransientError("never")

    def works(records):
        passed.extend(r.partition for r in records)
        return passing(records)

    send(broker, *alerts(b"0"), *alerts(b"1", partition=1))
    with running(loop(fails), world_of(broker, tmp_path / "a")):
        eventually(lambda: stuck and stuck[-1] == {0, 1})
        with running(loop(works), world_of(broker, tmp_path / "b")):
            eventually(lambda: len(passed) == 1 and len(stuck[-1]) == 1, 20)
            taken = passed[0]
            before = len(stuck)
            eventually(lambda: len(stuck) > before + 1, 30)
            assert all(seen == {1 - taken} for seen in stuck[before:])
    assert committed(broker, 1 - taken) is None
    assert values(broker, "deliveries") == [str(taken).encode()]


def test_told_to_stop_while_waiting_it_stops_and_commits_nothing(broker, world):
    def fails(_records):
        raise TransientError("never")

    send(broker, *alerts(b"1"))
    with running(loop(fails), world) as thread:
        eventually(lambda: state(world) == "waiting")
        started = time.monotonic()
        world.stop.set()
        thread.join(patient(5))
        assert not thread.is_alive()
    assert time.monotonic() - started < patient(3)
    assert committed(broker) is None
    assert pulses(world.settings.run_dir) == []


def test_a_fatal_error_ends_the_loop_with_nothing_committed(broker, world):
    def fails(_records):
        raise FatalError("wrong setting")

    send(broker, *alerts(b"1"))
    with pytest.raises(FatalError, match="wrong setting"), running(loop(fails), world) as thread:
        thread.join(patient(10))
    assert committed(broker) is None


class Owner:
    """Notes what it is told to hold, as the notifier does."""

    def __init__(self):
        self.owned, self.n_turns = set(), 0

    def handle(self, records):
        assert all(TopicPartition(r.topic, r.partition) in self.owned for r in records)
        return Handled()

    def idle(self):
        self.n_turns += 1
        if self.n_turns == 1:
            raise TransientError("the topic can't be read for now")

    def gain(self, partitions):
        self.owned |= set(partitions)

    def lose(self, partitions):
        self.owned -= set(partitions)

    def abandon(self, partitions):
        self.owned -= set(partitions)


def test_a_keeper_is_told_of_a_partition_before_its_first_message_and_when_it_is_gone(
    broker, world
):
    keeper = Owner()
    send(broker, *alerts(b"1"))
    with running(keeping(keeper), world):
        eventually(lambda: committed(broker) == 1)
        assert keeper.owned == {TopicPartition("alerts", 0), TopicPartition("alerts", 1)}
    assert keeper.owned == set()


def test_a_keeper_whose_world_says_no_for_now_ends_nothing(world):
    keeper = Owner()
    with running(keeping(keeper), world):
        eventually(lambda: keeper.n_turns > 2)
