"""What a feed's state keeps of its entries."""

import msgspec
from sights import HOUR, Polls, entry

from services.messages import FeedState, encode
from services.poller.versions.remembered import WORDS_CHARS, remembered
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
