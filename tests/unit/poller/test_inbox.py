"""Pushes that wait for their feed's turn."""

import dataclasses

from builders import START
from polling import feed

from services.messages import FeedDocument, FeedPush, FeedState, encode
from services.poller.roster import IN_FLIGHT, Roster, Slot, Tenure
from services.poller.service.inbox import (
    MOST_A_FEED,
    MOST_WAIT_SECONDS,
    MOST_WAITING,
    MOST_WAITING_BYTES,
    REREADS,
    Inbox,
)
from services.ports import Record, TopicPartition


def record(name, number=0):
    push = FeedPush(feed_id=name, kind="denied", at=START, reason=str(number))
    return Record("feed-pushes", 0, number, name, encode(push))


def document(name, number=0, kind="content", n_bytes=10):
    """Return a record of a pushed document, of `n_bytes` at least."""
    content = FeedDocument(feed_id=name, at=START, url="", content_type="", body=b"x" * n_bytes)
    push = FeedPush(feed_id=name, kind=kind, at=START, document=content, reason=str(number))
    return Record("feed-pushes", 0, number, name, encode(push))


def roster(**dues):
    found = Roster(60.0)
    for name, due in dues.items():
        found.slots[name] = Slot(feed(name), FeedState(feed_id=name), Tenure(0), due)
    return found


def taken(inbox, feeds, now=0.0):
    return [(slot.feed.feed_id, one.push.reason) for slot, one in inbox.ready(feeds, now)]


def test_a_feed_gets_its_pushes_one_by_one_in_order():
    inbox, feeds = Inbox(), roster(a=1.0, b=1.0)
    for name, number in (("a", 1), ("a", 2), ("b", 3)):
        inbox.put(record(name, number), 0.0)
    assert taken(inbox, feeds) == [("a", "1"), ("b", "3")]
    assert taken(inbox, feeds) == [("a", "2")]
    assert taken(inbox, feeds) == []


def test_a_push_waits_for_the_poll_of_its_feed_and_for_its_feed_to_be_loaded():
    inbox = Inbox()
    inbox.put(record("a"), 0.0)
    assert taken(inbox, roster(a=IN_FLIGHT)) == []
    assert taken(inbox, roster(), MOST_WAIT_SECONDS) == []
    assert taken(inbox, roster(a=1.0)) == [("a", "0")]
    inbox.put(record("a"), 0.0)
    assert taken(inbox, roster(), MOST_WAIT_SECONDS + 1) == []
    assert taken(inbox, roster(a=1.0)) == []


def test_an_inbox_says_when_it_is_full_and_an_unreadable_push_takes_no_place():
    inbox = Inbox()
    inbox.put(Record("feed-pushes", 0, 0, "a", b"{"), 0.0)
    for number in range(MOST_WAITING):
        assert not inbox.is_full, number
        inbox.put(record("a", number), 0.0)
    assert inbox.is_full
    assert inbox.is_half_full


def test_an_inbox_is_full_by_its_bytes_until_half_of_them_are_taken():
    inbox, large = Inbox(), document("a", kind="reread", n_bytes=MOST_WAITING_BYTES // 16)
    n = -(-MOST_WAITING_BYTES // len(large.value))
    for _ in range(n):
        assert not inbox.is_full
        inbox.put(large, 0.0)
    assert inbox.is_full
    while inbox.is_half_full:
        assert taken(inbox, roster(a=1.0)) == [("a", "0")]
    assert not inbox.is_full
    assert taken(inbox, roster(), MOST_WAIT_SECONDS + 1) == []
    for _ in range(n):
        assert not inbox.is_full
        inbox.put(large, 0.0)


def test_the_oldest_documents_of_a_feed_s_hub_make_room_for_the_next():
    inbox, feeds = Inbox(), roster(a=1.0, b=1.0)
    inbox.put(document("b"), 0.0)
    inbox.put(record("a", 100), 0.0)
    for number in range(MOST_A_FEED + 2):
        inbox.put(document("a", number), 0.0)
    got = [row for _ in range(MOST_A_FEED + 2) for row in taken(inbox, feeds)]
    left = [str(n) for n in range(2, MOST_A_FEED + 2)]
    assert got == [("b", "0"), ("a", "100"), *(("a", number) for number in left)]


def test_documents_to_reread_are_never_dropped_for_others_of_their_feed():
    inbox, feeds = Inbox(), roster(a=1.0)
    for number in range(MOST_A_FEED + 1):
        inbox.put(document("a", number, "reread"), 0.0)
    got = [number for _ in range(MOST_A_FEED + 1) for _, number in taken(inbox, feeds)]
    assert got == [str(n) for n in range(MOST_A_FEED + 1)]


def to_reread(name, number, partition=0):
    return dataclasses.replace(document(name, number, "reread"), topic=REREADS, partition=partition)


def test_the_offset_of_a_document_to_reread_is_committed_once_it_was_read_again():
    inbox, at = Inbox(), TopicPartition(REREADS, 0)
    inbox.put(to_reread("a", 4), 0.0)
    inbox.put(to_reread("b", 5), 0.0)
    inbox.put(record("a", 7), 0.0)
    assert inbox.offsets({0}) == {at: 4, TopicPartition("feed-pushes", 0): 8}
    (_, first), (_, second) = inbox.ready(roster(a=1.0, b=1.0), 0.0)
    assert inbox.offsets({0})[at] == 4
    inbox.done(second)
    assert inbox.offsets({0})[at] == 4
    inbox.done(first)
    assert inbox.offsets({0})[at] == 6


def test_a_document_of_a_feed_that_is_not_polled_here_and_an_unreadable_one_hold_no_offset_up():
    inbox, at = Inbox(), TopicPartition(REREADS, 0)
    inbox.put(to_reread("a", 4), 0.0)
    inbox.put(Record(REREADS, 0, 5, "a", b"{"), 0.0)
    assert inbox.offsets({0}) == {at: 4}
    assert taken(inbox, roster(), MOST_WAIT_SECONDS + 1) == []
    assert inbox.offsets({0}) == {at: 6}


def test_of_a_partition_that_is_held_no_more_no_offset_is_committed():
    inbox = Inbox()
    for partition in (0, 1):
        inbox.put(to_reread("a", 4, partition), 0.0)
    assert inbox.offsets({1}) == {TopicPartition(REREADS, 1): 4}
    inbox.put(to_reread("a", 2, 0), 0.0)
    assert inbox.offsets({0, 1})[TopicPartition(REREADS, 0)] == 2
