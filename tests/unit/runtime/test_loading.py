"""A row of state that can't be read is set aside,
the partition goes on without it, and it can be taken back.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import previous
import pytest
from builders import START
from loops import Counter, count, counted, everything, running, send, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker, MemoryTransactionalProducer
from services.alerter.alerts import AlertMachine
from services.errors import FatalError, TransientError
from services.ports import Outgoing, Record, TopicPartition
from services.runtime import loading
from services.runtime.loading import load
from services.runtime.set_aside import letters
from services.runtime.stateful import Machine
from services.tracker.block.machine import FoldMachine
from services.tracker.route import RouteMachine

MACHINES: dict[str, Callable[[], Machine]] = {
    "article-blocks": RouteMachine,
    "tracker-state": FoldMachine,
    "alerter-state": lambda: AlertMachine(dict, previous.PARTITIONS, lambda: START),
}


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


def row(key, value, partition=0, **headers):
    return Outgoing("alerter-state", key, value, partition=partition, headers=headers)


def hit(key="k", partition=0):
    return Outgoing("hits", key, b"1", partition=partition)


def aside(broker, topic="alerter-state"):
    return letters(everything(broker, f"{topic}-dlq"))


def standing(broker, topic="alerter-state"):
    rows = {(r.partition, r.key): r.value for r in everything(broker, topic)}
    return {key: value for key, value in rows.items() if value is not None}


def has_read(broker, n=1):
    return lambda: broker.groups["alerter-fold"].committed.get(TopicPartition("hits", 0), 0) >= n


def after_a_run(broker, tmp_path, n=1, machine=Counter):
    with running(lambda world: count(world, machine=machine), world_of(broker, tmp_path)):
        eventually(has_read(broker, n))


def test_the_partition_goes_on_without_the_row_and_the_row_is_kept_as_it_came(broker, tmp_path):
    send(broker, row("k", b"41"), row("broken", b"no number", was=b"here"), hit())
    after_a_run(broker, tmp_path)
    assert counted(broker) == {"k": [42]}
    (letter,) = aside(broker).values()
    assert letter.name == "0/broken"
    assert (letter.row.key, letter.row.value, letter.row.headers) == (
        "broken",
        b"no number",
        {"was": b"here"},
    )
    assert (letter.row.topic, letter.row.partition, letter.row.offset) == ("alerter-state", 0, 1)
    assert letter.reason == "not-restored"
    assert "ValueError" in letter.detail
    assert standing(broker) == {(0, "k"): b"42"}


def test_a_row_of_the_same_key_on_another_partition_is_another_row(broker, tmp_path):
    send(broker, row("k", b"x", 0), row("k", b"y", 1), hit())
    after_a_run(broker, tmp_path)
    eventually(lambda: set(aside(broker)) == {"0/k", "1/k"})


def test_a_partition_without_messages_is_looked_through_too(broker, tmp_path):
    send(broker, row("broken", b"no number", 1))
    with running(count, world_of(broker, tmp_path)):
        eventually(lambda: aside(broker))


def test_at_the_next_start_there_is_nothing_left_to_set_aside(broker, tmp_path):
    send(broker, row("broken", b"no number"), hit())
    after_a_run(broker, tmp_path)
    n = len(everything(broker, "alerter-state-dlq"))
    send(broker, hit())
    after_a_run(broker, tmp_path, 2)
    assert len(everything(broker, "alerter-state-dlq")) == n == 1
    assert counted(broker) == {"k": [1, 2]}


def test_a_broken_row_that_was_written_anew_since_is_no_matter(broker, tmp_path):
    """Until compaction has come by, the older rows of a key are read before the one that counts."""
    send(broker, row("k", b"no number"), row("k", b"7"), hit())
    after_a_run(broker, tmp_path)
    assert aside(broker) == {}
    assert counted(broker) == {"k": [8]}


def test_an_older_row_does_not_come_back_in_place_of_the_broken_one(broker, tmp_path):
    """Whether it is still there is a matter of compaction, which must change nothing."""
    send(broker, row("k", b"7"), row("k", b"no number"), hit())
    after_a_run(broker, tmp_path)
    assert counted(broker) == {"k": [1]}


class Careless(Counter):
    """Changes what it holds before it finds that a row can't be read."""

    def restore(self, key, value):
        self.counts["k"] = 1000
        super().restore(key, value)
        del self.counts["k"]


def test_a_machine_that_a_broken_row_left_half_changed_is_not_used(broker, tmp_path):
    send(broker, row("broken", b"no number"), hit())
    after_a_run(broker, tmp_path, machine=Careless)
    assert counted(broker) == {"k": [1]}


class NoLetters(MemoryTransactionalProducer):
    """Can't write dead letters until told."""

    refuse = True

    def send(self, message):
        if self.refuse and message.topic.endswith("-dlq"):
            raise TransientError("no room for letters")
        super().send(message)


