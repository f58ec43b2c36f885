"""Which rows are asked again because of what readers asked for, and what that costs."""

from collections import Counter
from datetime import timedelta

import pytest
from builders import START
from msgspec.structs import replace
from policing import command
from storms import services, story

from services.messages import Channel, Contact, DeliveryState, Policy, Quiet, Subscriber, encode
from services.notifier.deliveries.asking import MOST_ASKED, About, what_about
from services.notifier.deliveries.book import Book
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Now
from services.notifier.deliveries.surroundings import Surroundings
from services.ports import Record
from services.rows import MemoryRows
from services.text.links import opt_out_key, recipient_of

ANN, BOB = "mail:ann@example.org", "mail:bob@example.org"
ALL_DAY = Policy(quiet=Quiet(from_="00:00", to="23:59"))
NOW = Now(START, START)


class CountedRows(MemoryRows):
    """Rows that count how often each is read."""

    def __init__(self):
        super().__init__()
        self.read: Counter[str] = Counter()

    def get(self, key):
        self.read[key] += 1
        return super().get(key)


def waiting(n_watches, n_alerts, *channels):
    """Return a book in which alerts wait in quiet hours, and its rows."""
    known, rows = services(), CountedRows()
    ann = Subscriber(id="ann", name="Ann", targets=(Contact(to="slack:desk/C1"),))
    around = Surroundings(lambda to: known.get(to.partition(":")[0]), subscribers={"ann": ann})
    of = Book(Shelf(rows), around)
    (one,) = story(("first",), [Channel(to=to) for to in channels], policy=ALL_DAY)
    for state in of.take(one, NOW).rows:
        of.shelf.delete(state.key)
        if not isinstance(state, DeliveryState) or state.fresh_from is None:
            continue  # the subscriber's own
        for n in range(n_watches):
            for k in range(n_alerts):
                row = replace(state, alert_id=f"w{n}a{k}", watch_id=f"w{n}")
                of.shelf.put(row)
                of.shelf.agenda.put(row.key, "news", state.fresh_from)
    rows.read.clear()
    return of, rows


def record(topic, key="", value=None):
    return Record(topic, 0, 0, key, value, 0, {})


def order(action, alert_id, watch_id="w1"):
    given = replace(command(action, alert_id=alert_id), watch_id=watch_id)
    return record("commands", value=encode(given))


def asked(of, *records):
    of.asking.ask(what_about(records))
    return sorted(key for turn in of.ripe(NOW) for key in turn.keys)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (order("acknowledge", "w1a0"), [f"w1a0|{ANN}", f"w1a0|{BOB}"]),
        (order("mute", None), [f"w1a{n}|{to}" for n in (0, 1) for to in (ANN, BOB)]),
        (order("redrive", None), []),
        (record("opt-outs", opt_out_key("w1", recipient_of(ANN))), [f"w1a0|{ANN}", f"w1a1|{ANN}"]),
        (record("subscribers", "ben"), []),
        (record("dailies", "ann", b"{}"), []),
        (record("commands", value=b"{broken"), []),
    ],
)
def test_an_order_asks_the_rows_that_it_is_about(given, meant):
    of, _ = waiting(3, 2, ANN, BOB)
    assert asked(of, given) == meant


def test_a_change_of_a_subscriber_asks_the_rows_of_alerts_that_go_there():
    of, _ = waiting(1, 2, ANN, "subscriber:ann")
    found = asked(of, record("subscribers", "ann"))
    assert found == [f"w0a{n}|{to}" for n in (0, 1) for to in (ANN, "slack:desk/C1")]


def test_an_order_for_a_watch_reads_no_row_of_another():
    of, rows = waiting(250, 20, ANN)
    assert len(asked(of, order("snooze", None, "w7"))) == 20
    assert len(rows.read) == 20
    assert all(key.startswith("w7a") for key in rows.read)


@pytest.mark.parametrize(("n", "n_left"), [(MOST_ASKED, 0), (MOST_ASKED + 1, 1)])
def test_one_look_asks_so_many_rows_of_a_watch_and_the_next_one_goes_on(n, n_left):
    of, _ = waiting(1, n, ANN)
    assert len(asked(of, order("snooze", None, "w0"))) == MOST_ASKED
    assert len(of.ripe(NOW)) == n_left


def test_the_same_order_again_and_again_asks_no_row_twice():
    of, rows = waiting(1, 500, ANN)
    for _ in range(100):
        of.asking.ask(About(watches={"w0"}))
    n_asked = 0
    while turns := of.ripe(NOW):
        n_asked += len(turns)
    assert n_asked == 500
    assert set(rows.read.values()) == {1}


def test_who_asks_for_what_a_watch_gave_up_reads_no_row_of_another():
    of, rows = waiting(5, 2, ANN)
    for key in [*of.shelf.agenda.waiting("news")]:
        of.broke([key], "a fault of ours", NOW)
    rows.read.clear()
    given = replace(command("redrive", START + timedelta(days=1), alert_id=None), watch_id="w3")
    assert sorted(row.key for row in of.redrive(given).rows) == [f"w3a{n}|{ANN}" for n in (0, 1)]
    assert {key[:2] for key in rows.read} == {"w3"}


def test_what_is_asked_and_still_has_to_wait_waits_as_before():
    of, _ = waiting(1, 1, ANN)
    (key,) = asked(of, order("reopen", None, "w0"))
    changes, effects = of.begin([key], NOW)
    assert (bool(changes), effects) == (False, [])
    later = Now(START + timedelta(days=1), START)
    assert [turn.keys for turn in of.ripe(later)] == [(key,)]
