"""Versions of a watch on one past: alerts of each, what differs, and how much was read."""

from builders import hours, tagged

from services.backtest.versions import MOST_SHOWN, Told, Tried, difference, tried
from services.messages import Watch

SINCE = hours(-24 * 30)
WORDS = Watch(id="w", name="W", query="halvane")


def article(n, text, hour=0.0, **kw):
    at = hours(hour)
    seen = {"first_seen_at": at, "seen_at": at, "last_poll_at": at}
    return tagged(f"a{n}", text, published_at=at, **seen, **kw)


def story(n, words):
    return article(n, f"{words} number {n}\n\nThe {words} of place{n} came to street{n}.", n)


def compared(old, new, articles, **kw):
    return difference(tried({"old": old, "new": new}, articles, SINCE, **kw), "old", "new")


def test_alerts_that_only_one_version_opens_are_told_apart():
    past = [story(1, "Halvane"), story(2, "Orran"), story(3, "Kadrin Halvane")]
    found = compared(WORDS, Watch(id="w", name="W", query="orran OR kadrin"), past)
    assert (found.before, found.after, found.n_more, found.n_fewer) == (2, 2, 1, 1)
    assert [one.article_id for one in found.more] == ["a2"]
    assert [one.article_id for one in found.fewer] == ["a1"]
    assert (found.n_read, found.n_found, found.is_whole, found.is_none) == (3, 3, True, False)


def test_one_version_twice_differs_in_nothing_whatever_its_id():
    past = [story(1, "Halvane"), story(2, "Halvane"), story(3, "Orran")]
    other = Watch(id="another", name="W", query="halvane", version=7)
    assert compared(WORDS, other, past).is_none


def test_few_of_many_are_shown_the_newest_first():
    past = [story(n, "Orran") for n in range(MOST_SHOWN + 2)]
    found = compared(WORDS, Watch(id="w", name="W", query="orran"), past)
    assert (found.n_more, len(found.more)) == (MOST_SHOWN + 2, MOST_SHOWN)
    assert found.more[0].article_id == f"a{MOST_SHOWN + 1}"


def test_what_time_is_left_for_is_read_and_the_rest_is_counted():
    left = iter([False, False, True])
    past = [story(n, "Halvane") for n in range(3)]
    found = tried({"w": WORDS}, past, SINCE, n_found=9, is_over=lambda: next(left))
    assert (found.n_read, found.n_found, found.is_whole) == (2, 9, False)
    assert found.told["w"].n_alerts == 2


def test_articles_of_before_only_build_claims():
    past = [story(1, "Halvane"), story(5, "Halvane")]
    assert tried({"w": WORDS}, past, hours(3)).told["w"].n_alerts == 1


def test_nothing_read_is_nothing_told():
    assert tried({"w": WORDS}, [], SINCE) == Tried({"w": Told((), {})}, 0, 0, SINCE)
