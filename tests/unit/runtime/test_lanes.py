"""Jobs in lanes: in order within one, side by side otherwise, never without a bound."""

import asyncio
import threading

import pytest
from streams import eventually

from services.errors import FatalError
from services.runtime import lanes as module
from services.runtime.lanes import Lanes


class World:
    """Does jobs `(lane, number, size)`: those of lanes that begin with `hang` wait to be let go."""

    def __init__(self):
        self.begun, self.let_go = [], threading.Event()

    async def work(self, job, rest):
        self.begun.append(job)
        if job[0] == "broken":
            raise RuntimeError("a mistake")
        if job[0] == "last":
            rest()
        while job[0].startswith("hang") and not self.let_go.is_set():
            await asyncio.sleep(0.005)
        return job[0] != "stopped"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def lanes(world):
    made = Lanes(world.work, lambda job: job[2])
    yield made
    world.let_go.set()
    made.close(5.0)


def put(lanes, lane, *numbers, size=1):
    jobs = [(lane, n, size) for n in numbers]
    return jobs, [lanes.put(lane, job) for job in jobs]


def test_a_lane_keeps_its_order_and_one_that_hangs_holds_up_no_other(lanes, world):
    put(lanes, "hang", 1, 2)
    jobs, _ = put(lanes, "a", *range(50))
    lanes.wait(jobs, 20.0)
    assert lanes.finished() == jobs
    assert [job for job in world.begun if job[0] == "hang"] == [("hang", 1, 1)]


def test_who_waits_for_what_hangs_waits_no_longer_than_asked(lanes):
    jobs, _ = put(lanes, "hang", 1)
    lanes.wait(jobs, 0.05)
    assert lanes.finished() == []


def test_a_lane_takes_its_share_of_the_memory_and_no_more(lanes, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", 100)
    monkeypatch.setattr(module, "LEAST_SHARE_BYTES", 10)
    assert put(lanes, "hang1", 1, 2, size=50)[1] == [True, True]
    assert put(lanes, "hang1", 3)[1] == [False]
    assert put(lanes, "hang2", 1, 2, size=25)[1] == [True, True]
    assert put(lanes, "hang2", 3)[1] == [False], "two share a hundred"
    assert put(lanes, "hang3", 1, size=500)[1] == [True], "one job is taken however large"
    assert lanes.put("hang1", ("hang1", 9, 50), is_limited=False)


def test_what_is_done_frees_its_share(lanes, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", 100)
    monkeypatch.setattr(module, "LEAST_SHARE_BYTES", 10)
    for n in range(5):
        jobs, taken = put(lanes, "a", n, size=90)
        assert taken == [True]
        lanes.wait(jobs, 20.0)


def test_the_number_of_jobs_at_once_is_bounded(world, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    lanes = Lanes(world.work, lambda job: 1)
    for n in range(5):
        put(lanes, f"hang{n}", 1)
    eventually(lambda: len(world.begun) == 3)
    world.let_go.set()
    eventually(lambda: len(world.begun) == 5)
    lanes.close(5.0)


def test_a_job_takes_all_behind_it_along(lanes, world):
    lanes.put("hang", ("hang", 0, 1))
    jobs = [("hang", 1, 1), ("last", 2, 1), ("hang", 3, 1), ("hang", 4, 1)]
    for job in jobs:
        lanes.put("hang", job)
    world.let_go.set()
    lanes.wait(jobs, 20.0)
    assert lanes.finished() == [("hang", 0, 1), *jobs]
    assert ("hang", 3, 1) not in world.begun


def test_what_has_not_begun_can_be_taken_back(lanes, world):
    put(lanes, "hang", 1, 2, 3)
    eventually(lambda: world.begun)
    assert lanes.take_back(lambda job: True) == [("hang", 2, 1), ("hang", 3, 1)]
    world.let_go.set()
    lanes.wait([("hang", 1, 1)], 20.0)
    assert lanes.finished() == [("hang", 1, 1)]
    assert len(world.begun) == 1


def test_a_mistake_in_the_work_is_not_silent(lanes):
    jobs, _ = put(lanes, "broken", 1)
    lanes.wait(jobs, 20.0)
    with pytest.raises(FatalError, match="a mistake"):
        lanes.finished()


def test_a_job_that_was_told_to_stop_stays_open(lanes, world):
    put(lanes, "stopped", 1, 2)
    eventually(lambda: world.begun)
    jobs, _ = put(lanes, "a", 1)
    lanes.wait(jobs, 20.0)
    assert lanes.finished() == jobs
    assert len(world.begun) == 2


def test_closing_cancels_what_hangs(world):
    lanes = Lanes(world.work, lambda job: 1)
    put(lanes, "hang", 1, 2)
    eventually(lambda: world.begun)
    lanes.close(0.05)
    assert len(world.begun) == 1
    assert not [t for t in threading.enumerate() if t.name == "lanes"]


def test_the_loop_beats_while_jobs_hang_and_not_while_a_job_blocks_it(world, monkeypatch):
    monkeypatch.setattr("services.runtime.lanes.BEAT_SECONDS", 0.001)
    beats, blocked, may_go = threading.Semaphore(0), threading.Event(), threading.Event()

    async def work(job, rest):
        if job[0] == "blocks":
            blocked.set()
            may_go.wait()
            return True
        return await world.work(job, rest)

    lanes = Lanes(work, lambda job: 1, beats.release)
    try:
        put(lanes, "hang", 1)
        assert all(beats.acquire(timeout=20) for _ in range(10))
        put(lanes, "blocks", 1)
        assert blocked.wait(20)
        while beats.acquire(blocking=False):
            pass
        assert not beats.acquire(timeout=0.05), "the loop stands still"
    finally:
        may_go.set()
        world.let_go.set()
        lanes.close(5.0)