def test_the_row_stays_where_it_is_while_its_letter_can_not_be_written(
    broker, tmp_path, monkeypatch
):
    monkeypatch.setattr(broker, "transactional_producer", lambda id: NoLetters(broker, id))
    monkeypatch.setattr(NoLetters, "refuse", True)
    send(broker, row("broken", b"no number"), hit())
    with running(count, world_of(broker, tmp_path)):
        eventually(
            lambda: "broken" in {key for _, key in standing(broker)} and not has_read(broker)()
        )
        assert aside(broker) == {}
        monkeypatch.setattr(NoLetters, "refuse", False)
        eventually(has_read(broker))
    assert set(aside(broker)) == {"0/broken"}
    assert counted(broker) == {"k": [1]}


def ask_back(broker, name, value=None):
    """Ask for a row, as if today's version read `value` in it."""
    letter = aside(broker)[name]
    row = replace(letter.row, value=value or letter.row.value)
    send(broker, replace(letter, is_asked_back=True, row=row).written("test"))


def test_a_row_that_is_asked_back_is_taken_at_the_next_load_and_its_letter_goes(broker, tmp_path):
    send(broker, row("k", b"no number"), hit("other"))
    after_a_run(broker, tmp_path)
    ask_back(broker, "0/k", b"41")
    send(broker, hit("k"))
    after_a_run(broker, tmp_path, 2)
    assert counted(broker) == {"other": [1], "k": [42]}
    assert aside(broker) == {}


def test_a_row_that_still_can_not_be_read_stays_aside_and_stops_nobody(broker, tmp_path):
    send(broker, row("k", b"no number"), hit("other"))
    after_a_run(broker, tmp_path)
    ask_back(broker, "0/k")
    send(broker, hit("k"))
    after_a_run(broker, tmp_path, 2)
    assert counted(broker) == {"other": [1], "k": [1]}
    assert set(aside(broker)) == {"0/k"}


def test_a_row_whose_key_was_written_anew_since_is_not_taken_back(broker, tmp_path):
    send(broker, row("k", b"no number"), hit("k"))
    after_a_run(broker, tmp_path)
    ask_back(broker, "0/k", b"41")
    send(broker, hit("k"))
    after_a_run(broker, tmp_path, 2)
    assert counted(broker) == {"k": [1, 2]}
    assert set(aside(broker)) == {"0/k"}


def rows_of(n, size=1):
    return [Record("alerter-state", 3, i, f"k{i}", b"x" * size) for i in range(n)]


def test_as_many_rows_as_may_be_are_set_aside():
    assert len(load(lambda: rows_of(loading.MOST_ROWS), Counter).unreadable) == loading.MOST_ROWS


def test_one_row_more_stops_the_service_with_one_line_that_names_the_first():
    with pytest.raises(
        FatalError, match=r"1,001 rows .* alerter-state, partition 3, offset 0, key k0: .*"
    ) as caught:
        load(lambda: rows_of(loading.MOST_ROWS + 1), Counter)
    assert "\n" not in str(caught.value)


def test_rows_of_too_many_bytes_stop_the_service_and_one_byte_less_does_not():
    half = loading.MOST_BYTES // 2
    assert len(load(lambda: rows_of(2, half), Counter).unreadable) == 2
    with pytest.raises(FatalError, match=f"{2 * half + 2:,} bytes"):
        load(lambda: rows_of(2, half + 1), Counter)


def damaged(value):
    """Return ways in which a row was or may be unreadable."""
    return {
        "cut off": value[: len(value) // 2],
        "no JSON": b"\x00\xff" + value,
        "another shape": b'{"alert":7,"article_id":[],"block":{},"versions":1}',
        "too large": b"[" + b" " * (8 * 1024 * 1024) + b"]",
    }


@pytest.mark.parametrize("topic", MACHINES)
@pytest.mark.parametrize("way", ["cut off", "no JSON", "another shape", "too large"])
def test_each_machine_is_as_if_the_damaged_row_had_never_been(topic, way):
    rows = [r for r in previous.records() if r.topic == topic and r.partition == 0]
    victim = rows[-1]
    broken = Record(topic, 0, victim.offset, victim.key, damaged(victim.value)[way])
    loaded = load(lambda: [*rows[:-1], broken], MACHINES[topic])
    assert [record for record, _ in loaded.unreadable] == [broken]
    without = load(lambda: [r for r in rows if r.key != victim.key], MACHINES[topic])
    assert without.unreadable == []
    assert held(loaded.machine) == held(without.machine)


def held(machine):
    """Return all that a machine holds that it can tell."""
    if isinstance(machine, FoldMachine):
        return machine.claims()
    rows = machine._rows if isinstance(machine, RouteMachine) else machine._store._rows
    return {key: value for key, (value, _) in rows._rows.items() if key != "~days"}


@pytest.mark.parametrize("topic", MACHINES)
def test_a_row_that_is_deleted_is_as_if_it_had_never_been(topic):
    rows = [r for r in previous.records() if r.topic == topic and r.partition == 0]
    for victim in {r.key: r for r in rows}.values():
        with_tombstone = [*rows, Record(topic, 0, rows[-1].offset + 1, victim.key, None)]
        others = [r for r in rows if r.key != victim.key]
        loaded = load(partial(list, with_tombstone), MACHINES[topic])
        without = load(partial(list, others), MACHINES[topic])
        assert held(loaded.machine) == held(without.machine)
