"""What services rely on in a broker, asked of Kafka and of the one in memory alike."""

import random
import threading
import time
from contextlib import closing
from functools import partial

import pytest
from streams import broker_of, on, patient

from services.adapters.memory import MemoryBroker
from services.errors import ReportedlyError, TransientError, Unwritable
from services.messages.limits import MESSAGE_BYTES, TOPIC_BYTES
from services.ports import Outgoing, Record, TopicPartition, partition_of

PARTITIONS = [TopicPartition("hits", p) for p in range(2)]


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.engines)])
def broker(request):
    """A broker with all topics, two partitions each."""
    if request.param == "memory":
        return MemoryBroker(2)
    return broker_of(request.getfixturevalue("settings"))


@pytest.fixture
def open_consumer(broker):
    """A function that joins a group; every member leaves at the end."""
    joined = []

    def join(group, topics=("hits",), **callbacks):
        consumer = broker.consumer(group)
        joined.append(consumer)
        consumer.subscribe(topics, **callbacks)
        return consumer

    yield join
    for consumer in joined:
        consumer.close()


def hit(key, value=b"1", **kw):
    return Outgoing("hits", key, value, **kw)


def send(broker, *messages):
    producer = broker.producer()
    for message in messages:
        producer.send(message)
    producer.flush()
    producer.close()


def take(consumer, n, seconds=30):
    """Return the first n records; fail if they don't come."""
    records: list[Record] = []
    until = time.monotonic() + patient(seconds)
    while len(records) < n:
        assert time.monotonic() < until, f"{len(records)} of {n} came"
        records += consumer.poll(n - len(records), 0.2)
    return records


def again(call):
    """Do what passes sooner or later, as the loops do."""
    until = time.monotonic() + patient(30)
    while True:
        try:
            return call()
        except TransientError:
            assert time.monotonic() < until


def everything(broker, topic="hits"):
    """Return all records of a topic;
    one that was only just made may not have a leader yet, as services know too.
    """
    return again(lambda: on(broker, topic))


def behind(records):
    offsets: dict[TopicPartition, int] = {}
    for r in records:
        tp = TopicPartition(r.topic, r.partition)
        offsets[tp] = max(offsets.get(tp, 0), r.offset + 1)
    return offsets


def test_what_was_flushed_is_read_as_it_was_sent(broker, open_consumer):
    send(broker, hit("a", b"\x00\xff", headers={"reason": b"none"}))
    (record,) = take(open_consumer("g"), 1)
    assert (record.topic, record.key, record.value, record.headers) == (
        "hits",
        "a",
        b"\x00\xff",
        {"reason": b"none"},
    )
    assert abs(record.timestamp_ms / 1000 - time.time()) < 60


def test_one_partition_keeps_its_order(broker, open_consumer):
    send(broker, *(hit("same", str(n).encode()) for n in range(200)))
    records = take(open_consumer("g"), 200)
    assert [int(r.value) for r in records] == list(range(200))
    assert [r.offset for r in records] == list(range(200))


def test_keys_go_to_the_partition_that_everybody_computes(broker):
    keys = [f"key {n}" for n in range(20)]
    send(
        broker,
        *(hit(key) for key in keys),
        hit("apart", partition_key=keys[0]),
        hit("told", partition=1),
    )
    found = {r.key: r.partition for r in everything(broker)}
    assert {key: found[key] for key in keys} == {key: partition_of(key, 2) for key in keys}
    assert set(found.values()) == {0, 1}
    assert found["apart"] == partition_of(keys[0], 2)
    assert found["told"] == 1


def test_a_tombstone_keeps_its_key(broker):
    send(broker, hit("gone", None))
    (record,) = everything(broker)
    assert (record.key, record.value) == ("gone", None)


def test_a_group_goes_on_behind_what_it_committed(broker, open_consumer):
    send(broker, *(hit("k", str(n).encode()) for n in range(5)))
    first = open_consumer("g")
    read = take(first, 3)
    first.commit(behind(read))
    take(first, 2)
    first.close()
    assert [r.value for r in take(open_consumer("g"), 2)] == [b"3", b"4"]


