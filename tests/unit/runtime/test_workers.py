"""Work in other processes: a dying worker costs only what killed it."""

import asyncio
import multiprocessing
import time

import pytest
from child_work import die, double, prepare, prepare_badly, prepare_once
from scrapes import Rise
from streams import patient

from services.errors import ConfigError, FatalError
from services.runtime.workers import TRIES, WorkerDied, Workers

pytestmark = pytest.mark.timeout(120)

LIMIT = 72_000_000
"""Bytes of memory of a worker that grows; of its `RENEW_SHARE` it keeps just less, then more."""


def run(folder, items, n=1, limit_seconds=60.0, initializer=prepare, **limits):
    async def work():
        workers = Workers(n, double, initializer, (str(folder),), limit_seconds, **limits)
        try:
            await workers.ready()
            return [await workers.run(batch) for batch in items]
        finally:
            workers.close()

    return asyncio.run(work())


@pytest.mark.parametrize("n", [1, 2, 3])
def test_results_come_in_order_whatever_the_number_of_workers(tmp_path, n):
    assert run(tmp_path, [[1, 2, 3, 4, 5], [], [6]], n) == [[2, 4, 6, 8, 10], [], [12]]


def test_what_kills_its_worker_twice_is_given_up_and_its_neighbours_are_done(tmp_path):
    first, second = run(tmp_path, [[1, "die", 3], [4]], n=2)
    assert (first[0], first[2], second) == (2, 6, [8])
    assert isinstance(first[1], WorkerDied)


def test_what_kills_its_worker_once_is_tried_again(tmp_path):
    assert run(tmp_path, [["die-once", 2]]) == [["die-oncedie-once", 4]]


def test_what_never_ends_is_ended(tmp_path):
    ((first, hung),) = run(tmp_path, [[1, "hang"]], limit_seconds=0.5)
    assert first == 2
    assert isinstance(hung, WorkerDied)
    assert hung.cause == "time"


def test_a_worker_that_ends_is_counted_by_what_ended_it(tmp_path):
    rise = Rise()
    run(tmp_path, [["die"]])
    assert rise("reportedly_worker_deaths_total", cause="crash") == TRIES
    assert rise("reportedly_worker_deaths_total", cause="time") == 0


def test_what_takes_too_long_alone_is_not_tried_again(tmp_path):
    ((hung,),) = run(tmp_path, [["sleep"]], limit_seconds=0.5)
    assert hung.cause == "time"
    assert (tmp_path / "tries").read_text() == "sleep of 1\n"


def test_what_takes_too_long_is_tried_as_often_as_asked_for(tmp_path):
    run(tmp_path, [[1, "sleep"]], limit_seconds=0.5, tries_on_timeout=2)
    assert (tmp_path / "tries").read_text() == "sleep of 2\n" + 2 * "sleep of 1\n"


def test_cpu_time_has_a_limit_of_its_own(tmp_path):
    ((first, hung),) = run(tmp_path, [[1, "hang"]], cpu_seconds=0.3)
    assert (first, hung.cause) == (2, "time")


def test_memory_beyond_the_limit_is_refused_and_the_neighbours_are_done(tmp_path):
    first, second = run(tmp_path, [[1, "fill", 3], [4]], memory_bytes=30 * 1024 * 1024)
    assert (first[0], first[1].cause, first[2], second) == (2, "memory", 6, [8])


def test_memory_within_the_limit_is_given(tmp_path):
    assert run(tmp_path, [["fill"]], memory_bytes=1024 * 1024 * 1024) == [["fillfill"]]


def test_a_death_is_blamed_on_nothing_that_another_worker_does_at_the_time(tmp_path):
    async def work():
        workers = Workers(2, double, prepare, (str(tmp_path),))
        try:
            return await asyncio.gather(
                *(workers.run([item]) for item in (1, "die", 2, 3, "die", 4))
            )
        finally:
            workers.close()

    results = [result for (result,) in asyncio.run(work())]
    assert [r if isinstance(r, int) else r.cause for r in results] == [2, "crash", 4, 6, "crash", 8]


def test_a_worker_that_has_grown_goes_on_until_a_new_one_is_prepared(tmp_path):
    rise = Rise()

    async def work():
        workers = Workers(1, double, prepare, (str(tmp_path),), memory_bytes=LIMIT)
        try:
            (old,) = await workers.run(["who"])
            assert await workers.run(["keep", "keep"]) == ["keepkeep"] * 2
            for _ in range(200):  # 40 MB are within its share, 45 MB
                assert await workers.run(["who"]) == [old]
            assert await workers.run(["who", "add"]) == [old, "addadd"]  # 52 MB are not
            until = time.monotonic() + patient(30)
            while (new := await workers.run(["who"])) == [old]:
                assert time.monotonic() < until
            assert await workers.run(["who", 1]) == [*new, 2]
        finally:
            workers.close()

    asyncio.run(work())
    assert rise("reportedly_worker_renewals_total") == 1
    assert rise("reportedly_worker_deaths_total", cause="crash") == 0


def test_the_prepared_worker_follows_a_grown_one_that_ends(tmp_path):
    async def work():
        workers = Workers(1, double, prepare, (str(tmp_path),), memory_bytes=LIMIT)
        try:
            (old, *_) = await workers.run(["who", "keep", "keep", "add"])
            (prepared,) = {child.pid for child in multiprocessing.active_children()} - {old}
            assert await workers.run(["die-once", 1]) == ["die-oncedie-once", 2]
            assert await workers.run(["who"]) == [prepared]
        finally:
            workers.close()

    asyncio.run(work())


def test_a_grown_worker_goes_on_if_no_new_one_can_be_prepared(tmp_path):
    async def work():
        workers = Workers(1, double, prepare_once, (str(tmp_path),), memory_bytes=LIMIT)
        try:
            (old, *_) = await workers.run(["who", "keep", "keep", "add"])
            seen = [await workers.run(["who"]) for _ in range(200)]
        finally:
            workers.close()
        return old, seen

    old, seen = asyncio.run(work())
    assert seen == [[old]] * 200


def test_closing_ends_a_worker_that_is_still_being_prepared(tmp_path):
    async def work():
        workers = Workers(1, double, prepare, (str(tmp_path),), memory_bytes=LIMIT)
        await workers.run(["keep", "keep", "add"])
        workers.close()
        until = time.monotonic() + patient(20)
        while multiprocessing.active_children():
            assert time.monotonic() < until

    asyncio.run(work())


def test_an_error_of_the_preparation_is_raised_as_it_is(tmp_path):
    with pytest.raises(ConfigError, match=r"people\.yaml:3"):
        run(tmp_path, [[1]], initializer=prepare_badly)


def test_a_worker_that_does_not_live_through_its_preparation_is_fatal(tmp_path):
    with pytest.raises(FatalError, match="memory"):
        run(tmp_path, [[1]], initializer=die)


def test_closing_ends_a_worker_in_the_middle_of_its_work(tmp_path):
    async def work():
        workers = Workers(1, double, prepare, (str(tmp_path),))
        await workers.ready()
        running = asyncio.ensure_future(workers.run(["hang"]))
        await asyncio.sleep(0)
        (process,) = multiprocessing.active_children()
        workers.close()
        until = time.monotonic() + patient(20)
        # The pool's thread reaps it, too: who comes second is told a moment late.
        while process.is_alive():
            assert time.monotonic() < until
        running.cancel()

    asyncio.run(work())
