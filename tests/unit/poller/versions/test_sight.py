"""What a second sight of an entry means."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sights import FEED, Polls, entry

from services.errors import InvalidMessage
from services.messages import TextChange
from services.poller.decide import acknowledged, page_plan
from services.poller.pages.choose import Choice
from services.poller.pushed import reread
from services.poller.reading.entry import ParsedFeed, Tombstone
from services.poller.reading.feed import parse_feed
from services.poller.versions.posts import is_live
from services.poller.versions.sight import MAX_EDITS, Pages, sight
from services.text.hashes import digest

KEY = digest("f", "g1")


def test_a_date_that_alone_changes_is_no_edit():
    polls = Polls()
    polls.poll(entry())
    assert polls.poll(entry(published_at=polls.at, updated_at=polls.at)) == ()


def test_a_counter_and_new_furniture_are_no_edit():
    polls = Polls()
    items = [entry(f"g{i}", title=f"Title {i}", text=f"Story {chr(97 + i)}.") for i in range(5)]
    polls.poll(*items)
    follow = [
        entry(e.guid, title=e.title, text=f"{e.text}\n\nFollow us. (3 comments)") for e in items
    ]
    assert polls.poll(*follow) == ()


def test_an_edit_tells_what_it_took_out_and_put_in():
    polls = Polls()
    polls.poll(entry())
    (edit,) = polls.poll(entry(text="The bridge over the Sund was never closed."))
    assert edit.changes == (TextChange(out="is", put="was never"),)


def test_a_first_version_has_no_changes():
    (first,) = Polls().poll(entry())
    assert first.changes == ()


def test_edits_without_a_new_date_end_and_a_new_date_lets_them_go_on():
    polls = Polls()
    polls.poll(entry())
    for n in range(MAX_EDITS):
        assert len(polls.poll(entry(text=f"{n} cars stand before the bridge."))) == 1
    assert polls.poll(entry(text="Many cars stand before the bridge.")) == ()
    assert "edits without a new date" in polls.last.problems[0]
    dated = entry(text="Many cars stand before the bridge.", updated_at=polls.at)
    assert len(polls.poll(dated)) == 1


ITEM = (
    "<item><guid isPermaLink='false'>{n}</guid><title>Title {n}</title>"
    "<description>Fire {n} in the “{word}” house. Nobody was hurt — so far.</description></item>"
)
WORDS = st.text("abcdefgh éß", min_size=1, max_size=8)


@st.composite
def damaged(draw):
    """Draw a feed, and its bytes after they were cut off, spoilt, or declared wrongly."""
    words = draw(st.lists(WORDS, min_size=1, max_size=6))
    head = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>H</title>"
    items = "".join(ITEM.format(n=n, word=word) for n, word in enumerate(words))
    whole = f"{head}{items}</channel></rss>".encode()
    at = draw(st.integers(len(head), len(whole) - 1))
    way = draw(st.sampled_from(["cut", "byte", "extra"]))
    if way == "cut":
        return whole, whole[:at]
    spoilt = whole[:at] + b"\x96" + whole[at + (way == "byte") :]
    # In the middle of a quotation mark, the byte makes another valid character.
    assume("\ufffd" in spoilt.decode(errors="replace"))
    return whole, spoilt


@given(damaged())
def test_damage_never_changes_or_empties_an_article(documents):
    whole, broken = documents
    polls = Polls()
    known = {a.article_id for a in polls.decided(parse_feed(whole, "text/xml", FEED.url)).articles}
    try:
        parsed = parse_feed(broken, "text/xml", FEED.url)
    except InvalidMessage:
        return
    decision = polls.decided(parsed)
    assert parsed.is_damaged
    assert not known & {a.article_id for a in decision.articles}
    assert (polls.state.etag, polls.state.body_hash) == (None, None)
    assert polls.decided(parse_feed(whole, "text/xml", FEED.url)).articles == ()


def test_a_damaged_document_adds_articles():
    polls = Polls()
    polls.poll(entry())
    new = entry("g2", title="Ferry late")
    (added,) = polls.poll(entry(text="The"), new, is_damaged=True)
    assert (added.cause, added.title) == ("new", "Ferry late")


def page(text="The bridge over the Sund is closed until June, the harbour office said.", **kw):
    return Pages(texts={KEY: Choice(text, None, None, **kw)})


def wanted(polls, *entries):
    plan = page_plan(sight(FEED, polls.state, ParsedFeed("", None, entries), polls.at))
    return list(plan.wanted)


def test_the_text_of_the_page_is_published_and_the_feed_s_own_is_no_edit_of_it():
    polls = Polls()
    (article,) = polls.poll(entry(), pages=page())
    assert (article.text_from, article.text.split()[-1]) == ("page", "said.")
    assert polls.poll(entry()) == ()
    assert wanted(polls, entry()) == []


def test_a_changed_teaser_reads_the_page_again_and_a_page_that_is_the_same_is_no_edit():
    polls = Polls()
    polls.poll(entry(), pages=page())
    teaser = entry(text="The bridge is closed for weeks.")
    assert wanted(polls, teaser) == [KEY]
    assert polls.poll(teaser, pages=page()) == ()
    assert wanted(polls, teaser) == []


@pytest.mark.parametrize("pages", [Pages(), page(doubt="the page holds no text of an article")])
def test_a_page_that_can_not_be_read_again_does_not_take_its_words_back(pages):
    polls = Polls()
    polls.poll(entry(), pages=page())
    assert polls.poll(entry(text="The bridge is closed for weeks."), pages=pages) == ()
    assert "the text stays" in polls.last.problems[0]


def test_a_doubtful_page_leaves_the_feed_s_text_and_is_told():
    polls = Polls()
    (article,) = polls.poll(entry(), pages=page("x", doubt="the page is not about the headline"))
    assert (article.text_from, article.text) == ("feed", "The bridge over the Sund is closed.")
    assert "not about the headline" in polls.last.problems[0]


@pytest.mark.parametrize("before", [page(), Pages()])
@pytest.mark.parametrize("now", [page(), Pages(), page(doubt="it holds no article")])
def test_a_withdrawn_article_that_is_back_is_published_and_its_page_read_once(before, now):
    polls, other = Polls(), entry("g2", title="Mayor speaks", text="Taxes will rise.")
    (first,) = polls.poll(entry(), pages=before)
    polls.poll(other, deleted=(Tombstone("g1"),))
    assert KEY in wanted(polls, entry(), other)
    (back,) = polls.poll(entry(), other, pages=now)
    assert (back.article_id, back.cause) == (first.article_id, "edit")
    assert back.text
    assert back.version > first.version
    assert wanted(polls, entry(), other) == []
    assert polls.poll(entry(), other) == ()


def test_the_page_of_a_withdrawn_article_is_not_read_for_a_damaged_document():
    polls = Polls()
    polls.poll(entry(), pages=page())
    polls.poll(deleted=(Tombstone("g1"),))
    plan = page_plan(
        sight(FEED, polls.state, ParsedFeed("", None, (entry(),), is_damaged=True), polls.at)
    )
    assert plan.wanted == {}


LIVE = "https://herald.example/live/harbour"
POSTS = (
    "Police have closed the northern gate of the harbour after shots were heard.",
    "Good evening from our newsroom, where Anna Vik takes over this report now.",
)


def test_a_live_blog_that_shows_its_last_post_alone_gives_an_article_for_each():
    polls = Polls()
    (first,) = polls.poll(entry(url=LIVE, title="Shots heard", text=POSTS[0]))
    (second,) = polls.poll(entry(url=LIVE, title="Handover", text=POSTS[1]))
    assert (second.cause, second.article_id == first.article_id) == ("new", False)
    assert polls.poll(entry(url=LIVE, title="Handover", text=POSTS[1])) == ()
    (edit,) = polls.poll(entry(url=LIVE, title="Handover", text=POSTS[1] + " Stay with us."))
    assert (edit.cause, edit.article_id) == ("edit", second.article_id)


def post(n):
    return entry(url=LIVE, title="Harbour: live", text=MANY_POSTS[n])


MANY_POSTS = (
    *POSTS,
    "Electricity returns slowly; ferries remain suspended until tomorrow, says their operator.",
)


def test_a_post_that_was_published_before_a_kill_is_not_published_again():
    polls = Polls()
    polls.poll(post(0))
    before = polls.state
    sent = polls.poll(post(1))
    polls.state = acknowledged(before, sent)
    assert polls.poll(post(1)) == ()
    (edit,) = polls.poll(entry(url=LIVE, title="Harbour: live", text=POSTS[1] + " Stay with us."))
    assert (edit.cause, edit.article_id) == ("edit", sent[0].article_id)


def test_a_post_that_was_not_acknowledged_has_the_same_id_when_it_is_sent_again():
    polls = Polls()
    polls.poll(post(0))
    before = polls.state
    (first,) = polls.poll(post(1))
    polls.state = before
    (again,) = polls.poll(post(1))
    assert again.article_id == first.article_id


@given(st.lists(st.integers(0, 2), min_size=1, max_size=8))
def test_each_post_is_published_once_in_whichever_order_copies_of_the_blog_come(order):
    polls = Polls()
    articles = [article for n in order for article in polls.poll(post(n))]
    assert [a.cause for a in articles] == ["new"] * len(set(order))
    assert len({a.article_id for a in articles}) == len(set(order))


@given(st.lists(st.integers(0, 2), min_size=1, max_size=5))
def test_a_live_blog_that_is_read_again_stays_as_it_is(order):
    polls, seen = Polls(), []
    for n in order:
        polls.poll(post(n))
        seen.append((polls.at, ParsedFeed("", "en", (post(n),))))
    for at, parsed in seen:
        assert reread(FEED, polls.state, parsed, at) == ((), polls.state)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/live/harbour", True),
        ("/news/harbour-live", True),
        ("/live-updates-harbour/", True),
        ("/live-harbour", True),
        ("/people-who-live-near-dam", False),
        ("/olive-harvest", False),
        ("/news/alive", False),
    ],
)
def test_an_address_says_live_where_a_part_of_it_begins_or_ends_so(address, found):
    assert is_live(entry(url=f"https://herald.example{address}")) is found


def test_a_live_blog_that_keeps_its_posts_is_one_article_that_grows():
    polls = Polls()
    polls.poll(entry(url=LIVE, title="Harbour: live", text=POSTS[0]))
    (edit,) = polls.poll(entry(url=LIVE, title="Harbour: live", text="\n\n".join(POSTS[::-1])))
    assert edit.cause == "edit"


def test_an_article_that_is_rewritten_is_an_edit_where_nothing_says_live():
    polls = Polls()
    polls.poll(entry(title="Shots heard", text=POSTS[0]))
    (edit,) = polls.poll(entry(title="Handover", text=POSTS[1]))
    assert edit.cause == "edit"


@example([{"a": "Y"}, {"b": "Y"}, {"a": "X", "b": "Y"}])
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from("XYZ"), max_size=3), max_size=5
    )
)
def test_no_two_entries_of_a_document_are_one_article(documents):
    polls = Polls()
    for titles in documents:
        polls.poll(
            *(entry(id, title=title, text=f"{title} is it.") for id, title in titles.items())
        )
        entries = polls.last.done.entries
        ids = [entries[digest("f", id)].article_id for id in titles if digest("f", id) in entries]
        assert len(set(ids)) == len(ids)
