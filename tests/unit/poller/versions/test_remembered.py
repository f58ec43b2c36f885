"""What a feed's state keeps of its entries."""

import msgspec
from sights import FEED, HOUR, Polls, entry

from services.messages import FeedState, encode
from services.messages.limits import MESSAGE_BYTES, URL_CHARS
from services.poller.decide import acknowledged
from services.poller.pushed import reread
from services.poller.reading.entry import ParsedFeed
from services.poller.reading.feed import MAX_ENTRIES
from services.poller.service.polling import MAX_SITEMAPS
from services.poller.versions.remembered import MAX_KNOWN, URLS_CHARS, WORDS_CHARS, remembered
from services.poller.versions.words import KEPT_CHARS


def with_words(n_chars):
    polls = Polls()
    polls.poll(entry())
    (known,) = polls.state.entries.values()
    return {
        "a": msgspec.structs.replace(known, words="x" * n_chars),
        "b": msgspec.structs.replace(known, words="y", first_seen_at=known.first_seen_at + HOUR),
    }, polls.at


def test_words_are_kept_up_to_the_bound_the_newest_first():
    entries, now = with_words(WORDS_CHARS - 1)
    assert remembered({}, entries, (), now)["a"].words
    entries, now = with_words(WORDS_CHARS)
    kept = remembered({}, entries, (), now)
    assert (kept["a"].words, kept["b"].words) == (None, "y")


def test_a_feed_of_long_articles_stays_small():
    polls = Polls()
    polls.poll(
        *(
            entry(f"g{i}", title=f"T{i}", text=" ".join(str(i * n) for n in range(KEPT_CHARS)))
            for i in range(40)
        )
    )
    assert len(encode(polls.state)) < 2 * WORDS_CHARS + 40 * 700
    assert isinstance(polls.state, FeedState)


def test_addresses_are_kept_up_to_the_bound_the_newest_first():
    entries, now = with_words(1)
    for left, kept in ((1, True), (0, False)):
        entries["a"] = msgspec.structs.replace(entries["a"], url="a" * (URLS_CHARS - left))
        entries["b"] = msgspec.structs.replace(entries["b"], url="b")
        found = remembered({}, entries, (), now)
        assert (bool(found["a"].url), found["b"].url) == (kept, "b")
        assert found["a"].words


def longest(n):
    """Return an entry whose address is as long, and takes as many bytes, as any may."""
    url = f"https://herald.example/{n}x?" + "\U0001f525" * (URL_CHARS - 40)
    return entry(None, title=f"Title {n}", text="", url=url)


def test_the_row_of_a_feed_with_the_longest_addresses_can_be_written():
    polls = Polls()
    empty, document = polls.state, ParsedFeed("", "en", tuple(map(longest, range(MAX_ENTRIES))))
    articles = polls.decided(document).articles
    assert len(articles) == MAX_ENTRIES
    rows = [polls.state, acknowledged(empty, articles), reread(FEED, empty, document, polls.at)[1]]
    for state in rows:
        assert len(state.entries) == MAX_ENTRIES
        assert len(encode(state)) < MESSAGE_BYTES


def test_the_row_of_the_largest_index_of_sitemaps_can_be_written():
    polls = Polls()
    polls.poll(longest(1))
    (known,) = polls.state.entries.values()
    known = msgspec.structs.replace(known, updated_at=polls.at, looked_at=polls.at)
    entries = {f"{n:020d}": known for n in range(MAX_KNOWN + MAX_SITEMAPS * MAX_ENTRIES)}
    state = msgspec.structs.replace(polls.state, entries=remembered({}, entries, (), polls.at))
    assert len(encode(state)) < MESSAGE_BYTES
