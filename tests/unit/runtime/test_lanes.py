"""Jobs in lanes: in order within one, side by side otherwise."""

import asyncio

import pytest

from services.runtime import lanes as module
from services.runtime.lanes import Lanes


class World:
    """Does jobs `(lane, number)`: those of lanes that begin with `hang` wait to be let go."""

    def __init__(self):
        self.begun, self.done = [], []
        self.broken: list[BaseException] = []
        self.let_go = asyncio.Event()
        self.lanes = Lanes(self.work, self.broken.append)

    async def work(self, job):
        self.begun.append(job)
        if job[0] == "broken":
            raise RuntimeError("a mistake")
        if job[0].startswith("hang"):
            await self.let_go.wait()
        self.done.append(job)

    def put(self, lane, *numbers):
        for number in numbers:
            self.lanes.put(lane, (lane, number))


async def settled():
    """Return once all that can run has run."""
    for _ in range(50):
        await asyncio.sleep(0)


def playing(play):
    """Run a test in a loop, with a world of its own."""

    def test():
        async def whole():
            world = World()
            await play(world)
            world.let_go.set()
            await world.lanes.end(lambda _job: True, 5.0)

        asyncio.run(whole())

    test.__name__, test.__doc__ = play.__name__, play.__doc__
    return test


@playing
async def test_a_lane_keeps_its_order_and_one_that_hangs_holds_up_no_other(world):
    world.put("hang", 1, 2)
    world.put("a", *range(9))
    await settled()
    assert world.done == [("a", n) for n in range(9)]
    assert [job for job in world.begun if job[0] == "hang"] == [("hang", 1)]


@playing
async def test_a_lane_goes_on_after_a_mistake_which_is_told(world):
    world.put("broken", 1, 2)
    await settled()
    assert [str(error) for error in world.broken] == ["a mistake"] * 2


@playing
async def test_jobs_that_are_not_wanted_any_more_end_and_the_others_go_on(world):
    world.put("hang", 1, 2, 3)
    await settled()
    await world.lanes.end(lambda job: job[1] < 3, 0.01)
    await settled()
    assert world.begun == [("hang", 1), ("hang", 3)]
    assert world.done == []


@playing
async def test_a_running_job_has_time_to_end(world):
    world.put("hang", 1)
    await settled()
    ending = asyncio.create_task(world.lanes.end(lambda _job: True, 20.0))
    await settled()
    world.let_go.set()
    await ending
    assert world.done == [("hang", 1)]


@pytest.mark.parametrize(("n", "begun"), [(2, 2), (3, 2)])
def test_the_number_of_jobs_at_once_is_bounded(n, begun, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)

    @playing
    async def test(world):
        for lane in range(n):
            world.put(f"hang{lane}", 1)
        await settled()
        assert len(world.begun) == begun

    test()
