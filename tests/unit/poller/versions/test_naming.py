"""Under which key an entry is known when its id or its address moves."""

import msgspec
import pytest
from sights import FEED, HOUR, Polls, entry

from services.poller.identity import former_id
from services.poller.reading.entry import ParsedFeed
from services.poller.reading.feed import parse_feed
from services.poller.versions.moved import place
from services.poller.versions.remembered import WATCHED_FOR
from services.text.hashes import digest

BEFORE = "http://herald.example/bridge-closed/a-712345"
AFTER = "https://www.herald.example/bridge-is-shut/a-712345?utm_source=rss"


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (BEFORE, "herald.example#712345"),
        (AFTER, "herald.example#712345"),
        ("https://herald.example/2031/05/bridge", "herald.example/2031/05/bridge"),
        ("https://herald.example/20310506/bridge", "herald.example/20310506/bridge"),
        ("https://herald.example/203105/bridge", "herald.example/203105/bridge"),
        ("https://herald.example/a-203113", "herald.example#203113"),
        ("https://herald.example/a-71234", "herald.example/a-71234"),
        ("https://herald.example/a-712345", "herald.example#712345"),
        ("https://herald.example/", None),
        (None, None),
    ],
)
def test_the_number_of_an_article_stays_where_its_slug_changes(url, where):
    assert place(url) == (where and digest(where))


def test_an_entry_whose_id_and_slug_moved_is_an_edit_of_the_known_article():
    polls = Polls()
    (first,) = polls.poll(entry(BEFORE, url=BEFORE))
    (edit,) = polls.poll(entry(AFTER, url=AFTER, title="Bridge is shut"))
    assert (edit.cause, edit.article_id) == ("edit", first.article_id)
    assert polls.poll(entry(AFTER, url=AFTER, title="Bridge is shut")) == ()


def test_an_entry_whose_id_alone_moved_is_no_edit():
    polls = Polls()
    polls.poll(entry("g1", url=BEFORE))
    assert polls.poll(entry("g2", url=BEFORE)) == ()
    (edit,) = polls.poll(entry("g2", url=BEFORE, text="The bridge over the Sund is open."))
    assert edit.cause == "edit"


def test_another_story_at_the_place_of_one_that_left_is_new():
    polls = Polls()
    polls.poll(entry("g1", url=BEFORE))
    (other,) = polls.poll(entry("g2", url=BEFORE, title="Mayor speaks", text="Taxes will rise."))
    assert other.cause == "new"


def test_an_entry_beside_the_one_with_its_words_is_another_article():
    polls = Polls()
    polls.poll(entry("g1"))
    assert [a.cause for a in polls.poll(entry("g1"), entry("g2"))] == ["new"]


def test_two_that_may_have_moved_are_none():
    polls = Polls()
    polls.poll(entry("g1"), entry("g2"))
    assert [a.cause for a in polls.poll(entry("g3"))] == ["new"]


@pytest.mark.parametrize("number", ["5000", "500000", "5000000"])
@pytest.mark.parametrize("slugs", [("{}-evacuated", "{}-jobs-to-go"), ("a-{}", "a-{}")])
def test_a_number_in_two_addresses_does_not_make_two_stories_one(number, slugs):
    before, now = (f"https://herald.example/{slug.format(number)}" for slug in slugs)
    polls, other = Polls(), entry("g2", title="Mayor speaks", text="Taxes will rise.")
    polls.poll(entry(None, url=before), other)
    polls.at += WATCHED_FOR
    polls.poll(other)
    jobs = entry("g3", url=now, title="Jobs to go", text="The steel works close in June.")
    assert [a.cause for a in polls.poll(jobs, other)] == ["new"]


