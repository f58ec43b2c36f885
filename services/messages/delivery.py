"""Rows of the notifier's state: what recipients see of alerts, and destinations in trouble."""

from typing import Literal

from services.messages.alert import Alert
from services.messages.base import Message, Timestamp

DeliveryOutcome = Literal["waiting", "settled", "given-up", "off"]
"""How the delivery of an alert to a destination stands.

- waiting: something is to be told, or is being tried.
- settled: nothing is left to tell.
- given-up: the last tries failed; a new revision, or a reader's command, begins again.
- off: the destination takes nothing any more.
"""


class DeliveryState(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What one destination has been told of one alert. It lives as long as the alert.

    Numbers are those of revisions; 0 is before the first.

    - `to`: the destination, or `subscriber:…`, which is told through its own channels.
    - `owner`: the subscriber whose channel it is; "" for a channel of the watch itself.
    - `since`: the revision that was current when the destination was added; it and what is before
      it are not told.
    - `shown`: the highest that the recipient sees. `settled`: the highest that is settled (shown,
      dropped, given up). `noted`: the last change that was told in the thread.
    - `handle`: how the service finds the message again.
    - `tried`: the first message may have reached the recipient, whatever `shown` says.
    - `held`: it waited by order (quiet hours, a digest, a snooze), so only the last revision goes.
      `fresh_from`: the age of a revision counts from here, such as the end of that wait. News time.
    - `attempts`, `began_at`, `due_at`: tries of the present series, its first, and the next. They
      are machine time. `earlier_attempts`: tries of series before it that were given up.
    - `asked_until`: until when the destination asked to be left alone. Machine time.
    - `sent_at`, `digest_at`: when it was last disturbed, and by a digest. `ended_at`: when it was
      given up. News time.
    - `given_up_after`: what was settled before it was given up; None if it was not.
    - `alert`: None if nothing is left to tell.
    """

    alert_id: str
    watch_id: str
    to: str
    owner: str = ""
    since: int = 0
    shown: int = 0
    settled: int = 0
    noted: int = 0
    handle: str = ""
    tried: bool = False
    held: bool = False
    fresh_from: Timestamp | None = None
    outcome: DeliveryOutcome = "waiting"
    reason: str = ""
    attempts: int = 0
    earlier_attempts: int = 0
    began_at: Timestamp | None = None
    due_at: Timestamp | None = None
    asked_until: Timestamp | None = None
    sent_at: Timestamp | None = None
    digest_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    given_up_after: int | None = None
    alert: Alert | None = None

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{self.alert_id}|{self.to}"


class Destination(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A destination of a watch that is in trouble. There is no row of one that is well.

    - `trouble`: `failing` (deliveries were given up) or `off` (it takes nothing any more).
    - `since`: news time. `others`: the watch's other destinations, who are told of it in turn.
    - `is_told`: one of them was told, or none could be. `attempts`, `due_at` (machine time): of
      telling.
    """

    watch_id: str
    watch_name: str = ""
    to: str
    trouble: Literal["failing", "off"]
    reason: str = ""
    since: Timestamp
    others: tuple[str, ...] = ()
    is_told: bool = False
    attempts: int = 0
    due_at: Timestamp | None = None

    @property
    def key(self) -> str:
        """The key of its row: no id of an alert begins like it."""
        return f"destination|{self.watch_id}|{self.to}"


class DeliveryRow(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the notifier's state. Exactly one is given."""

    delivery: DeliveryState | None = None
    destination: Destination | None = None
