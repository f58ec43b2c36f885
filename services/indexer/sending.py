"""Documents to requests: several are on their way while the next ones are made."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, wait

from services.ports import IndexAction, IndexOutcome

PART_BYTES = 1024 * 1024
"""Bytes of documents after which a request is sent; the last ones go at once.

A poll ends after a fifth of a second, so no document waits longer for others.
"""

IN_FLIGHT = 2
"""Requests without an answer at a time.

Elasticsearch works on one while the other one is on its way. More only wait in its queue.
"""


def send(
    ask: Callable[[list[IndexAction]], list[IndexOutcome]],
    actions: Iterable[IndexAction],
    threads: Executor,
) -> list[IndexOutcome]:
    """Write documents by `ask`, which sends one request. Return the outcome of each, in order.

    No more documents are made than fit in the requests on their way and the next one. Raises the
    first error of a request, once no other one is on its way.
    """
    asked: deque[Future[list[IndexOutcome]]] = deque()
    done: list[IndexOutcome] = []
    try:
        for part in parts(actions):
            if len(asked) == IN_FLIGHT:
                done += asked.popleft().result()
            asked.append(threads.submit(ask, part))
        for request in asked:
            done += request.result()
    finally:
        wait(asked)
    return done


def parts(actions: Iterable[IndexAction]) -> Iterator[list[IndexAction]]:
    """Yield documents in order, in requests of PART_BYTES and at most one document more."""
    part, size = list[IndexAction](), 0
    for action in actions:
        part.append(action)
        size += len(action.document)
        if size >= PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
