"""Ratios of the desk's verdicts, their intervals, and the weekly sample."""

from datetime import UTC, datetime

import pytest
from builders import hours, verdict
from hypothesis import given
from hypothesis import strategies as st

from services.desk.figures import (
    MOST_LISTED,
    SAMPLE,
    days_of,
    figures,
    sample,
    week_before,
    week_of,
    weeks,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 20, 0.0, 0.161), (20, 20, 0.839, 1.0), (8, 10, 0.490, 0.943)],
)
def test_the_interval_is_wilsons(right, n, low, high):
    assert list(wilson(right, n)) == pytest.approx([low, high], abs=5e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(right, n):
    right = min(right, n)
    low, high = wilson(right, n)
    assert 0 <= low <= right / n + 1e-12
    assert right / n - 1e-12 <= high <= 1


def on(id, reason=None, **kw):
    return verdict(reason, id=id, note=kw.pop("note", ""), **kw)


def test_a_thing_counts_once_and_is_wrong_if_one_says_so():
    found = figures([on("i1"), on("i1", "who", by="ann"), on("i1", by="ann"), on("i2")])
    assert (found.all.right, found.all.wrong, found.all.n) == (1, 1, 2)
    assert found.reasons == (("who", 1),)


def test_what_was_taken_back_counts_no_more():
    wrong = on("i1", "who")
    undo = verdict(id="i1", undoes=wrong.verdict_id)
    assert figures([wrong, undo]).all.n == 0


def test_figures_are_told_by_event_by_rule_and_by_watch():
    alert = {"about": "alert", "watch_id": "w", "rules": ("a@1", "b@1")}
    found = figures(
        [
            on("x", **alert),
            on("y", "no-event", **alert),
            on("z", answer="unwanted", **(alert | {"rules": ("a@1",)})),
        ]
    )
    (watch,) = found.watches
    assert (watch.name, watch.right, watch.wrong, watch.unwanted) == ("w", 1, 1, 1)
    assert [watch.share, watch.wanted] == pytest.approx([2 / 3, 1 / 3])
    assert [(f.name, f.n, f.wrong) for f in found.rules] == [("a@1", 3, 1), ("b@1", 2, 1)]
    assert [f.name for f in found.events] == ["killed"]


def test_a_copy_is_no_mistake_of_the_rule_that_read_it():
    found = figures([on("i1", "copy", rules=("a@1",))])
    assert (found.all.wrong, found.rules[0].wrong, found.events[0].wrong) == (1, 0, 0)


def test_a_table_has_the_names_with_most_verdicts():
    many = [on(f"i{n}", event=f"e{n}") for n in range(MOST_LISTED + 1)]
    found = figures([*many, on("j", event=f"e{MOST_LISTED}")])
    assert len(found.events) == MOST_LISTED
    assert found.events[0].name == f"e{MOST_LISTED}"


def test_a_week_begins_on_monday_in_utc():
    assert week_of(datetime(2031, 5, 5, tzinfo=UTC)) == "2031-W19"
    assert week_of(datetime(2031, 5, 4, 23, 59, tzinfo=UTC)) == "2031-W18"
    assert week_before(datetime(2031, 5, 5, tzinfo=UTC)) == "2031-W18"
    first, over = days_of("2031-W18")
    assert (first, over) == (
        datetime(2031, 4, 28, tzinfo=UTC),
        datetime(2031, 5, 5, tzinfo=UTC),
    )
    with pytest.raises(ValueError, match="W99"):
        days_of("2031-W99")


@given(st.sets(st.text(max_size=5), max_size=60), st.randoms(use_true_random=False))
def test_a_sample_is_the_same_whoever_asks_and_another_one_next_week(ids, rnd):
    shuffled = sorted(ids)
    rnd.shuffle(shuffled)
    chosen = sample("2031-W18", shuffled)
    assert chosen == sample("2031-W18", ids)
    assert len(chosen) == min(SAMPLE, len(ids))
    assert set(chosen) <= ids


def test_a_week_has_its_own_figure():
    of_claim = {"about": "claim", "claim_id": "c", "sample": "2031-W18"}
    said = [
        on("c1", **of_claim),
        on("c2", "old", **of_claim),
        on("c3", about="claim", claim_id="c3"),
        on("c1", at=hours(200), **(of_claim | {"sample": "2031-W19"})),
    ]
    found = list(weeks(said, {"2031-W18": 7}))
    assert [(w.name, w.asked, w.figure.right, w.figure.wrong) for w in found] == [
        ("2031-W19", SAMPLE, 1, 0),
        ("2031-W18", 7, 1, 1),
    ]