def test_words_tell_that_an_entry_moved_for_a_day_after_its_first_sight():
    for hours, cause in ((23, "edit"), (24, "new")):
        polls, other = Polls(), entry("g2", title="Mayor speaks", text="Taxes will rise.")
        polls.poll(entry(BEFORE, url=BEFORE), other)
        polls.at += hours * HOUR
        polls.poll(other)
        moved = entry(AFTER, url=AFTER, title="Bridge is shut")
        assert [a.cause for a in polls.poll(moved, other)] == [cause]


def of_earlier_version(polls, url):
    """Give the one entry that is known the row that it had before addresses were written so."""
    (known,) = polls.state.entries.values()
    key = former_id("f", url)
    known = msgspec.structs.replace(
        known, article_id=key, meaning=None, place=None, url=None, words=None
    )
    polls.state = msgspec.structs.replace(polls.state, entries={key: known})
    return key


@pytest.mark.parametrize("is_damaged", [False, True])
@pytest.mark.parametrize(
    "added", ["?at_medium=rss", "?id=7&CMP=feed", "?ref=rss&utm_source=x", ";jsessionid=A1", ""]
)
def test_an_entry_without_guid_that_an_earlier_version_published_is_not_published_again(
    added, is_damaged
):
    polls, url = Polls(), f"https://herald.example/bridge{added}"
    item = entry(None, url=url)
    polls.poll(item)
    key = of_earlier_version(polls, url)
    assert polls.decided(ParsedFeed("", "en", (item,), is_damaged=is_damaged)).articles == ()
    assert [known.article_id for known in polls.state.entries.values()] == [key]
    (edit,) = polls.poll(entry(None, url=url, text="The bridge over the Sund is open."))
    assert (edit.cause, edit.article_id) == ("edit", key)


def test_an_entry_that_an_earlier_version_knew_by_its_plain_link_is_not_published_again():
    document = (
        b"<rss version='2.0' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel>"
        b"<title>H</title><item><title>Bridge closed</title><link>https://burner.example/~r/1</link>"
        b"<feedburner:origLink>https://herald.example/1</feedburner:origLink></item></channel></rss>"
    )
    polls, parsed = Polls(), parse_feed(document, "text/xml", FEED.url)
    (first,) = polls.decided(parsed).articles
    assert first.url == "https://herald.example/1"
    of_earlier_version(polls, "https://burner.example/~r/1")
    assert polls.decided(parsed).articles == ()


def test_an_address_that_no_earlier_version_published_is_new():
    polls = Polls()
    polls.poll(entry(None, url="https://herald.example/bridge?at_medium=rss"))
    of_earlier_version(polls, "https://herald.example/bridge?at_medium=rss")
    other = entry(None, url="https://herald.example/bridge?at_medium=app", text="It opens in May.")
    (new,) = polls.poll(other)
    assert new.cause == "new"


SHARING = [
    ("<guid>every-item</guid>", "<link>https://herald.example/{n}</link>"),
    ("", "<link>https://herald.example/</link>"),
]


@pytest.mark.parametrize("ids", SHARING, ids=["guid", "link"])
def test_of_items_that_share_an_id_the_one_that_an_earlier_version_knew_is_not_published_again(ids):
    rows = "".join(
        f"<item>{''.join(ids).format(n=n)}<title>Bridge {n}</title>"
        f"<description>Bridge {n} is closed until noon.</description></item>"
        for n in range(3)
    )
    document = f"<rss version='2.0'><channel><title>H</title>{rows}</channel></rss>".encode()
    polls, parsed = Polls(), parse_feed(document, "text/xml", FEED.url)
    first, *_ = polls.decided(parsed).articles
    key = digest("f", (ids[0] and "every-item") or "https://herald.example/")
    known = polls.state.entries[first.article_id]
    row = msgspec.structs.replace(known, article_id=key, meaning=None, place=None, words=None)
    polls.state = msgspec.structs.replace(polls.state, entries={key: row})
    assert [a.title for a in polls.decided(parsed).articles] == ["Bridge 1", "Bridge 2"]
    assert polls.decided(parsed).articles == ()
