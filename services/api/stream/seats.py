"""The places of listeners: how many a process has, and how many a person."""

from collections import Counter

MOST_LISTENERS = 500
"""Listeners of one process.

Each holds a connection, and a process may commonly open 1,024 files.
"""

MOST_PER_PERSON = 20
"""Listeners of one person: three browsers with the six connections that each opens to one host.

Who needs no login is not counted so: all programs of the machine are that person.
"""


class Seats:
    """The places that are taken. Only the event loop touches them."""

    def __init__(self, most: int = MOST_LISTENERS, most_per_person: int = MOST_PER_PERSON) -> None:
        self.most = most
        self.most_per_person = most_per_person
        self._taken: Counter[str] = Counter()

    @property
    def n_taken(self) -> int:
        return self._taken.total()

    def enter(self, name: str) -> str:
        """Reserve a place for a person; "": for who needs no login. Return "", or why not."""
        if self.n_taken >= self.most:
            return f"{self.most} listeners are on the line, more can't be served: try again later"
        if name and self._taken[name] >= self.most_per_person:
            most = f"{name} has {self.most_per_person} live streams open"
            return f"{most}, which is the most for one person: close some of them"
        self._taken[name] += 1
        return ""

    def leave(self, name: str) -> None:
        """Free the place."""
        self._taken[name] -= 1
        if not self._taken[name]:
            del self._taken[name]
