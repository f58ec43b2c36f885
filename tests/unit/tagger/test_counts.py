"""Numbers of people as written: words, hundreds, ranges, and bounds."""

import pytest

from services.tagger.values.counts import count_of, number


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("Twenty-two people", 22, 22),
        ("Two hundred people", 200, 200),
        ("Three dozen people", 36, 36),
        ("Between 20 and 25 people", 20, 25),
        ("20 to 25 people", 20, 25),
        ("Up to 40 people", None, 40),
        ("As many as 40 people", None, 40),
        ("No fewer than nine people", 9, None),
        ("More than 200 people", 200, None),
        ("No more than nine people", None, 9),
    ],
)
def test_a_number_is_read_with_its_bounds(tag, words, low, high):
    article = tag("Market attacked", f"{words} were killed in an attack on a market in Mosul.")
    counts = {
        (c.min, c.max) for report in article.reports for c in report.counts if c.of == "killed"
    }
    assert counts == {(low, high)}


def test_a_year_is_no_number_of_people():
    assert number("1987") is None


@pytest.mark.parametrize(
    ("digits", "value"), [("1899", 1899), ("1900", None), ("2100", None), ("2101", 2101)]
)
def test_numbers_from_1900_to_2100_are_years(digits, value):
    assert number(digits) == value


def test_no_more_than_100_000_people_are_counted():
    assert (number("100,000"), number("100,001")) == (100_000, None)


@pytest.mark.parametrize(
    ("word", "low"), [("dozens", 24), ("scores", 40), ("hundreds", 200), ("thousands", 2000)]
)
def test_a_vague_number_is_twice_its_unit_at_least_and_has_no_highest(parse, word, low):
    people = parse(f"The army killed {word} in Meris.")[3]
    count = count_of(people, "killed", 0)
    assert (people.text, count.min, count.max) == (word, low, None)
