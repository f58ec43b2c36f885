"""Which articles a poll brings, in which version, and what is remembered of it."""

from datetime import timedelta

import msgspec
from builders import START

from services.messages import Feed, FeedState, encode
from services.messages.limits import MESSAGE_BYTES, NAME_CHARS, TEXT_CHARS, URL_CHARS
from services.poller.decide import MAX_PROBLEMS, acknowledged, decide, must_be_whole
from services.poller.reading.entry import Entry, ParsedFeed
from services.poller.versions.sight import sight

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
LATER = START + timedelta(minutes=5)


def entry(
    guid="g1",
    title="Bridge closed",
    text="The bridge is closed.",
    url="https://herald.example/1",
    **kw,
):
    return Entry(guid=guid, url=url, title=title, text=text, **kw)


def poll(*entries, state=None, now=START, per_hour=600):
    parsed = ParsedFeed(title="", language="en", entries=entries)
    return decide(sight(FEED, state or FeedState(feed_id="f"), parsed, now), per_hour)


def former(decision):
    """Return the state that an earlier version would have left
    before it knew its articles to be published.
    """
    entries = {
        key: msgspec.structs.replace(entry, pending=True)
        for key, entry in decision.done.entries.items()
    }
    return msgspec.structs.replace(decision.done, entries=entries)


def test_a_first_sight_is_new_and_its_version_is_the_moment():
    (article,) = poll(entry()).articles
    assert (article.cause, article.version) == ("new", round(START.timestamp() * 1000))
    assert (article.title, article.text, article.last_poll_at) == (
        "Bridge closed",
        "The bridge is closed.",
        None,
    )


def test_what_was_published_is_not_published_again():
    first = poll(entry())
    assert poll(entry(), state=first.done, now=LATER).articles == ()


def test_a_changed_text_is_an_edit_of_the_same_article_with_a_higher_version():
    first = poll(entry())
    (edit,) = poll(entry(text="The bridge is open."), state=first.done, now=LATER).articles
    (old,) = first.articles
    assert (edit.cause, edit.article_id, edit.first_seen_at) == ("edit", old.article_id, START)
    assert edit.version > old.version
    assert edit.last_poll_at == START


def test_nothing_of_a_forgotten_entry_is_published_and_none_of_its_words_is_kept():
    first = poll(entry(), entry(guid="g2", url="https://herald.example/2"))
    (key, other) = first.done.entries
    left = msgspec.structs.replace(first.done.entries[key], words=None, is_forgotten=True)
    state = msgspec.structs.replace(first.done, entries={**first.done.entries, key: left})
    edits = (
        entry(text="It is open."),
        entry(guid="g2", url="https://herald.example/2", text="So."),
    )
    again = poll(*edits, state=state, now=LATER)
    assert [article.article_id for article in again.articles] == [other]
    assert again.done.entries[key] == left


def test_versions_rise_even_when_the_clock_goes_back():
    first = poll(entry())
    (edit,) = poll(entry(title="Other"), state=first.done, now=START - timedelta(days=1)).articles
    assert edit.version == first.articles[0].version + 1


def test_blanks_are_no_edit():
    first = poll(entry())
    assert poll(entry(text="The  bridge  is\n closed."), state=first.done, now=LATER).articles == ()


def test_what_an_earlier_version_may_not_have_sent_is_sent_again_as_it_was():
    first = poll(entry())
    assert must_be_whole(former(first), START)
    again = poll(entry(), state=former(first), now=LATER)
    assert (
        msgspec.structs.replace(again.articles[0], seen_at=START, last_poll_at=None)
        == first.articles[0]
    )
    assert not must_be_whole(again.done, LATER)


def test_a_pending_edit_is_sent_again_as_an_edit():
    first = poll(entry())
    edit = poll(entry(title="Other"), state=first.done, now=LATER)
    (again,) = poll(
        entry(title="Other"), state=former(edit), now=LATER + timedelta(minutes=5)
    ).articles
    assert (again.cause, again.version) == ("edit", edit.articles[0].version)


def test_a_pending_article_of_an_earlier_version_that_left_the_feed_is_told():
    decision = poll(state=former(poll(entry())), now=LATER)
    assert "left the feed" in decision.problems[0]
    assert not must_be_whole(decision.done, LATER)


def test_an_article_published_later_is_known_from_then_on():
    first = poll(entry())
    state = acknowledged(FeedState(feed_id="f"), first.articles)
    assert poll(entry(), state=state, now=LATER).articles == ()


# The quota.


def unspent(state):
    return msgspec.structs.replace(state, quota_since=None, quota_new=0)


KNOWN = unspent(poll(entry("g0")).done)


def many(n, word="new", start=1):
    return tuple(
        entry(f"{word}{i}", title=f"{word} {i}", url=None) for i in range(start, start + n)
    )


def test_as_many_new_entries_as_the_quota_allows_are_published_and_one_more_waits():
    inside = poll(*many(3), state=KNOWN, now=LATER, per_hour=3)
    assert (len(inside.articles), inside.done.waiting, inside.problems) == (3, (), ())
    outside = poll(*many(4), state=KNOWN, now=LATER, per_hour=3)
    assert (len(outside.articles), len(outside.done.waiting)) == (3, 1)
    assert "1 entries wait for the next hour" in outside.problems[0]
    assert "REPORTEDLY_NEW_ENTRIES_PER_HOUR" in outside.problems[0]


def test_what_waits_is_published_in_the_next_hour_and_no_sooner():
    state = poll(*many(5), state=KNOWN, now=LATER, per_hour=3).done
    early = poll(*many(5), state=state, now=LATER + timedelta(minutes=59), per_hour=3)
    assert early.articles == ()
    late = poll(*many(5), state=early.done, now=LATER + timedelta(minutes=60), per_hour=3)
    assert [a.title for a in late.articles] == ["new 4", "new 5"]
    assert (late.articles[0].cause, late.done.waiting) == ("new", ())


