"""The day of an event: each bound from both sides."""

from datetime import date

from services.tagger.values.dates import event_date, full_year, latest_day

FIRST_OF_MARCH = date(2031, 3, 1)


def day_of(words, published):
    found = event_date(f"Two men were killed {words}.", 0, published)
    return found and found.to


def test_an_undated_article_is_no_older_than_the_latest_day_it_names():
    text = "He was shot on 3 May 2019 and died on July 4, 2019. It was 2030, or 5 May."
    assert latest_day(text) == date(2019, 7, 4)
    assert latest_day("He was shot in 2019, on 5 May.") is None


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


def test_a_verb_of_telling_has_one_date_and_the_next_is_the_events(tag):
    told = "The group announced on Monday the death of a guard, Otis Vane, in a raid on Sunday."
    (report,) = (r for r in tag("", told).reports if r.event == "killed")
    assert report.date.basis == "sunday"
