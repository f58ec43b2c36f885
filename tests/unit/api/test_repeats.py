"""Orders that are repeated are done once; others are not."""

from datetime import timedelta

import pytest
from builders import START

from services.api.repeats import (
    MOST_ORDERS,
    MOST_REMEMBERED,
    ORDERS_WITHIN,
    REPEATED_WITHIN,
    Repeats,
    TooOften,
)

MOMENT = timedelta(microseconds=1)


class Orders(Repeats):
    """Notes what was done."""

    def __init__(self):
        super().__init__()
        self.done = []

    def give(self, about, order, at=START, link="link"):
        def do():
            self.done.append(order)
            return f"{order}, {len(self.done)}"

        return self.once(about, link, order, at, do)


def test_the_same_order_again_is_answered_alike_and_done_once():
    orders = Orders()
    assert {orders.give("a", "snooze") for _ in range(100)} == {"snooze, 1"}


@pytest.mark.parametrize(
    ("later", "n"),
    [(REPEATED_WITHIN - MOMENT, 1), (REPEATED_WITHIN, 2), (-MOMENT, 2)],
)
def test_after_a_minute_or_by_a_clock_that_was_set_back_it_is_done_again(later, n):
    orders = Orders()
    orders.give("a", "snooze")
    orders.give("a", "snooze", START + later)
    assert len(orders.done) == n


def test_another_order_about_the_same_counts_and_one_about_another_does_not():
    orders = Orders()
    for about, order in (
        ("a", "ack"),
        ("b", "reopen"),
        ("a", "ack"),
        ("a", "reopen"),
        ("a", "ack"),
    ):
        orders.give(about, order)
    assert orders.done == ["ack", "reopen", "reopen", "ack"]


def test_what_failed_is_tried_again():
    orders = Orders()
    with pytest.raises(ZeroDivisionError):
        orders.once("a", "link", "ack", START, lambda: str(1 // 0))
    orders.give("a", "ack")
    assert orders.done == ["ack"]


def alternate(orders, n, link="link"):
    """Give orders that undo each other, one a minute."""
    for number in range(n):
        at = START + number * REPEATED_WITHIN
        orders.give("a", ("ack", "reopen")[number % 2], at, link)


def test_a_link_gives_so_many_orders_in_an_hour_and_no_more():
    orders = Orders()
    alternate(orders, MOST_ORDERS)
    with pytest.raises(TooOften) as told:
        orders.give("a", "ack", START + ORDERS_WITHIN - MOMENT)
    assert told.value.until == START + ORDERS_WITHIN
    assert len(orders.done) == MOST_ORDERS
    orders.give("a", "ack", START + ORDERS_WITHIN)
    assert len(orders.done) == MOST_ORDERS + 1


def test_another_link_and_a_repeat_of_the_last_order_count_not_against_it():
    orders = Orders()
    alternate(orders, MOST_ORDERS)
    orders.give("a", "reopen", START + (MOST_ORDERS - 1) * REPEATED_WITHIN)
    assert len(orders.done) == MOST_ORDERS
    orders.give("a", "ack", link="another")
    assert len(orders.done) == MOST_ORDERS + 1


def test_a_clock_that_was_set_back_locks_nobody_out():
    orders = Orders()
    alternate(orders, MOST_ORDERS)
    orders.give("a", "ack", START - MOMENT)
    assert len(orders.done) == MOST_ORDERS + 1


def test_the_oldest_is_forgotten():
    orders = Orders()
    for n in range(MOST_REMEMBERED + 1):
        orders.give(n, "ack", link=n)
    orders.give(1, "ack", link=1)
    assert len(orders.done) == MOST_REMEMBERED + 1
    orders.give(0, "ack", link=0)
    assert len(orders.done) == MOST_REMEMBERED + 2