def test_what_left_the_feed_while_it_waited_is_told():
    state = poll(*many(5), state=KNOWN, now=LATER, per_hour=3).done
    assert (
        "2 entries left the feed while they waited"
        in poll(*many(3), state=state, now=LATER, per_hour=3).problems[0]
    )


def test_edits_have_a_quota_of_their_own_and_keep_the_published_version_while_they_wait():
    state = unspent(poll(*many(4)).done)
    decision = poll(
        *(changed(e) for e in many(4)), *many(3, "other"), state=state, now=LATER, per_hour=3
    )
    assert [a.cause for a in decision.articles].count("edit") == 3
    assert [a.cause for a in decision.articles].count("new") == 3
    (key,) = decision.done.waiting
    assert decision.done.entries[key] == state.entries[key]


def changed(old):
    """Return the entry as its outlet has changed it."""
    return entry(old.guid, title=old.title, url=None, text=f"{old.guid} changed.")


def test_the_first_document_of_a_feed_is_published_whole_and_counts():
    first = poll(*many(10), per_hour=3)
    assert len(first.articles) == 10
    assert poll(*many(11), state=first.done, now=LATER, per_hour=3).articles == ()


def test_a_clock_that_is_set_back_begins_a_new_hour():
    state = poll(*many(3), state=KNOWN, now=LATER, per_hour=3).done
    assert len(poll(*many(6), state=state, now=LATER - timedelta(days=1), per_hour=3).articles) == 3


def test_of_very_many_problems_the_first_are_told_and_the_others_counted():
    nothing = entry(title="", text="", url=None)
    assert len(poll(*[nothing] * MAX_PROBLEMS).problems) == MAX_PROBLEMS
    problems = poll(*[nothing] * (MAX_PROBLEMS + 2)).problems
    assert (len(problems), problems[-1]) == (MAX_PROBLEMS + 1, "and 2 more problems")


def test_a_title_alone_is_published():
    (article,) = poll(entry(text="", url=None)).articles
    assert article.text == ""
    assert article.url_key == article.article_id


def test_an_entry_of_nothing_is_a_problem_and_the_others_are_published():
    decision = poll(entry(title="", text="", url=None), entry("g2"))
    assert len(decision.articles) == 1
    assert "entry 1" in decision.problems[0]


def test_a_guid_listed_twice_is_one_article():
    twice = (entry(), entry(title="Other"))
    first = poll(*twice)
    assert [a.title for a in first.articles] == ["Bridge closed"]
    assert poll(*twice, state=first.done, now=LATER).articles == ()


def test_an_old_entry_that_comes_back_is_not_news():
    first = poll(entry("g1"), entry("g2", url="https://herald.example/2"))
    without = poll(entry("g2", url="https://herald.example/2"), state=first.done, now=LATER)
    assert poll(entry("g1"), state=without.done, now=LATER).articles == ()


def test_an_entry_of_megabytes_is_cut_and_said_so_and_stays_below_the_limit_of_a_message():
    """Nine million backslashes are eighteen million bytes of JSON."""
    decision = poll(entry(title="Bridge", text="\\ " * 4_900_000), entry(guid="g2"))
    large, small = decision.articles
    assert (len(large.text), large.cut) == (
        TEXT_CHARS,
        "text: what is behind the first 1,000,000 characters",
    )
    assert len(encode(large)) < MESSAGE_BYTES
    assert (small.text, small.cut) == ("The bridge is closed.", None)
    assert decision.problems == (
        "https://herald.example/1 was cut, text: what is behind the first 1,000,000 characters",
    )


def test_what_changes_behind_the_cut_is_no_edit_and_no_new_problem():
    first = poll(entry(text="x" * TEXT_CHARS + "yy"))
    again = poll(entry(text="x" * TEXT_CHARS + "zz"), state=first.done, now=LATER)
    assert (again.articles, again.problems) == ((), ())
    (edit,) = poll(entry(text="x" * (TEXT_CHARS - 1) + "yy"), state=first.done, now=LATER).articles
    assert edit.cause == "edit"


def test_entries_known_under_another_id_count_as_known():
    first = poll(entry("g1"), entry("g2", title="Ferry late", text="It is late.", url=None))
    again = poll(
        entry("h1"),
        entry("h2", title="Ferry late", text="It is late.", url=None),
        entry("h3", title="Mayor speaks", text="Taxes will rise.", url=None),
        state=first.done,
        now=LATER,
    )
    assert (len(again.articles), again.n_known) == (1, 2)


def test_an_address_or_a_name_beyond_its_bound_does_not_reach_the_article():
    (inside,) = poll(
        entry(url="https://x.example/" + "a" * (URL_CHARS - 18), source_name="n" * NAME_CHARS)
    ).articles
    assert (len(inside.url), len(inside.source.name)) == (URL_CHARS, NAME_CHARS)
    (outside,) = poll(
        entry(url="https://x.example/" + "a" * (URL_CHARS - 17), source_name="n" * (NAME_CHARS + 1))
    ).articles
    assert (outside.url, len(outside.source.name)) == (None, NAME_CHARS)


def test_the_last_new_entry_is_remembered_and_an_edit_is_none():
    first = poll(entry())
    edit = poll(entry(title="Other"), state=first.done, now=LATER)
    assert first.done.last_new_at == edit.done.last_new_at == START
    another = poll(entry(), entry(guid="g2"), state=first.done, now=LATER)
    assert another.done.last_new_at == LATER
