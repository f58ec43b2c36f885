"""Sending for many tasks: the broker may say no,
one item may be impossible, and the loop goes on.
"""

import asyncio
from typing import Any

import pytest

from services.errors import FatalError, TransientError
from services.runtime.health import Heartbeat
from services.runtime.sender import TRIES, Sender


def send_all(tmp_path, items, send):
    """Return what became of each item: None or its error, in order."""

    async def work():
        is_over = False
        sender = Sender(send, Heartbeat(tmp_path, "poller", part="publish"), lambda: is_over)
        loop = asyncio.create_task(sender.run())
        results = asyncio.gather(*(sender.sent(item) for item in items), return_exceptions=True)
        both: list[asyncio.Future[Any]] = [loop, results]
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        is_over = True
        if loop in done:
            results.cancel()
            await asyncio.gather(results, return_exceptions=True)
            loop.result()
        await loop
        return await results, sender.n_unsent

    return asyncio.run(work())


def test_items_of_many_tasks_are_sent_together(tmp_path):
    batches: list[list[int]] = []
    assert send_all(tmp_path, [1, 2, 3], batches.append) == ([None, None, None], 0)
    assert batches == [[1, 2, 3]]


def test_while_the_broker_says_no_it_is_tried_again(tmp_path):
    tries = []

    def send(items):
        tries.append(items)
        if len(tries) < 3:
            raise TransientError("not now")

    assert send_all(tmp_path, [1, 2], send) == ([None, None], 0)
    assert tries == [[1, 2]] * 3


def test_an_item_that_can_never_be_sent_costs_no_other(tmp_path):
    tries = []

    def send(items):
        tries.append(list(items))
        if "bad" in items:
            raise KeyError("bad")

    (first, bad, last), _ = send_all(tmp_path, [1, "bad", 3], send)
    assert (first, last, type(bad)) == (None, None, KeyError)
    assert tries.count(["bad"]) == TRIES


def test_what_no_retry_can_mend_ends_the_loop(tmp_path):
    def send(_items):
        raise FatalError("fenced")

    with pytest.raises(FatalError, match="fenced"):
        send_all(tmp_path, [1], send)