def test_committed_tells_only_partitions_with_a_commit(broker, open_consumer):
    send(broker, hit("k"))
    consumer = open_consumer("g")
    (record,) = take(consumer, 1)
    assert consumer.committed(PARTITIONS) == {}
    consumer.commit(behind([record]))
    assert consumer.committed(PARTITIONS) == {TopicPartition("hits", record.partition): 1}


def test_every_group_reads_everything(broker, open_consumer):
    send(broker, hit("a"), hit("b"))
    assert (
        {r.key for r in take(open_consumer("g1"), 2)}
        == {r.key for r in take(open_consumer("g2"), 2)}
        == {"a", "b"}
    )


@pytest.mark.usefixtures("broker")
def test_two_members_share_the_partitions_of_both_topics_by_number(open_consumer):
    shares: list[set[TopicPartition]] = [set(), set()]
    members = [
        open_consumer(
            "g", ("hits", "claims"), on_assign=share.update, on_revoke=share.difference_update
        )
        for share in shares
    ]
    until = time.monotonic() + patient(30)
    while not all(shares):
        assert time.monotonic() < until
        for member in members:
            member.poll(10, 0.2)
    assert all({tp.topic for tp in share} == {"hits", "claims"} for share in shares)
    assert all(len({tp.partition for tp in share}) == 1 for share in shares)


def test_a_partition_goes_to_the_other_member_when_one_leaves(broker, open_consumer):
    first, second = open_consumer("g"), open_consumer("g")
    send(broker, *(hit(f"key {n}") for n in range(20)))
    read: set[str | None] = set()
    until = time.monotonic() + patient(40)
    first.poll(1, 1.0)
    first.close()
    while len(read) < 20:
        assert time.monotonic() < until
        read |= {r.key for r in second.poll(100, 0.2)}


def test_paused_partitions_are_silent_until_resumed(broker, open_consumer):
    send(broker, hit("k", b"1"))
    consumer = open_consumer("g")
    (record,) = take(consumer, 1)
    tp = TopicPartition("hits", record.partition)
    consumer.pause([tp])
    send(broker, hit("k", b"2"))
    assert consumer.poll(10, 0.7) == []
    consumer.resume([tp])
    assert [r.value for r in take(consumer, 1)] == [b"2"]


def test_records_come_as_soon_as_one_is_there_and_in_their_order(broker, open_consumer):
    consumer = open_consumer("g")
    send(broker, hit("k", b"0"))
    take(consumer, 1)
    send(broker, *(hit("k", str(n).encode()) for n in range(1, 8)))
    began = time.monotonic()
    records: list[Record] = []
    while len(records) < 7:
        records += consumer.poll(3, 60.0, 0.05)
    assert time.monotonic() - began < patient(4)
    assert [r.value for r in records] == [str(n).encode() for n in range(1, 8)]
    assert consumer.poll(3, 0.0, 60.0) == []


def test_a_pause_ends_when_the_partition_is_assigned_anew(broker, open_consumer):
    """So it does for a member that loses a paused partition, resumes the rest, and gets it back."""
    owned: set[TopicPartition] = set()
    callbacks = {"on_assign": owned.update, "on_revoke": owned.difference_update}
    first = open_consumer("g", **callbacks)
    _until(lambda: owned == set(PARTITIONS), first)
    first.pause(PARTITIONS)
    second = open_consumer("g")
    _until(lambda: len(owned) == 1, first, second)
    first.resume(owned)
    second.close()
    _until(lambda: owned == set(PARTITIONS), first)
    send(broker, *(hit(f"key {n}") for n in range(20)))
    assert {r.partition for r in take(first, 20)} == {0, 1}


def _until(probe, *members):
    """Let members poll until `probe` is true."""
    until = time.monotonic() + patient(30)
    while not probe():
        assert time.monotonic() < until
        for member in members:
            member.poll(10, 0.2)


