"""Pushes that wait for their feed's turn."""

from builders import START
from polling import feed

from services.messages import FeedPush, FeedState, encode
from services.poller.roster import IN_FLIGHT, Roster, Slot, Tenure
from services.poller.service.pushing import MOST_WAIT_SECONDS, MOST_WAITING, Inbox
from services.ports import Record


def record(name, number=0):
    push = FeedPush(feed_id=name, kind="denied", at=START, reason=str(number))
    return Record("feed-pushes", 0, number, name, encode(push))


def roster(**dues):
    found = Roster(60.0)
    for name, due in dues.items():
        found.slots[name] = Slot(feed(name), FeedState(feed_id=name), Tenure(0), due)
    return found


def taken(inbox, feeds, now=0.0):
    return [(slot.feed.feed_id, push.reason) for slot, push in inbox.ready(feeds, now)]


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
