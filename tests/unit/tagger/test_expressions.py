"""What expressions of time say, resolved against the day of publication."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.timing.expressions import _grammar, expressions

MAY_13 = date(2031, 5, 13)


def says(words, published=MAY_13):
    return [e.says for e in expressions(f"Rebels killed two men {words}.", published)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("on Sunday", "recent"),
        ("last week", "recent"),
        ("a day earlier", "recent"),
        ("in the past 24 hours", "recent"),
        ("over the past week", "recent"),
        ("last month", "past"),
        ("three weeks ago", "past"),
        ("earlier this year", "past"),
        ("in January", "past"),
        ("in November", "months_ago"),
        ("six months ago", "months_ago"),
        ("on 2 January 2031", "months_ago"),
        ("last summer", "months_ago"),
        ("last year", "long_ago"),
        ("a year ago", "long_ago"),
        ("in 2019", "long_ago"),
        ("in March 2019", "long_ago"),
        ("in the 1990s", "long_ago"),
        ("decades ago", "long_ago"),
        ("in 2031", None),
        ("in 2035", None),
        ("since 2019", "sum"),
        ("since January", "sum"),
        ("since Sunday", "recent"),
        ("since the vote", "open"),
        ("since then", "then"),
        ("over the past six months", "sum"),
        ("in recent weeks", "sum"),
        ("in recent days", "recent"),
        ("so far this year", "sum"),
        ("in the last two years", "sum"),
        ("for decades", "sum"),
        ("in the three-year-old war", "sum"),
        ("five years after the siege", "after"),
        ("weeks after the siege", "after"),
        ("the week after the siege", None),
        ("on the anniversary of the siege", "after"),
        ("two years later", "later"),
        ("a day later", None),
        ("that year", "later"),
        ("every year", "habit"),
        ("who often pass", "habit"),
    ],
)
def test_an_expression_says_when(words, said):
    assert says(words) == ([] if said is None else [said])


@pytest.mark.parametrize(
    "words", ["for $2,019", "with 2019.5 kilos", "in the village", "for 30 years in jail"]
)
def test_a_number_that_is_no_time_says_nothing(words):
    assert says(words) == []


@pytest.mark.parametrize(("days", "said"), [(10, "recent"), (11, "past")])
def test_an_event_is_of_the_article_s_days_up_to_10_days_before(days, said):
    assert says("on 13 May 2031", MAY_13 + timedelta(days)) == [said]


@pytest.mark.parametrize(("days", "said"), [(120, "past"), (121, "months_ago")])
def test_an_event_is_months_ago_after_120_days(days, said):
    assert says("on 13 May 2031", MAY_13 + timedelta(days)) == [said]


@pytest.mark.parametrize(("days", "said"), [(364, "months_ago"), (365, "long_ago")])
def test_an_event_is_long_ago_after_a_year(days, said):
    assert says("on 13 May 2031", MAY_13 + timedelta(days)) == [said]


@pytest.mark.parametrize(("days", "said"), [(60, []), (61, ["long_ago"])])
def test_a_year_is_long_ago_60_days_after_its_end(days, said):
    assert says("in 2030", date(2030, 12, 31) + timedelta(days)) == said


@pytest.mark.parametrize("words", ["since 1 January", "since January"])
@pytest.mark.parametrize(("day", "said"), [(11, "recent"), (12, "sum")])
def test_a_sum_begins_more_than_10_days_before(day, said, words):
    assert says(words, date(2031, 1, day)) == [said]


def test_each_time_is_as_often_as_was_told_before():
    assert says("each time he came back") == says("every time") == ["each_time"]
    assert says("this time") == []


def test_several_units_are_three():
    assert says("several weeks ago") == ["past"]
    assert says("several months ago") == ["past"], "90 days"
    assert says("several years ago") == ["long_ago"]


def test_without_a_day_of_publication_only_durations_say_something():
    assert says("in 2019 and on Sunday", None) == []
    assert says("two years ago", None) == ["long_ago"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("on 3 May 2031", ["recent"]),
        ("on 2 May 2031", ["past"]),
        ("on 13 May 2029", ["long_ago"]),
        ("in March 2029", ["long_ago"]),
        ("in 1974", ["long_ago"]),
        ("in 2031", []),
        ("on 3 May", []),
        ("on Sunday", []),
    ],
)
def test_without_one_a_year_is_compared_with_the_day_of_reading(words, said):
    assert [e.says for e in expressions(words, None, MAY_13)] == said


def test_a_day_with_a_year_does_not_say_that_it_is_today():
    known = date(1974, 5, 17)
    assert [e.says for e in expressions("on 17 May 1974", known)] == ["recent"]
    assert [e.says for e in expressions("on 17 May 1974", known, MAY_13)] == ["long_ago"]
    assert [e.says for e in expressions("on 17 May", known, MAY_13)] == ["recent"]


_WORDS = (
    *("a", "two", "the", "in", "of", "late ", "early", "over", "at", "their", "annual", "war"),
    *("hours", "days", "week", "months", "year", "years", "decade", "century", "summer"),
    *("after", "since", "following", "on from", "ago", "earlier", "later", "last", "past"),
    *("recent", "this", "every", "each", "time", "for", "then", "anniversary", "decades"),
    *("today", "yesterday", "last night", "overnight", "tonight", "Friday", "March", "Sept."),
    *("3 March", "2 days", "2031", "1990s", "19th", "ten-year-long", "few hours", "weekend"),
)


@given(st.lists(st.sampled_from(_WORDS), max_size=8).map(" ".join))
def test_what_matches_holds_what_is_asked_for_first(sentence):
    for pattern, _, needed in _grammar():
        match = pattern.search(sentence)
        assert match is None or needed.search(match.group().casefold())