def test_seek_reads_again(broker, open_consumer):
    send(broker, *(hit("k", str(n).encode()) for n in range(3)))
    consumer = open_consumer("g")
    tp = TopicPartition("hits", take(consumer, 3)[0].partition)
    consumer.seek(tp, 1)
    assert [r.value for r in take(consumer, 2)] == [b"1", b"2"]
    consumer.seek(tp, -1)
    assert [r.value for r in take(consumer, 3)] == [b"0", b"1", b"2"]


def test_a_transaction_shows_nothing_before_its_commit_and_then_all_with_the_offsets(
    broker, open_consumer
):
    send(broker, hit("in"))
    consumer, producer = open_consumer("g"), broker.transactional_producer("t")
    (record,) = take(consumer, 1)
    watcher = open_consumer("watcher", ("alerts", "alerter-state"))
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"out"))
    producer.send(Outgoing("alerter-state", "k", b"state"))
    assert watcher.poll(10, 1.0) == []
    producer.commit(consumer, behind([record]))
    assert {(r.topic, r.value) for r in take(watcher, 2)} == {
        ("alerts", b"out"),
        ("alerter-state", b"state"),
    }
    assert consumer.committed(PARTITIONS) == behind([record])
    producer.close()


def test_what_was_aborted_is_never_seen(broker, open_consumer):
    producer = broker.transactional_producer("t")
    consumer = open_consumer("g", ("alerts",))
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"aborted"))
    producer.abort()
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"kept"))
    producer.commit(consumer, {})
    producer.close()
    assert [r.value for r in everything(broker, "alerts")] == [b"kept"]


def test_a_second_process_with_the_same_id_fences_the_first(broker, open_consumer):
    consumer = open_consumer("g", ("alerts",))
    first = broker.transactional_producer("t")
    first.begin()
    first.send(Outgoing("alerts", "k", b"zombie"))
    second = broker.transactional_producer("t")
    with pytest.raises(TransientError):
        first.commit(consumer, {})
    second.begin()
    second.send(Outgoing("alerts", "k", b"owner"))
    again(lambda: second.commit(consumer, {}))
    again(first.recover)
    first.begin()
    first.send(Outgoing("alerts", "k", b"the first, which took it back"))
    again(lambda: first.commit(consumer, {}))

    def go_on(producer):
        producer.begin()
        producer.send(Outgoing("alerts", "k", b"zombie"))
        producer.commit(consumer, {})

    with pytest.raises(TransientError):
        go_on(second)
    first.close()
    second.close()
    said = [r.value for r in everything(broker, "alerts")]
    assert said == [b"owner", b"the first, which took it back"]


def test_a_member_that_left_commits_nothing(broker, open_consumer):
    """Its partitions have another owner by now, who may be past these offsets."""
    send(broker, hit("k"))
    former = open_consumer("g")
    read = take(former, 1)
    former.close()
    with pytest.raises((ReportedlyError, RuntimeError)):
        former.commit(behind(read))
    assert open_consumer("g").committed(PARTITIONS) == {}


def test_a_reader_takes_all_partitions_whole_and_then_what_comes(broker):
    send(broker, *(hit(f"key {n}") for n in range(20)))
    reader = broker.reader()
    assert {r.key for r in reader.read_to_end(PARTITIONS)} == {f"key {n}" for n in range(20)}
    send(broker, hit("late"))
    assert [r.key for r in take(reader_as_consumer(reader), 1)] == ["late"]
    reader.close()


def test_a_reader_takes_a_partition_from_an_offset_on(broker):
    send(broker, *(hit(f"key {n}", partition=0) for n in range(5)))
    assert len(everything(broker)) == 5
    with closing(broker.reader()) as reader:
        first, end = again(lambda: reader.span(PARTITIONS[0]))
        assert (first, end) == (0, 5)
        since = list(reader.read_to_end(PARTITIONS[:1], {PARTITIONS[0]: 3}))
        assert [r.key for r in since] == ["key 3", "key 4"]
        assert list(reader.read_to_end(PARTITIONS[:1], {PARTITIONS[0]: end})) == []


