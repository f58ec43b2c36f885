"""Which articles a poll brings, in which version, and what is remembered of it."""

from datetime import timedelta

import msgspec
from builders import START

from services.messages import Feed, FeedState, encode
from services.messages.limits import MESSAGE_BYTES, NAME_CHARS, TEXT_CHARS, URL_CHARS
from services.poller.decide import decide, has_pending
from services.poller.feed import Entry, ParsedFeed

FEED = Feed(feed_id="f", url="https://herald.example/feed", outlet="The Herald")
LATER = START + timedelta(minutes=5)


def entry(guid="g1", title="Bridge closed", html="<p>The bridge is closed.</p>", url="https://herald.example/1", **kw):
    return Entry(guid=guid, url=url, title=title, html=html, **kw)


def poll(*entries, state=None, now=START):
    return decide(FEED, state or FeedState(feed_id="f"), ParsedFeed(title="", language="en", entries=entries), now)


def test_a_first_sight_is_new_and_its_version_is_the_moment():
    (article,) = poll(entry()).articles
    assert (article.cause, article.version) == ("new", round(START.timestamp() * 1000))
    assert (article.title, article.text, article.last_poll_at) == ("Bridge closed", "The bridge is closed.", None)


def test_what_was_published_is_not_published_again():
    first = poll(entry())
    assert poll(entry(), state=first.done, now=LATER).articles == ()


def test_a_changed_text_is_an_edit_of_the_same_article_with_a_higher_version():
    first = poll(entry())
    (edit,) = poll(entry(html="<p>The bridge is open.</p>"), state=first.done, now=LATER).articles
    (old,) = first.articles
    assert (edit.cause, edit.article_id, edit.first_seen_at) == ("edit", old.article_id, START)
    assert edit.version > old.version
    assert edit.last_poll_at == START


def test_versions_rise_even_when_the_clock_goes_back():
    first = poll(entry())
    (edit,) = poll(entry(title="Other"), state=first.done, now=START - timedelta(days=1)).articles
    assert edit.version == first.articles[0].version + 1


def test_markup_and_blanks_are_no_edit():
    first = poll(entry())
    assert poll(entry(html="<div>The  bridge <b>is</b>\n closed.</div>"), state=first.done, now=LATER).articles == ()


def test_what_may_not_have_been_sent_is_sent_again_as_it_was():
    first = poll(entry())
    assert has_pending(first.pending)
    assert not has_pending(first.done)
    again = poll(entry(), state=first.pending, now=LATER)
    assert msgspec.structs.replace(again.articles[0], seen_at=START, last_poll_at=None) == first.articles[0]


def test_a_pending_edit_is_sent_again_as_an_edit():
    first = poll(entry())
    edit = poll(entry(title="Other"), state=first.done, now=LATER)
    (again,) = poll(entry(title="Other"), state=edit.pending, now=LATER + timedelta(minutes=5)).articles
    assert (again.cause, again.version) == ("edit", edit.articles[0].version)


def test_a_pending_article_that_left_the_feed_is_told():
    first = poll(entry())
    assert "left the feed" in poll(state=first.pending, now=LATER).problems[0]


def test_a_title_alone_is_published():
    (article,) = poll(entry(html="", url=None)).articles
    assert article.text == ""
    assert article.url_key == article.article_id


def test_an_entry_of_nothing_is_a_problem_and_the_others_are_published():
    decision = poll(entry(title="", html="<p> </p>", url=None), entry("g2"))
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
    decision = poll(entry(title="Bridge", html="\\ " * 4_900_000), entry(guid="g2"))
    large, small = decision.articles
    assert (len(large.text), large.cut) == (TEXT_CHARS, "text: what is behind the first 1,000,000 characters")
    assert len(encode(large)) < MESSAGE_BYTES
    assert (small.text, small.cut) == ("The bridge is closed.", None)
    assert decision.problems == ("entry 1 was cut, text: what is behind the first 1,000,000 characters",)


def test_what_changes_behind_the_cut_is_no_edit_and_no_new_problem():
    first = poll(entry(html="x" * TEXT_CHARS + "yy"))
    again = poll(entry(html="x" * TEXT_CHARS + "zz"), state=first.done, now=LATER)
    assert (again.articles, again.problems) == ((), ())
    (edit,) = poll(entry(html="x" * (TEXT_CHARS - 1) + "yy"), state=first.done, now=LATER).articles
    assert edit.cause == "edit"


def test_an_address_or_a_name_beyond_its_bound_does_not_reach_the_article():
    (inside,) = poll(entry(url="https://x.example/" + "a" * (URL_CHARS - 18), source_name="n" * NAME_CHARS)).articles
    assert (len(inside.url), len(inside.source.name)) == (URL_CHARS, NAME_CHARS)
    (outside,) = poll(entry(url="https://x.example/" + "a" * (URL_CHARS - 17), source_name="n" * (NAME_CHARS + 1))).articles
    assert (outside.url, len(outside.source.name)) == (None, NAME_CHARS)
