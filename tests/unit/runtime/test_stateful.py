"""The transactional loop, with a machine that is wrong
as soon as a message is taken twice or not at all.
"""

from dataclasses import replace
from functools import partial

import pytest
from loops import Counter, count, count_in_rows, counted, everything, running, send, world_of
from stand_ins import stand_in
from streams import eventually

from services.adapters.memory import MemoryBroker, MemoryConsumer, MemoryTransactionalProducer
from services.adapters.sqlite_rows import SqliteRows
from services.errors import TransientError, Unwritable
from services.ports import Outgoing, TopicPartition
from services.runtime.health import pulses
from services.runtime.metrics import value


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


def hits(n, key="k", partition=0):
    return [Outgoing("hits", key, str(i).encode(), partition=partition) for i in range(n)]


def done(broker, partition=0):
    return broker.groups["alerter-fold"].committed.get(TopicPartition("hits", partition), 0)


def test_state_is_taken_up_where_the_last_process_left_it(broker, tmp_path):
    send(broker, *hits(3))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    send(broker, *hits(2))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 5)
    assert counted(broker) == {"k": [1, 2, 3, 4, 5]}


def test_state_is_read_before_the_first_message(broker, tmp_path):
    send(broker, Outgoing("alerter-state", "k", b"41", partition=0), *hits(1))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 1)
    assert counted(broker) == {"k": [42]}


def test_each_partition_has_its_own_machine(broker, tmp_path):
    send(broker, *hits(2, partition=0), *hits(3, partition=1))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: (done(broker), done(broker, 1)) == (2, 3))
    assert sorted(counted(broker)["k"]) == [1, 1, 2, 2, 3]


def test_an_unreadable_message_goes_to_the_dead_letters_and_the_rest_count(broker, tmp_path):
    send(broker, *hits(1), Outgoing("hits", "k", b"bad", partition=0), *hits(1))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    assert counted(broker) == {"k": [1, 2]}
    assert [(r.value, r.headers["reason"]) for r in everything(broker, "hits-dlq")] == [
        (b"bad", b"not-json")
    ]


class Fragile(Counter):
    """Breaks off at some messages, after it has counted them:
    what it holds is then ahead of its topics.
    """

    broken_off = 0
    bears = 0

    def step(self, record):
        told = super().step(record)
        if record.value == b"poison":
            type(self).broken_off += 1
            if self.broken_off > self.bears:
                raise KeyError("no such place")
        if record.value == b"large":
            raise Unwritable("too-large", "Claim of 9,000,000 bytes")
        if record.value == b"full":
            type(self).broken_off += 1
            if self.broken_off < 3:
                raise OSError(28, "No space left on device")
        return told


def odd(value):
    return Outgoing("hits", "k", value, partition=0)


def fragile(**values):
    return lambda world: count(
        world, batch=10, machine=type("Machine", (Fragile,), {"broken_off": 0} | values)
    )


def test_a_message_at_which_a_machine_breaks_off_three_times_is_a_dead_letter_and_costs_no_other(
    broker, tmp_path
):
    send(broker, *hits(2), odd(b"poison"), *hits(2), *hits(1, partition=1))
    with running(fragile(), world_of(broker, tmp_path)):
        eventually(lambda: (done(broker), done(broker, 1)) == (5, 1))
    assert sorted(counted(broker)["k"]) == [1, 1, 2, 3, 4]
    (letter,) = everything(broker, "hits-dlq")
    assert (letter.value, letter.headers["reason"]) == (b"poison", b"failed-three-times")
    assert letter.headers["detail"] == b"KeyError: 'no such place'"


