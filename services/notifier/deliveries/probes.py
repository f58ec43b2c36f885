"""Rows that are asked before their time: whether their destination is back. It is no try."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from services.notifier.deliveries.shelf import AT_ONCE, Shelf

MOST_NUDGES = 20
"""Probes of a row because its destination took another one.

Where every second message is refused, one of a million fails so often.
"""


class Probes:
    """`shelf`: the rows, whose agenda is changed."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._nudges: Counter[str] = Counter()

    def forget(self, key: str) -> None:
        """Count the probes of a row anew."""
        self._nudges.pop(key, None)

    def answers_again(self, to: str) -> None:
        """Make everything due that waits for a destination that answers again."""
        for key in list(self._shelf.waiting_for(to)):
            self._shelf.agenda.put(key, "machine", AT_ONCE)

    def nudge(self, to: str, at: datetime) -> None:
        """Probe what a destination did not take while it takes other messages.

        A message that it never takes is probed so a few times, and then only at its own times.
        """
        for key in sorted(self._shelf.failing.get(to, ())):
            if self._nudges[key] < MOST_NUDGES:
                self._nudges[key] += 1
                self.probe([key], at)

    def probe(self, keys: Iterable[str], at: datetime) -> None:
        """Make rows due before their next try."""
        for key in keys:
            state = self._shelf.get(key)
            if state is not None and state.due_at is not None and at < state.due_at:
                self._shelf.agenda.put(key, "machine", at)