def test_a_commit_tells_where_its_messages_ended_and_an_aborted_one_takes_offsets_too(
    broker, open_consumer
):
    consumer, producer = open_consumer("g"), broker.transactional_producer("t")
    again(lambda: consumer.poll(1, 0.2))
    for is_committed in (False, True):
        producer.begin()
        for n in range(3):
            producer.send(Outgoing("alerts", f"{n}", b"1", partition=1))
        if is_committed:
            ends = again(lambda: producer.commit(consumer, {}))
        else:
            producer.abort()
    at = TopicPartition("alerts", 1)
    (last,) = [r for r in everything(broker, "alerts") if r.key == "2"]
    assert ends == {at: last.offset + 1}
    with closing(broker.reader()) as reader:
        assert last.offset < again(lambda: reader.span(at))[1]
    producer.close()


def test_each_topic_has_an_identity_that_stays(broker):
    found = [again(partial(broker.identity, topic)) for topic in ("hits", "alerts", "hits")]
    assert found[0] == found[2] != found[1]
    with pytest.raises(TransientError):
        broker.identity("no-such-topic")


def test_a_reader_that_starts_at_the_end_reads_nothing_of_before_and_all_that_comes(broker):
    everything(broker)
    send(broker, *(hit(f"old {n}") for n in range(20)))
    reader = broker.reader()
    reader.start_at_end(PARTITIONS)
    send(broker, *(hit(f"new {n}") for n in range(20)))
    assert {r.key for r in take(reader_as_consumer(reader), 20)} == {f"new {n}" for n in range(20)}
    reader.close()


def test_a_reader_that_starts_at_the_end_of_what_is_empty_reads_what_comes(broker):
    everything(broker)
    reader = broker.reader()
    reader.start_at_end(PARTITIONS)
    assert reader.poll(0.2) == []
    send(broker, hit("first"))
    assert [r.key for r in take(reader_as_consumer(reader), 1)] == ["first"]
    reader.close()


def test_a_reader_may_start_some_offsets_before_the_end_and_says_where(broker):
    everything(broker)
    send(broker, *(hit(f"old {n}", partition=0) for n in range(5)))
    send(broker, hit("only", partition=1))
    reader = broker.reader()
    spans = reader.start_at_end(PARTITIONS, back=2)
    assert [spans[tp] for tp in PARTITIONS] == [(3, 5), (0, 1)]
    send(broker, hit("new", partition=0))
    found = {r.key for r in take(reader_as_consumer(reader), 4)}
    assert found == {"old 3", "old 4", "only", "new"}
    reader.close()


def test_a_reader_that_starts_at_the_end_sees_a_transaction_that_is_committed_later(
    broker, open_consumer
):
    consumer, producer = open_consumer("g", ("hits",)), broker.transactional_producer("t")
    send(broker, Outgoing("alerts", "k", b"old", partition=0))
    producer.begin()
    producer.send(Outgoing("alerts", "k", b"open at the call", partition=0))
    getattr(producer, "flush", lambda: None)()
    reader = broker.reader()
    reader.start_at_end([TopicPartition("alerts", p) for p in range(2)])
    assert reader.poll(0.3) == []
    producer.commit(consumer, {})
    producer.close()
    assert [r.value for r in take(reader_as_consumer(reader), 1)] == [b"open at the call"]
    reader.close()


def test_reading_what_is_empty_or_ends_in_an_abort_ends(broker):
    assert everything(broker, "claims") == []
    producer = broker.transactional_producer("t")
    producer.begin()
    producer.send(Outgoing("claims", "k", b"aborted"))
    producer.abort()
    producer.close()
    assert everything(broker, "claims") == []


