"""A copy that was caught up is the topics without the words. Each group goes on where it was."""

from datetime import UTC, datetime

import msgspec
import pytest
from builders import article
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import on

from services.adapters.memory import MemoryBroker
from services.commands.forgetting import Forgotten, Words, scrubbed
from services.commands.moving import MoreToForgetError, Move, Places
from services.messages import encode
from services.ports import Outgoing, Record, TopicPartition

AT = datetime(2033, 5, 2, tzinfo=UTC)
TITLE, TEXT = "Two killed in Ostrel", "Two people died on Monday in the port of Ostrel."
PLACE = TopicPartition("articles", 0)


def message(id, text=TEXT):
    return encode(msgspec.structs.replace(article(TITLE, text), article_id=id))


def put(broker, id, text=TEXT):
    broker.append(Outgoing("articles", id, message(id, text)), None)


def put_in_vain(broker, id):
    """Leave a gap in the offsets, as a transaction that was aborted does."""
    producer = broker.transactional_producer("t")
    producer.begin()
    producer.send(Outgoing("articles", id, message(id)))
    producer.abort()


def what(ids=("gone",)):
    words = Words()
    words.add(TITLE)
    words.add(TEXT)
    return Forgotten(frozenset(ids), AT, words)


def unread(broker, group):
    """Return what a group has not read, by key."""
    offset = broker.group_offsets(group).get(PLACE, 0)
    return [(r.key, r.value) for r in on(broker, "articles") if r.offset >= offset]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(["gone", "a", "b"])),
        st.tuples(st.just("vain"), st.just("a")),
        st.tuples(st.just("read"), st.integers(0, 3)),
        st.tuples(st.just("catch up"), st.just("")),
    ),
    max_size=25,
)


def play(broker, steps, move=None):
    for step, with_ in steps:
        if step == "put":
            put(broker, with_)
        elif step == "vain":
            put_in_vain(broker, with_)
        elif step == "read":
            read = broker.group_offsets("tagger").get(PLACE, 0)
            broker.set_group_offsets("tagger", {PLACE: min(read + with_, broker.end(PLACE))})
        elif move is not None:
            move.catch_up()


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS)
def test_each_group_goes_on_where_it_was_whatever_came_during_the_copy(before, during):
    old, new = MemoryBroker(1), MemoryBroker(1)
    play(old, before)
    move = Move(old, new, what(), ["tagger"], lambda _topic, _n: None)
    move.copy()
    play(old, during, move)
    move.catch_up()
    move.end()
    left = [scrubbed(record, what()) for record in on(old, "articles")]
    assert [(r.key, r.value) for r in on(new, "articles")] == [(r.key, r.value) for r in left]
    assert [key for key, _ in unread(new, "tagger")] == [key for key, _ in unread(old, "tagger")]
    assert TEXT.encode() not in b"".join(
        r.value or b"" for r in on(new, "articles") if r.key == "gone"
    )


@pytest.mark.parametrize("text", [TEXT, "The port of Ostrel was closed for the whole of Monday."])
def test_an_article_that_is_edited_during_the_copy_is_copied_anew_if_its_words_are_new(text):
    old = MemoryBroker(1)
    put(old, "gone")
    move = Move(old, MemoryBroker(1), what(), [], lambda _topic, _n: None)
    move.copy()
    put(old, "gone", text)
    if text == TEXT:
        assert move.catch_up() == 1
    else:
        with pytest.raises(MoreToForgetError):
            move.catch_up()


def test_places_hold_no_record_that_all_groups_had_read():
    places = Places([{PLACE: 3}, {PLACE: 5}])
    for offset in (0, 1, 2, 3, 4, 7):
        places.copied(Record("articles", 0, offset, "k", b""))
    assert [places.now(PLACE, at) for at in (3, 4, 5, 7, 8)] == [3, 4, 5, 5, 6]
    assert len(places._offsets[PLACE]) == 3
