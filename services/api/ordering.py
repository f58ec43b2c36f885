"""Orders about alerts, as links in messages and the desk give them: made, sent, remembered."""

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Literal
from zoneinfo import ZoneInfo

from services.api.sender import Sender
from services.messages import Command, encode
from services.ports import Outgoing

Action = Literal["acknowledge", "reopen", "snooze", "mute", "resume"]
"""What a reader may ask for of an alert."""

MORNING = time_of_day(8)
"""When tomorrow begins for who snoozes: at the beginning of a working day."""

HOUR = timedelta(hours=1)

REMEMBERED_SECONDS = 60.0
"""Seconds for which an order is remembered that the index may not have yet. It has it within two
seconds on a quiet machine; who waits longer sees the page as it was."""

MOST_REMEMBERED = 5_000
"""Orders that are remembered at most, about a kilobyte each."""


def order(action: Action, watch_id: str, alert_id: str | None, by: str, at: datetime) -> Command:
    """Return an order with an id of its own."""
    return Command(
        command_id=uuid.uuid4().hex,
        watch_id=watch_id,
        alert_id=alert_id,
        action=action,
        by=by,
        at=at,
    )


def send(sender: Sender, command: Command) -> None:
    """Write an order to its topic. Raises TransientError, Unwritable."""
    key, about = command.command_id, command.watch_id
    sender.send(Outgoing("commands", key, encode(command), partition_key=about))


def tomorrow(now: datetime, zone: str) -> datetime:
    """Return the next day's morning by the clocks of a zone, in UTC."""
    place = ZoneInfo(zone)
    day = now.astimezone(place).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, place).astimezone(now.tzinfo)


class Remembered:
    """The orders that this process sent last, so that its pages show them at once. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: deque[tuple[float, Command]] = deque(maxlen=MOST_REMEMBERED)
        self._lock = threading.Lock()

    def add(self, command: Command) -> None:
        with self._lock:
            self._sent.append((self._clock(), command))

    def all(self) -> list[Command]:
        """Return the orders of the last REMEMBERED_SECONDS, the oldest first."""
        with self._lock:
            oldest = self._clock() - REMEMBERED_SECONDS
            while self._sent and self._sent[0][0] < oldest:
                self._sent.popleft()
            return [command for _, command in self._sent]
