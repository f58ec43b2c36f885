"""What the window keeps, and what a listener gets of it."""

import pytest

from services.api.stream.updates import Update
from services.api.stream.window import MOST_SENT_BYTES, Event, Listener, Window


def event(offset, size=1, kind="claim", index=0):
    return Event(Update(kind, b""), index, offset, offset, b"x" * size)


def filled(sizes, **bounds):
    window = Window([0], **bounds)
    for offset, size in enumerate(sizes):
        window.add(event(offset, size))
    return window


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [([4, 4, 2], 3), ([4, 4, 3], 2), ([4, 4, 11], 1), ([1, 1, 1, 1], 4), ([1] * 5, 4)],
)
def test_it_is_bounded_in_events_and_bytes_but_keeps_the_newest(sizes, kept):
    window = filled(sizes, most_events=4, most_bytes=10)
    oldest = len(sizes) - kept
    assert (window.first, window.end, window.start) == (oldest, len(sizes), [oldest])
    listener = Listener(0, (0,), window.era)
    assert (window.lost(listener), listener.number) == (oldest, oldest)
    assert window.lost(listener) == 0
    assert len(window.take(listener)) == sum(sizes[oldest:])
    assert (window.take(listener), listener.number) == (b"", window.end)


def test_what_a_listener_had_and_what_it_may_not_see_is_passed_over():
    window = Window([0, 0])
    for index in (0, 1):
        for offset in range(4):
            window.add(event(offset, 10 ** (index + 1), index=index))
    ahead = Listener(0, (3, 4), window.era)
    assert window.take(ahead) == b"x" * 10
    blind = Listener(0, (0, 0), window.era, sees=lambda update: update.kind == "alert")
    assert window.take(blind) == b""
    assert (blind.n_hidden, blind.number, blind.passed_ms) == (8, window.end, 3)


def test_a_listener_is_handed_little_at_once_and_all_in_the_end():
    window = filled([MOST_SENT_BYTES // 2 - 1] * 5)
    listener = Listener(0, (0,), window.era)
    pieces = list(iter(lambda: window.take(listener), b""))
    assert [len(piece) for piece in pieces] == [
        3 * (MOST_SENT_BYTES // 2 - 1),
        2 * (MOST_SENT_BYTES // 2 - 1),
    ]


@pytest.mark.parametrize(("at_ms", "number"), [(0, 2), (2, 2), (3, 3), (4, 4), (5, 5), (9, 5)])
def test_a_time_finds_its_event(at_ms, number):
    window = filled([1] * 5, most_events=3)
    assert window.number_at(at_ms) == number


def test_numbers_are_not_given_twice():
    window = filled([1] * 3)
    window.begin([7])
    assert (window.first, window.end, window.start, window.era) == (3, 3, [7], 1)
