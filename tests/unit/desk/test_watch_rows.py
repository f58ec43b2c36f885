"""The list of watches, and how two versions of one differ, in words."""

import pytest
from msgspec.structs import replace

from services.desk.figures import Figure
from services.desk.watch_form import fields
from services.desk.watch_rows import (
    LABELS,
    Figures,
    differing,
    event_choices,
    owner_words,
    owners,
    rate_words,
    row,
)
from services.messages import Watch

WATCH = Watch(id="w", name="Leaders", query="halvane", owner="group:desk")


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (None, "everybody's"),
        ("ann", "yours"),
        ("ben", "ben's"),
        ("group:desk", "shared with desk"),
    ],
)
def test_whose_a_watch_is_is_said_as_the_reader_calls_it(owner, words):
    assert owner_words(owner, "ann") == words


def test_a_watch_may_stay_whose_it_is():
    assert [key for key, _ in owners("ann", ["desk"], "ben")] == ["", "ann", "group:desk", "ben"]


@pytest.mark.parametrize(
    ("a_day", "words"),
    [
        (None, "unknown"),
        (0.049, "hardly any"),
        (0.05, "less than 1"),
        (0.99, "less than 1"),
        (1, "about 1"),
        (1234.4, "about 1,234"),
    ],
)
def test_a_rate_is_told_as_exactly_as_it_is_known(a_day, words):
    assert rate_words(a_day) == words


def test_a_row_says_what_it_waits_for():
    figures, judged = Figures(2, "2031-05-02T06:00:00Z"), Figure("w", 7, 1, 2)
    found = row(WATCH, figures, "ann", expected=3.2, judged=judged)
    assert found.waits_for == "Articles with halvane."
    assert (found.owner, found.expected, found.n_week) == ("shared with desk", "about 3", 2)
    assert found.ratio == "7 of 10 (40% to 89%)"
    assert row(WATCH, figures, "ann", expected=None).ratio == ""


def test_only_what_differs_is_listed_with_labels_and_names():
    mine = replace(WATCH, name="Heads", query="halvane OR idris", enabled=False)
    assert differing(fields(WATCH), fields(mine)) == [
        ("Name", "Leaders", "Heads"),
        ("Words of articles", "halvane", "halvane OR idris"),
        ("Switched on", "yes", "no"),
    ]
    assert differing(fields(WATCH), fields(WATCH)) == []


def test_every_field_of_the_form_has_a_label_but_the_hidden_ones():
    assert set(fields(WATCH)) - set(LABELS) == {"version", "is_claim"}


def test_events_are_chosen_by_name():
    assert event_choices(["killed", "bombing"]) == [("bombing", "Bombing"), ("killed", "Deaths")]