def test_a_reader_waits_for_a_transaction_that_is_open_at_the_call(broker, open_consumer):
    """A successor must not start on state that its predecessor is still writing."""
    consumer, producer = open_consumer("g", ("hits",)), broker.transactional_producer("t")
    producer.begin()
    producer.send(Outgoing("alerter-state", "k", b"late"))
    # Kafka's producer only queues: what is not in the log yet can't hold anybody up.
    getattr(producer, "flush", lambda: None)()
    send(broker, Outgoing("alerter-state", "k", b"behind it"))
    read = []
    reading = threading.Thread(target=lambda: read.extend(everything(broker, "alerter-state")))
    reading.start()
    reading.join(1.0)
    assert reading.is_alive()
    producer.commit(consumer, {})
    reading.join(patient(20))
    producer.close()
    assert sorted(r.value for r in read) == [b"behind it", b"late"]


def test_a_topic_that_is_not_there_is_worth_waiting_for(broker):
    with pytest.raises(TransientError):
        broker.n_partitions("nothing-of-ours")


def reader_as_consumer(reader):
    """Give a reader the poll of a consumer."""

    class Polled:
        def poll(self, _most, seconds):
            return reader.poll(seconds)

    return Polled()


def test_a_member_knows_how_far_behind_it_is_from_what_it_fetched(broker, open_consumer):
    consumer = open_consumer("g")
    send(broker, *(hit(str(n), partition=0) for n in range(5)))
    take(consumer, 2)
    assert consumer.behind()[PARTITIONS[0]] == 3
    take(consumer, 3)
    assert consumer.behind()[PARTITIONS[0]] == 0


TOO_LARGE = random.Random(1).randbytes(TOPIC_BYTES + 1)
"""Kafka weighs what it is sent, which is compressed: this can't be."""


def refused(call):
    with pytest.raises(Unwritable, match=r"too-large: .* hits, key big"):
        call()


def test_a_message_over_the_limit_of_its_topic_is_refused_by_name_and_the_next_one_is_sent(broker):
    producer = broker.producer()

    def send_both():
        producer.send(hit("big", TOO_LARGE))
        producer.flush()

    refused(send_both)
    producer.send(hit("small"))
    producer.flush()
    producer.close()
    assert [r.key for r in everything(broker)] == ["small"]


def test_a_message_of_the_greatest_size_is_taken_by_every_kind_of_producer(broker, open_consumer):
    send(broker, hit("plain", b"x" * MESSAGE_BYTES))
    consumer = open_consumer("g")
    (record,) = take(consumer, 1)
    with_transaction = broker.transactional_producer("t")
    with_transaction.begin()
    with_transaction.send(hit("in a transaction", b"x" * MESSAGE_BYTES))
    with_transaction.commit(consumer, behind([record]))
    with_transaction.close()
    assert sorted(r.key for r in everything(broker)) == ["in a transaction", "plain"]


def test_a_transaction_with_a_message_over_the_limit_leaves_nothing_and_the_next_one_passes(
    broker, open_consumer
):
    send(broker, hit("read"))
    consumer = open_consumer("g")
    (record,) = take(consumer, 1)
    producer = broker.transactional_producer("t")

    def transaction(message):
        producer.begin()
        producer.send(hit("beside"))
        producer.send(message)
        producer.commit(consumer, behind([record]))

    refused(lambda: transaction(hit("big", TOO_LARGE)))
    again(lambda: transaction(hit("small")))
    producer.close()
    assert sorted(r.key for r in everything(broker)) == ["beside", "read", "small"]


def test_it_tells_how_far_groups_have_read_and_since_when_the_rest_waits(broker, open_consumer):
    everything(broker)
    before = int(time.time() * 1000) - 1000
    transactional = broker.transactional_producer("p")
    consumer = open_consumer("reading")
    send(broker, *(hit(f"k{n}", partition=0) for n in range(3)))
    take(consumer, 3)
    assert "nobody" not in broker.progress(["reading", "nobody"])
    found = broker.progress(["reading"])["reading"]
    assert (found.behind, found.members) == (3, 1)
    assert before < found.oldest_ms < before + 120_000
    transactional.begin()
    transactional.send(hit("last", partition=0))
    transactional.commit(consumer, {TopicPartition("hits", 0): 4})
    found = again(lambda: broker.progress(["reading"]))["reading"]
    assert (found.behind, found.oldest_ms) == (0, None)
