"""Under which key an entry is known when its id or its address moves."""

import pytest
from sights import Polls, entry

from services.poller.versions.moved import place

BEFORE = "http://herald.example/bridge-closed/a-7123"
AFTER = "https://www.herald.example/bridge-is-shut/a-7123?utm_source=rss"


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (BEFORE, "herald.example#7123"),
        (AFTER, "herald.example#7123"),
        ("https://herald.example/2031/05/bridge", "herald.example/2031/05/bridge"),
        ("https://herald.example/20310506/bridge", "herald.example/20310506/bridge"),
        ("https://herald.example/a-712", "herald.example/a-712"),
        ("https://herald.example/", None),
        (None, None),
    ],
)
def test_the_number_of_an_article_stays_where_its_slug_changes(url, where):
    assert place(url) == where


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
