"""When an article counts as taken back by its outlet."""

from datetime import timedelta

import pytest
from sights import FEED, HOUR, MINUTE, Polls, entry

from services.poller.reading.entry import ParsedFeed, Tombstone
from services.poller.versions.remembered import WATCHED_FOR
from services.poller.versions.sight import Pages, sight
from services.poller.versions.withdrawals import MAX_LOOKS, TWICE_AFTER, to_look_at, witness
from services.text.hashes import digest

KEY = digest("f", "g1")
OLD = entry("g0", title="Ferry late", text="The ferry is late.")


def polled():
    polls = Polls()
    polls.poll(OLD)
    polls.poll(entry())
    return polls


def looks(polls, *entries, after=MINUTE):
    parsed = ParsedFeed("", None, entries)
    at = sight(FEED, polls.state, parsed, polls.at + after)
    return [key for key, _ in to_look_at(at)]


def status(n):
    return Pages(statuses={KEY: n})


def test_a_tombstone_withdraws_and_leaves_no_words():
    polls = polled()
    (gone,) = polls.poll(OLD, deleted=(Tombstone("g1"),))
    assert (gone.cause, gone.title, gone.text) == ("withdrawn", "", "")
    assert gone.withdrawn == "the feed says that it was deleted; it was called 'Bridge closed'"
    assert polls.poll(OLD, deleted=(Tombstone("g1"),)) == ()


def test_a_tombstone_of_an_unknown_entry_or_of_one_that_stands_withdraws_nothing():
    polls = polled()
    assert polls.poll(OLD, entry(), deleted=(Tombstone("g1"), Tombstone("g9"))) == ()


def test_a_damaged_document_withdraws_nothing():
    assert polled().poll(OLD, deleted=(Tombstone("g1"),), is_damaged=True) == ()


def test_an_entry_that_leaves_its_feed_is_looked_at_and_not_withdrawn():
    polls = polled()
    assert looks(polls, OLD) == [KEY]
    assert polls.poll(OLD) == ()


def test_an_entry_that_is_pushed_out_by_newer_ones_is_not_looked_at():
    polls = polled()
    new = entry("g2", title="Mayor speaks", text="Taxes will rise.")
    polls.poll(entry(), new)
    assert looks(polls, new) == []


def test_an_entry_as_old_as_the_oldest_that_stands_is_not_looked_at():
    """A feed that is full drops the last of its first document, whichever that is."""
    polls = Polls()
    polls.poll(OLD, entry())
    assert looks(polls, OLD) == []


def test_an_old_entry_is_not_looked_at():
    polls = polled()
    assert looks(polls, OLD, after=WATCHED_FOR - timedelta(seconds=1)) == [KEY]
    assert looks(polls, OLD, after=WATCHED_FOR) == []


def test_a_page_that_is_gone_twice_an_hour_apart_withdraws():
    polls = polled()
    assert polls.poll(OLD, pages=status(404)) == ()
    assert looks(polls, OLD) == []
    (gone,) = polls.poll(OLD, after=TWICE_AFTER, pages=status(410))
    assert (gone.cause, gone.withdrawn) == (
        "withdrawn",
        "its page answered 410 twice, an hour apart; it was called 'Bridge closed'",
    )
    assert looks(polls, OLD, after=2 * HOUR) == []


def test_a_second_look_before_an_hour_withdraws_nothing():
    polls = polled()
    polls.poll(OLD, pages=status(404))
    assert polls.poll(OLD, after=TWICE_AFTER - timedelta(seconds=1), pages=status(404)) == ()


@pytest.mark.parametrize(("between", "is_gone"), [(0, True), (503, True), (200, False)])
def test_a_page_that_stands_in_between_is_not_gone(between, is_gone):
    polls = polled()
    polls.poll(OLD, pages=status(404))
    polls.poll(OLD, pages=status(between))
    assert bool(polls.poll(OLD, after=TWICE_AFTER, pages=status(404))) is is_gone


@pytest.mark.parametrize("answer", [0, 200, 301, 403, 429, 451, 500, 503])
def test_no_other_answer_withdraws(answer):
    polls = polled()
    polls.poll(OLD, pages=status(answer))
    assert polls.poll(OLD, after=TWICE_AFTER, pages=status(answer)) == ()


def test_an_article_that_comes_back_is_published_again():
    polls = polled()
    polls.poll(OLD, deleted=(Tombstone("g1"),))
    (back,) = polls.poll(OLD, entry())
    assert (back.cause, back.title, back.changes) == ("edit", "Bridge closed", ())


def test_only_some_pages_are_looked_at_in_one_poll():
    polls = Polls()
    polls.poll(OLD)
    polls.poll(*(entry(f"n{i}", title=f"Title {i}", text=f"S{'x' * i}.") for i in range(5)))
    assert len(looks(polls, OLD)) == MAX_LOOKS


def test_a_witness_is_another_page_of_the_host_that_stands_in_the_feed():
    at = sight(FEED, polled().state, ParsedFeed("", None, (OLD,)), polled().at)
    assert witness(at, "https://herald.example/g1") == OLD.url
    assert witness(at, "https://other.example/g1") is None
