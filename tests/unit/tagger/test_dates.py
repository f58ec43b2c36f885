"""The day of an event, and from when on it is old news: each bound from both sides."""

from datetime import date, timedelta

import pytest

from services.tagger.values.dates import event_date, full_year, old_news

FIRST_OF_MARCH = date(2031, 3, 1)
SECOND_OF_JULY = date(2031, 7, 2)


def day_of(words, published):
    found = event_date(f"Two men were killed {words}.", 0, published)
    return found and found.to


def is_old(words, published):
    return old_news(f"Two men were killed {words}.", 0, published) is not None


@pytest.mark.parametrize(("days", "old"), [(120, False), (121, True)])
def test_a_dated_event_is_old_news_after_120_days(days, old):
    assert is_old("on 2 July 2031", SECOND_OF_JULY + timedelta(days)) == old


@pytest.mark.parametrize(("days", "old"), [(60, False), (61, True)])
def test_an_event_of_a_year_is_old_news_60_days_after_its_end(days, old):
    assert is_old("in 2030", date(2030, 12, 31) + timedelta(days)) == old


def test_a_day_without_a_year_is_of_the_last_year_from_31_days_ahead():
    assert day_of("on 31 March", FIRST_OF_MARCH) is None, "30 days ahead: announced"
    assert day_of("on 1 April", FIRST_OF_MARCH) == "2030-04-01"


def test_an_event_may_bear_the_day_after_publication_and_no_later_one():
    assert day_of("on 2 March", FIRST_OF_MARCH) == "2031-03-02"
    assert day_of("on 3 March", FIRST_OF_MARCH) is None


def test_a_year_of_two_digits_is_of_this_century_up_to_50():
    assert (full_year("50"), full_year("51")) == (2050, 1951)


def test_days_ago_are_counted_up_to_400():
    assert day_of("400 days ago", FIRST_OF_MARCH) == day_of("401 days ago", FIRST_OF_MARCH)
    assert day_of("399 days ago", FIRST_OF_MARCH) > day_of("400 days ago", FIRST_OF_MARCH)
