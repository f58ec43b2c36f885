"""The rows of one partition, on disk, and in memory what is asked of all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.channels import SUBSCRIBER, subscriber_of
from services.messages import DeliveryRow, DeliveryState, Destination, decode, encode
from services.notifier.deliveries.agenda import Agenda
from services.notifier.deliveries.owners import NOBODY
from services.notifier.deliveries.trouble import told_through
from services.rows import Rows

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A time that has always come."""


class Shelf:
    """Rows by key. What is open, given up, or in trouble is found at once.

    `owner`: the number under which they are written (`owners.py`).
    """

    def __init__(self, rows: Rows, owner: int = NOBODY) -> None:
        self._rows = rows
        self.owner = owner
        self.agenda = Agenda()
        self.given_up: set[str] = set()
        self.troubles: dict[str, Destination] = {}
        self.failing: dict[str, set[str]] = {}
        """Destination to the keys of rows that wait and were tried in vain, or asked to wait."""
        self._open: dict[str, set[str]] = {}
        """Watch or subscriber to the keys of rows that have something to tell."""
        self._refs: dict[str, frozenset[str]] = {}
        """The same from the other side."""
        self._digests: dict[tuple[str, str], datetime] = {}

    def restore(self, key: str, value: bytes | None) -> None:
        """Apply a row of the topic; None deletes it. Raises InvalidMessage."""
        if value is None:
            self.delete(key)
            return
        row = decode(DeliveryRow, value)
        if row.destination is not None:
            self.put_trouble(row.destination)
        elif row.delivery is not None:
            self._put(row.delivery, value)

    def get(self, key: str) -> DeliveryState | None:
        """Return the row of a destination of an alert."""
        value = self._rows.get(key)
        return decode(DeliveryRow, value).delivery if value is not None else None

    def of_alert(self, alert_id: str) -> list[DeliveryState]:
        """Return the rows of an alert."""
        found = map(self.get, self.keys_of_alert(alert_id))
        return [state for state in found if state is not None]

    def keys_of_alert(self, alert_id: str) -> list[str]:
        """Return the keys of the rows of an alert."""
        return list(self._rows.keys(f"alert|{alert_id}"))

    def of_watch(self, watch_id: str) -> list[str]:
        """Return the keys of the rows of a watch that have something to tell."""
        return sorted(self._open.get(f"watch|{watch_id}", ()))

    def of_subscriber(self, id: str) -> list[str]:
        """Return the same of alerts that go to a subscriber."""
        return sorted(self._open.get(f"{SUBSCRIBER}|{id}", ()))

    def put(self, state: DeliveryState) -> None:
        """Add or replace a row. It is due at once or when its next try is, if it waits."""
        self._put(state, encode(DeliveryRow(delivery=state)))

    def put_trouble(self, trouble: Destination) -> None:
        """Add or replace the row of a destination in trouble, whose owner is to be told."""
        self.troubles[trouble.key] = trouble
        if trouble.is_told:
            self.agenda.remove(trouble.key)
        else:
            self.agenda.put(trouble.key, "machine", trouble.due_at or AT_ONCE)

    def trouble(self, state: DeliveryState) -> Destination | None:
        """Return the trouble that a row's destination is in."""
        return self.troubles.get(f"destination|{state.watch_id}|{state.to}")

    def delete(self, key: str) -> None:
        """Remove a row of either kind, if it is there."""
        self._rows.delete(key)
        self._fails_no_more(key.partition("|")[2], key)
        self._refer(key, frozenset())
        self.troubles.pop(key, None)
        self.given_up.discard(key)
        self.agenda.remove(key)

    def last_digest(self, state: DeliveryState) -> datetime | None:
        """Return when a row's destination last got a digest of its watch."""
        return self._digests.get((state.watch_id, state.to))

    def asked_until(self, to: str) -> datetime | None:
        """Return until when a destination asked to be left alone; None if it did not."""
        rows = map(self.get, self.failing.get(to, ()))
        return max((row.asked_until for row in rows if row and row.asked_until), default=None)

    def waiting_for(self, to: str) -> Iterator[str]:
        """Yield the keys that wait for a machine time, of one destination."""
        for key in self.agenda.waiting("machine"):
            if self.lane(key) == to:
                yield key

    def lane(self, key: str) -> str:
        """Return the destination that a key is worked on for."""
        if (trouble := self.troubles.get(key)) is not None:
            return told_through(trouble)
        return key.partition("|")[2]

    def _fails_no_more(self, to: str, key: str) -> None:
        keys = self.failing.get(to, set())
        keys.discard(key)
        if not keys:
            self.failing.pop(to, None)

    def _refer(self, key: str, refs: frozenset[str]) -> None:
        """Let a row be found by these references alone."""
        before = self._refs.pop(key, frozenset())
        for ref in before - refs:
            self._open[ref].discard(key)
            if not self._open[ref]:
                del self._open[ref]
        for ref in refs - before:
            self._open.setdefault(ref, set()).add(key)
        if refs:
            self._refs[key] = refs

    def _put(self, state: DeliveryState, value: bytes) -> None:
        key, place = state.key, (state.watch_id, state.to)
        self._rows.put(key, value, [f"alert|{state.alert_id}"])
        self._refer(key, _refs(state))
        (self.given_up.add if state.outcome == "given-up" else self.given_up.discard)(key)
        if state.digest_at is not None:
            self._digests[place] = max(state.digest_at, self._digests.get(place, state.digest_at))
        if state.outcome == "waiting" and (state.attempts or state.asked_until):
            self.failing.setdefault(state.to, set()).add(key)
        else:
            self._fails_no_more(state.to, key)
        if state.outcome == "waiting" and state.alert is not None:
            self.agenda.put(key, "machine", state.due_at or AT_ONCE)
        else:
            self.agenda.remove(key)


def _refs(state: DeliveryState) -> frozenset[str]:
    """Return what a row is found by as long as it has something to tell."""
    if state.alert is None:
        return frozenset()
    ids = (subscriber_of(channel.to) for channel in state.alert.channels)
    return frozenset((f"watch|{state.watch_id}", *(f"{SUBSCRIBER}|{id}" for id in ids if id)))
