"""What is due when, by two clocks."""

from datetime import datetime, timedelta

from builders import START
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.deliveries.agenda import MOST_STALE, Agenda
from services.notifier.deliveries.steps import Now

KEYS = st.sampled_from("abc")
TIMES = st.integers(0, 5).map(lambda n: START + timedelta(seconds=n))
CHANGES = st.lists(
    st.one_of(
        st.tuples(KEYS, st.sampled_from(["machine", "news"]), TIMES),
        st.tuples(KEYS, st.none(), TIMES),
    )
)


@given(CHANGES, TIMES, TIMES)
def test_a_key_is_due_at_its_last_time_and_once(changes, news, machine):
    agenda = Agenda()
    times: dict[str, tuple[str, datetime]] = {}
    for key, clock, at in changes:
        if clock is None:
            agenda.remove(key)
            times.pop(key, None)
        else:
            agenda.put(key, clock, at)
            times[key] = clock, at
    now = Now(news, machine)
    due = {key for key, (clock, at) in times.items() if at <= getattr(now, clock)}
    assert sorted(agenda.take_due(now)) == sorted(due)
    assert agenda.take_due(now) == []
    assert len(agenda) == len(times) - len(due)


def test_what_waits_for_a_clock_is_known():
    agenda = Agenda()
    agenda.put("a", "news", START)
    agenda.put("b", "machine", START)
    assert agenda.waiting("news") == ["a"]


def test_a_key_whose_time_is_changed_often_takes_no_more_room():
    agenda = Agenda()
    for n in range(3 * MOST_STALE):
        agenda.put("a", "news", START + timedelta(seconds=n))
    assert len(agenda._heaps["news"]) <= MOST_STALE + 2
    late = START + timedelta(seconds=3 * MOST_STALE)
    assert agenda.take_due(Now(late, late)) == ["a"]