def test_a_message_that_passes_at_the_third_try_is_counted_once(broker, tmp_path):
    class Recovers(Fragile):
        def step(self, record):
            type(self).broken_off -= (
                record.value == b"poison" and type(self).broken_off >= 3 and 100
            )
            return super().step(record)

    send(broker, *hits(1), odd(b"poison"), *hits(1))
    with running(lambda world: count(world, machine=Recovers), world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    assert counted(broker) == {"k": [1, 2, 3]}
    assert everything(broker, "hits-dlq") == []


def test_a_message_that_leads_to_one_that_can_not_be_written_is_a_dead_letter_at_once(
    broker, tmp_path
):
    send(broker, *hits(1), odd(b"large"), *hits(1))
    with running(fragile(), world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    assert counted(broker) == {"k": [1, 2]}
    assert [(r.value, r.headers["reason"]) for r in everything(broker, "hits-dlq")] == [
        (b"large", b"too-large")
    ]


def test_what_a_machine_can_not_settle_is_blamed_on_the_message_that_brought_it(broker, tmp_path):
    class Unsettled(Late):
        def settle(self):
            if b"poison" in self.values:
                raise ValueError("a claim without a report")
            return super().settle()

        values: tuple = ()

        def step(self, record):
            self.values = (*self.values, record.value)
            return super().step(record)

    send(broker, *hits(1), odd(b"poison"), *hits(1))
    with running(lambda world: count(world, machine=Unsettled), world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    assert counted(broker) == {"k": [1, 2]}
    assert [(r.value, r.headers["reason"]) for r in everything(broker, "hits-dlq")] == [
        (b"poison", b"failed-three-times")
    ]


def test_trouble_of_the_machine_is_waited_out_and_blamed_on_no_message(broker, tmp_path):
    send(broker, odd(b"full"))
    with running(fragile(), world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 1, 30)
    assert counted(broker) == {"k": [1]}
    assert everything(broker, "hits-dlq") == []


class Late(Counter):
    """Tells what it counted only when a batch ends."""

    def __init__(self):
        super().__init__()
        self.late = []

    def step(self, record):
        state, told = super().step(record)
        self.late.append(told)
        return [state]

    def settle(self):
        told, self.late = self.late, []
        return told


def test_what_a_machine_puts_off_is_told_with_the_batch(broker, tmp_path):
    send(broker, *hits(3), *hits(2, partition=1))
    with running(lambda world: count(world, machine=Late), world_of(broker, tmp_path)):
        eventually(lambda: (done(broker), done(broker, 1)) == (3, 2))
    assert sorted(counted(broker)["k"]) == [1, 1, 2, 2, 3]


class FlakyBroker(MemoryBroker):
    """Aborts some commits, and then does not tell what is committed for a while."""

    def __init__(self):
        super().__init__(partitions=2)
        self.commits_to_abort = {1, 3}
        self.commits = 0
        self.answers_to_withhold = 0

    def consumer(self, group):
        return FlakyConsumer(self, group)

    def transactional_producer(self, transactional_id):
        return FlakyProducer(self, transactional_id)


class FlakyConsumer(MemoryConsumer):
    _broker: FlakyBroker

    def committed(self, partitions):
        if self._broker.answers_to_withhold:
            self._broker.answers_to_withhold -= 1
            raise TransientError("no answer")
        return super().committed(partitions)


class FlakyProducer(MemoryTransactionalProducer):
    _broker: FlakyBroker

    def commit(self, consumer, offsets):
        self._broker.commits += 1
        if self._broker.commits in self._broker.commits_to_abort:
            self._broker.answers_to_withhold = 2
            self.abort()
            raise TransientError("aborted")
        return super().commit(consumer, offsets)


def test_after_an_abort_everything_is_read_again_also_when_the_offsets_come_late(tmp_path):
    broker = FlakyBroker()
    send(broker, *hits(7))
    with running(lambda world: count(world, batch=2), world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 7, 30)
    assert broker.commits >= 6
    assert counted(broker) == {"k": [1, 2, 3, 4, 5, 6, 7]}


def test_a_broker_that_is_away_for_a_while_costs_nothing(broker, tmp_path):
    send(broker, *hits(2))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 2)
        broker.is_down = True
        eventually(lambda: [p.state for p in pulses(tmp_path, 0.0)] == ["waiting"])
        broker.is_down = False
        send(broker, *hits(2))
        eventually(lambda: done(broker) == 4)
    assert counted(broker) == {"k": [1, 2, 3, 4]}


def are_done(broker, n):
    return (done(broker), done(broker, 1)) == (n, n)


def test_members_come_and_go_and_every_message_counts_once(broker, tmp_path):
    keys = {0: "even", 1: "odd"}
    with running(count, world_of(broker, tmp_path / "a")):
        for rounds in range(1, 4):
            send(broker, *hits(20, keys[0], 0), *hits(20, keys[1], 1))
            with running(count, world_of(broker, tmp_path / "b")):
                send(broker, *hits(20, keys[0], 0), *hits(20, keys[1], 1))
                eventually(partial(are_done, broker, 40 * rounds))
    assert counted(broker) == {"even": list(range(1, 121)), "odd": list(range(1, 121))}


def kept_world(broker, folder, process="one"):
    """Return a world with rows in a folder that several processes may have."""
    rows = partial(SqliteRows, folder / "rows")
    return replace(world_of(broker, folder / process), rows=rows)


def n_read():
    return value("reportedly_state_rows_loaded_total", service="alerter", group="alerter-fold")


def test_a_process_goes_on_from_the_rows_that_the_last_one_kept(broker, tmp_path):
    send(broker, *hits(30))
    with running(count_in_rows, kept_world(broker, tmp_path)):
        eventually(lambda: done(broker) == 30)
    before = n_read()
    send(broker, *hits(2))
    with running(count_in_rows, kept_world(broker, tmp_path)):
        eventually(lambda: done(broker) == 32)
    assert n_read() == before
    assert counted(broker) == {"k": list(range(1, 33))}


def test_an_abort_takes_kept_rows_back_too(tmp_path):
    broker = FlakyBroker()
    send(broker, *hits(7))
    world = kept_world(broker, tmp_path)
    with running(partial(count_in_rows, batch=2), world):
        eventually(lambda: done(broker) == 7, 30)
    assert broker.commits >= 6
    assert counted(broker) == {"k": [1, 2, 3, 4, 5, 6, 7]}


def test_members_that_come_and_go_hand_over_their_rows(broker, tmp_path):
    keys = {0: "even", 1: "odd"}
    with running(count_in_rows, kept_world(broker, tmp_path)):
        for rounds in range(1, 4):
            send(broker, *hits(20, keys[0], 0), *hits(20, keys[1], 1))
            with running(count_in_rows, kept_world(broker, tmp_path, "other")):
                send(broker, *hits(20, keys[0], 0), *hits(20, keys[1], 1))
                eventually(partial(are_done, broker, 40 * rounds))
    assert counted(broker) == {"even": list(range(1, 121)), "odd": list(range(1, 121))}


class FencedBroker(MemoryBroker):
    """The first producer has lost its id by the time that it writes."""

    def transactional_producer(self, transactional_id):
        producer = super().transactional_producer(transactional_id)
        super().transactional_producer(transactional_id)
        return producer


def test_a_process_that_a_broker_takes_for_fenced_starts_over(tmp_path):
    broker = FencedBroker(partitions=2)
    send(broker, *hits(3))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: done(broker) == 3)
    assert counted(broker) == {"k": [1, 2, 3]}


def test_two_processes_never_have_the_same_transactional_id(broker, tmp_path):
    send(broker, *hits(1))
    with (
        running(count, world_of(broker, tmp_path / "a")),
        running(count, world_of(broker, tmp_path / "b")),
    ):
        eventually(lambda: done(broker) == 1 and len(broker.transactional) == 2)


def test_the_machine_of_these_tests_would_show_a_message_taken_twice():
    machine, (hit,) = Counter(), hits(1)
    assert [machine.step(stand_in(_Once(hit)))[1].value for _ in range(2)] == [b"1", b"2"]


class _Once:
    def __init__(self, message):
        self.key, self.value, self.partition = message.key, message.value, message.partition
