"""Which rows may be due because of what readers asked for. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from services.errors import InvalidMessage
from services.messages import Command, decode
from services.notifier.deliveries.shelf import AT_ONCE, Shelf
from services.ports import Record
from services.text.links import recipient_of

MOST_ASKED = 50
"""Rows of watches and subscribers that one look asks.

A look comes ten times a second, and to plan a row takes up to 0.8 ms of the loop that all
deliveries share. So an order about 5,000 rows takes ten seconds, and nothing waits for it.
"""


@dataclass(slots=True)
class About:
    """What orders are about: alerts, watches, the recipients of a watch, subscribers."""

    alerts: set[str] = field(default_factory=set)
    watches: set[str] = field(default_factory=set)
    recipients: set[tuple[str, str]] = field(default_factory=set)
    subscribers: set[str] = field(default_factory=set)


def what_about(records: Iterable[Record]) -> About:
    """Return what the records of orders are about.

    A button in a message is about one alert, so it costs nothing for the others.
    """
    found = About()
    for record in records:
        if record.topic == "opt-outs":
            watch_id, _, recipient = (record.key or "").rpartition("|")
            found.recipients.add((watch_id, recipient))
        elif record.topic == "subscribers":
            found.subscribers.add(record.key or "")
        elif record.topic == "commands" and (command := _command(record)) is not None:
            if command.action == "redrive":
                continue  # It is about what was given up, and nothing of that waits.
            if command.alert_id is None:
                found.watches.add(command.watch_id)
            else:
                found.alerts.add(command.alert_id)
    return found


class Asking:
    """Makes due what waits by order, and what waits for a channel that is none any more.

    The rows of an alert are asked at once, those of a watch or a subscriber a few at a time: the
    same order again asks none of them twice. `is_nowhere`: returns True for the key of a row whose
    channel has no place.
    """

    def __init__(self, shelf: Shelf, is_nowhere: Callable[[str], bool]) -> None:
        self._shelf = shelf
        self._is_nowhere = is_nowhere
        self._queue: dict[str, None] = {}

    def ask(self, about: About) -> None:
        """Ask the rows that orders are about, and no others."""
        for alert_id in about.alerts:
            for key in self._shelf.keys_of_alert(alert_id):
                self._make_due(key)
        self._queue |= dict.fromkeys(self._broad(about))

    def go_on(self) -> None:
        """Ask the next of the rows that are to be asked."""
        for key in list(islice(self._queue, MOST_ASKED)):
            del self._queue[key]
            self._make_due(key)

    def _broad(self, about: About) -> Iterator[str]:
        for watch_id in about.watches:
            yield from self._shelf.of_watch(watch_id)
        for watch_id, recipient in about.recipients:
            for key in self._shelf.of_watch(watch_id):
                if recipient_of(self._shelf.lane(key)) == recipient:
                    yield key
        for id in about.subscribers:
            yield from self._shelf.of_subscriber(id)

    def _make_due(self, key: str) -> None:
        clock = self._shelf.agenda.clock_of(key)
        if clock == "news" or (clock == "machine" and self._is_nowhere(key)):
            self._shelf.agenda.put(key, "machine", AT_ONCE)


def _command(record: Record) -> Command | None:
    try:
        return decode(Command, record.value) if record.value is not None else None
    except InvalidMessage:
        return None  # Who applies the records logs it.
