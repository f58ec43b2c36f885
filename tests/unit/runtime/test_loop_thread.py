"""An event loop on a thread: it beats, and what broke in it is told."""

import asyncio
import threading

import pytest

from services.errors import FatalError
from services.runtime import loop_thread
from services.runtime.loop_thread import LoopThread


@pytest.fixture
def thread():
    made = LoopThread("test-loop")
    yield made
    made.close()


async def answer():
    await asyncio.sleep(0)
    return threading.current_thread().name


def test_work_is_done_on_its_thread_and_returned(thread):
    assert thread.run(answer()) == "test-loop"


def test_what_broke_is_told_at_the_next_work(thread):
    thread.broke(RuntimeError("a mistake"))
    with pytest.raises(FatalError, match="a mistake"):
        thread.run(answer())


def test_a_loop_that_is_closed_leaves_no_thread():
    made = LoopThread("closed-loop")
    made.close()
    assert not [t for t in threading.enumerate() if t.name == "closed-loop"]


def test_the_loop_beats_while_it_goes_round_and_not_while_work_blocks_it(monkeypatch):
    monkeypatch.setattr(loop_thread, "BEAT_SECONDS", 0.001)
    beats, blocked, may_go = threading.Semaphore(0), threading.Event(), threading.Event()
    made = LoopThread("beating-loop")
    made.call_each_second(beats.release)

    async def block():
        blocked.set()
        may_go.wait()

    assert all(beats.acquire(timeout=20) for _ in range(10))
    worker = threading.Thread(target=lambda: made.run(block()))
    worker.start()
    assert blocked.wait(20)
    while beats.acquire(blocking=False):
        pass
    assert not beats.acquire(timeout=0.05), "the loop stands still"
    may_go.set()
    worker.join()
    made.close()
