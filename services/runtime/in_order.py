"""Items that are done in any order and released in the order in which they came."""

from collections import deque
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class InOrder(Generic[T]):
    """One row a partition: an item is released once it and all before it in its row are done.

    Faust takes acknowledgements in any order, but may commit beyond an event that is still open: it
    does so where that is the first event behind the committed offset (`Consumer._new_offset` of
    faust-streaming 0.11).
    """

    def __init__(self) -> None:
        self._rows: dict[Hashable, deque[T]] = {}
        self._done: set[T] = set()
        self.n_held = 0
        """Items that were taken and not released yet."""

    def take(self, row: Hashable, item: T) -> None:
        """Add an item to the end of a row."""
        self._rows.setdefault(row, deque()).append(item)
        self.n_held += 1

    def done(self, row: Hashable, item: T) -> Sequence[T]:
        """Mark an item of a row as done. Return the items that this releases, in order."""
        self._done.add(item)
        waiting, released = self._rows[row], list[T]()
        while waiting and waiting[0] in self._done:
            released.append(waiting.popleft())
        self._done.difference_update(released)
        self.n_held -= len(released)
        if not waiting:
            del self._rows[row]
        return released
