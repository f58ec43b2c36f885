"""Garbage is looked for less often once a process has loaded what it keeps."""

import gc

import pytest

from services.runtime.collector import YOUNG_OBJECTS, YOUNG_ROUNDS, settle


@pytest.fixture
def as_before():
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("as_before")
def test_what_is_loaded_is_no_longer_looked_at():
    loaded: list[dict[str, list[str]]] = [{"loaded": []} for _ in range(100)]
    settle()
    assert gc.get_freeze_count() >= len(loaded)
    assert all(known is not loaded for known in gc.get_objects())


@pytest.mark.usefixtures("as_before")
def test_circles_are_still_found():
    settle()
    assert gc.isenabled()
    assert gc.get_threshold() == (YOUNG_OBJECTS, YOUNG_ROUNDS, YOUNG_ROUNDS)
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() > 0
