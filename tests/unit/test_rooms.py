"""What tracker and alerter hold in memory and on disk, counted after many simulated days.

Alerts stay for ever, and stubs of what they rest on. Everything else is bounded.
"""

import functools
import gc
from collections import Counter, deque
from collections.abc import Mapping, Set
from datetime import timedelta

import pytest

from bench import state_sides
from bench.state_sides import Alerter, Tracker
from bench.state_stream import START, Stream
from services.alerter import store
from services.messages import encode
from services.messages.base import Message
from services.rows import MemoryRows
from services.tracker.block.blocks import Room
from services.tracker.grouping import meeting

A_DAY, PLACES, HORIZON = 16, 5, timedelta(days=2)
EARLY, LATE = range(4, 8), range(20, 24)
"""Days on whose evenings all is counted. They are past the horizon."""

MAY_VARY = 2
"""Times that a room may hold more on late days: days differ by chance. What never leaves is there
three times.
"""

FEW = 12
"""Entries from which on growth is told from chance."""

FOR_EVER = ("row alert|", "row hit|", "row claim|", "row !", "row @", "Archive._shelf")
"""Alerts, stubs of hits and claims, the places of archived claims among those that they met, and
the stubs of blocks that are in memory, which count in the tracker's room."""

ROOM = 60
REMEMBERED = 4
"""Alerts and parties that a machine keeps as they were decoded. Early days must reach it, too."""


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """Return the most entries of each room in the early and in the late days."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_sides, "SqliteRows", lambda *_: MemoryRows())
        patch.setattr(state_sides, "Room", lambda: Room(ROOM))
        patch.setattr(store, "DECODED", REMEMBERED)
        patch.setattr(meeting, "KNOWN", REMEMBERED)
        tracker = Tracker(tmp_path_factory.mktemp("tracker"), HORIZON)
        alerter = Alerter(tmp_path_factory.mktemp("alerter"), HORIZON)
        stream = Stream(A_DAY, A_DAY // 4, PLACES)
        early, late = Counter[str](), Counter[str]()
        for day in range(LATE.stop):
            articles = list(stream.day(day))
            work = [encode(article) for article in articles]
            at = articles[-1].seen_at or START
            alerter.take((at, work, tracker.take((at, work))))
            for days, most in ((EARLY, early), (LATE, late)):
                if day in days:
                    most |= rooms([tracker._route, tracker._fold, alerter._machines])
    return early, late


def rooms(machines):
    """Return the number of entries of all containers of each name, and of rows of each kind."""
    found, seen, waiting = Counter[str](), set[int](), [("", machines)]
    while waiting:
        name, thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, (Message, str, bytes)):
            continue
        seen.add(id(thing))
        if isinstance(thing, MemoryRows):
            found.update(map(kind, thing._rows))
        elif isinstance(thing, Mapping | Set | list | tuple | deque):
            found[name] += len(thing)
            values = thing.values() if isinstance(thing, Mapping) else thing
            waiting += ((name, value) for value in values)
        elif type(thing).__module__.startswith("services."):
            for field in sorted(fields(thing)):
                waiting.append((f"{type(thing).__name__}.{field}", getattr(thing, field, None)))
    return found


def fields(thing):
    slots = (slot for cls in type(thing).__mro__ for slot in getattr(cls, "__slots__", ()))
    return {*getattr(thing, "__dict__", ()), *slots} - {"__weakref__"}


def kind(key):
    """Return the kind of a row by its key: its first or its last part begins with it."""
    first = key.partition("|")[0]
    mark = key.rpartition("|")[2][:1]
    if mark in "@!^~":
        return f"row {mark}"
    return f"row {first}|" if first in ("alert", "hit", "claim") else "row of an article"


def test_no_room_holds_more_late_than_early_but_alerts_and_stubs(counts):
    early, late = counts
    grown = {
        name: (early[name], n)
        for name, n in late.items()
        if n > max(FEW, MAY_VARY * early[name]) and name not in FOR_EVER
    }
    assert grown == {}


def test_the_rooms_that_are_counted_are_those_in_use(counts):
    _, late = counts
    named = {"Blocks._live", "Folder._incidents", "row of an article", "row @", "row alert|"}
    assert named - {*late} == set()
    assert late["row alert|"] > FEW
    assert late["Folder._incidents"] < 2 * ROOM
    assert late["Store._decoded"] > 0
    assert late["Meeting._known"] > 0


def caches():
    """Return the remembered functions of the modules that tracker and alerter load."""
    return [
        thing
        for thing in gc.get_objects()
        if isinstance(thing, functools._lru_cache_wrapper)
        and thing.__module__.startswith(("services.tracker", "services.alerter", "services.text"))
    ]


def test_each_function_that_remembers_what_news_say_forgets_some_of_it():
    of_types = {"services.text.typed_yaml._type_of"}
    unbounded = {
        f"{cache.__module__}.{cache.__name__}"
        for cache in caches()
        if cache.cache_parameters()["maxsize"] is None and cache.__wrapped__.__code__.co_argcount
    }
    assert unbounded - of_types == set()
