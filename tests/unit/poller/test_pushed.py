"""Documents that were not asked for: pushes, and documents that are read again."""

from datetime import timedelta

import msgspec
from builders import START
from hypothesis import example, given
from hypothesis import strategies as st

from services.messages import Feed, FeedState, Subscription
from services.poller.decide import decide
from services.poller.pushed import after_push, reread
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.versions.sight import sight

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
HOUR = timedelta(hours=1)


def document(**titles):
    entries = [
        Entry(guid=guid, url=None, title=title, text=f"{title} is the news of today in the town.")
        for guid, title in titles.items()
    ]
    return ParsedFeed(title="", language="en", entries=tuple(entries), n_items=len(entries))


def read(state, at, **titles):
    return decide(sight(FEED, state, document(**titles), at), 600)


EMPTY = FeedState(feed_id="f")


def test_a_push_leaves_what_only_a_poll_can_know():
    before = msgspec.structs.replace(
        read(EMPTY, START, a="A").done,
        etag="1",
        last_modified="2",
        body_hash="3",
        failures=2,
        last_error="HTTP 500",
        waiting=("w",),
        subscription=Subscription(hub="h", topic="t", missed=2),
    )
    done = after_push(before, read(before, START + HOUR, b="B").done, START + HOUR)
    same = ("etag", "last_modified", "body_hash", "failures", "last_error", "waiting")
    assert [getattr(done, name) for name in same] == [getattr(before, name) for name in same]
    assert (done.subscription.pushed_at, done.subscription.missed) == (START + HOUR, 0)
    assert len(done.entries) == 2


def test_what_a_parser_missed_is_added_with_the_time_of_its_document():
    state = read(EMPTY, START, a="A").done
    (article,), done = reread(FEED, state, document(a="A", b="B"), START)
    assert (article.title, article.cause, article.first_seen_at) == ("B", "backfill", START)
    assert article.article_id in done.entries


def test_what_a_parser_read_wrongly_is_mended_in_a_higher_version():
    first = read(EMPTY, START, a="A?")
    (article,), _ = reread(FEED, first.done, document(a="A"), START)
    assert (article.title, article.cause) == ("A", "backfill")
    assert article.version > first.articles[0].version


def test_a_later_version_is_not_undone_by_an_older_document():
    state = read(read(EMPTY, START, a="A").done, START + HOUR, a="A again").done
    assert reread(FEED, state, document(a="A"), START) == ((), state)


def blog(text):
    entry = Entry(guid="b", url="https://herald.example/live/b", title="Harbour: live", text=text)
    return ParsedFeed(title="", language="en", entries=(entry,), n_items=1)


def test_a_post_that_the_mended_parser_reads_otherwise_does_not_set_a_live_blog_back():
    posts = (
        "Police have closed two gates of the harbour after shots were heard.",
        "Ferries sail again at dawn, says their operator in a short statement.",
    )
    state = EMPTY
    for n, text in enumerate(posts):
        decision = decide(sight(FEED, state, blog(text), START + n * HOUR), 600)
        assert decision.articles[0].cause == "new"
        state = decision.done
    assert reread(
        FEED,
        state,
        blog("A spokeswoman warned everybody near it to stay inside this evening."),
        START,
    ) == ((), state)
    (mended,), _ = reread(FEED, state, blog(f"{posts[1]} Tickets too."), START + HOUR)
    assert mended.cause == "backfill"


@example([{"b": "X"}, {"c": "X", "a": "X"}])
@example([{"b": "X"}, {"a": "X"}, {"a": "Y"}])
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from("XYZ"), max_size=3), max_size=4
    )
)
def test_documents_read_again_by_the_same_parser_change_nothing(documents):
    state, times = EMPTY, [START + n * HOUR for n in range(len(documents))]
    for at, titles in zip(times, documents, strict=True):
        state = read(state, at, **titles).done
    for at, titles in zip(times, documents, strict=True):
        assert reread(FEED, state, document(**titles), at)[0] == ()
