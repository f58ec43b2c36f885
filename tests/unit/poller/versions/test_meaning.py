"""What changes in a text without changing what it says."""

import time

import pytest
from sights import entry

from services.poller.versions.meaning import (
    LEAST_ITEMS,
    LINE_CHARS,
    furniture,
    meaning,
    without_volatile,
)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("It is closed. (12 Comments)", "It is closed. (3,140 comments)"),
        ("It is closed. No comments", "It is closed. 1 comment"),
        ("It is closed.\nComments: 4", "It is closed.\nComments: 5"),
        ("Updated 2 minutes ago\nIt is closed.", "Updated an hour ago\nIt is closed."),
        ("It is closed. Updated 3 mins ago", "It is closed. Just now"),
        ("It is closed. Last updated: 12:04", "It is closed. Last updated: 13:30 CET"),
        ("It is closed. 1.2k views", "It is closed. 1.3k views"),
    ],
)
def test_counters_and_times_counted_from_now_say_nothing(before, now):
    assert meaning("Bridge", before) == meaning("Bridge", now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Four were killed.", "Five were killed."),
        ("He bought 12 shares.", "He bought 14 shares."),
        ("It was sunk two days later.", "It was sunk three days later."),
        ("The law passed with 12 views against.", "The law passed with 13 views against."),
    ],
)
def test_numbers_within_a_sentence_are_news(before, now):
    assert meaning("Bridge", before) != meaning("Bridge", now)


def lined(n, line="Follow us on Wireless"):
    return [entry(f"g{i}", title=f"Title {i}", text=f"Story {i}.\n\n{line}") for i in range(n)]


def test_a_line_in_most_items_is_furniture_and_in_half_of_them_is_none():
    assert len(furniture(lined(LEAST_ITEMS))) == 1
    assert furniture(lined(LEAST_ITEMS - 1)) == frozenset()
    plain = [entry(f"p{i}", text=f"Other words of {chr(97 + i)}.") for i in range(3)]
    assert furniture(lined(4)[:3] + plain) == frozenset()


def test_a_line_whose_number_differs_from_item_to_item_is_no_furniture():
    assert not furniture([entry(f"g{i}", text=f"Magnitude {i}.5") for i in range(5)])


def test_the_headline_in_a_line_of_furniture_may_differ():
    items = [
        entry(f"g{i}", title=f"Event {i}", text=f"A {'b' * i}.\nThe post Event {i} appeared on X")
        for i in range(5)
    ]
    assert len(furniture(items)) == 1


def test_a_long_line_is_a_paragraph():
    assert furniture(lined(5, "x" * LINE_CHARS))
    assert not furniture(lined(5, "x" * (LINE_CHARS + 1)))


def test_furniture_is_left_out_of_the_meaning():
    lines = furniture(lined(5))
    text = lined(1)[0].text
    assert meaning("Title 0", text, lines) == meaning("Title 0", "Story 0.", lines)


@pytest.mark.parametrize("text", ["Updated " * 9_000, "1,1" * 30_000, "(" * 90_000, " \n" * 50_000])
def test_a_hostile_text_takes_linear_time(text):
    began = time.process_time()
    without_volatile(text)
    assert time.process_time() - began < 2
