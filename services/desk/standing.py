"""How an alert stands with a person: new, seen, put off, or changed since it was seen. Pure.

Acknowledged is done until it changes: a change that rings brings an alert back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from services.messages import Alert, Command, Revision
from services.orders import EVERYBODY, Books, order_of, rings, rung_since

State = Literal["new", "changed", "snoozed", "muted", "acknowledged", "closed"]
"""How an alert stands.

- new: nobody has acknowledged it.
- changed: its status changed, or it was corrected, after it was acknowledged.
- snoozed: put off until a time. muted: put off until its status changes.
- acknowledged: somebody has seen it as it is.
- closed: another alert continues it.
"""

Group = Literal["open", "later", "done", "all"]
"""Alerts that are read together: what waits for somebody, what was put off, what is done."""

GROUPS: dict[Group, frozenset[State]] = {
    "open": frozenset({"new", "changed"}),
    "later": frozenset({"snoozed", "muted"}),
    "done": frozenset({"acknowledged", "closed"}),
    "all": frozenset(get_args(State)),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one alert stands with one person.

    - `command`: the order by which it stands so; None for what is new or closed.
    - `until`: when a snooze ends.
    - `unseen`: the changes since it was acknowledged, the oldest first.
    """

    state: State
    command: Command | None = None
    until: datetime | None = None
    unseen: tuple[Revision, ...] = ()

    @property
    def is_open(self) -> bool:
        """True if it waits for somebody."""
        return self.state in GROUPS["open"]

    def undoes(self, person: str) -> str:
        """Return the id of the order that a person may take back; "" if it is not theirs.

        An order on all alerts of a watch was given elsewhere, and is not taken back for one.
        """
        order = self.command
        is_own = order is not None and order.by == person and order.alert_id is not None
        return order.command_id if order is not None and is_own else ""


def own(person: str) -> str:
    """Return the recipient of orders that a person gives for themselves alone.

    It is that of the subscriber of the same name: who snoozes on the desk gets no message either.
    """
    return f"subscriber:{person}"


def standing(alert: Alert, books: Books, person: str, now: datetime) -> Standing:
    """Return how an alert stands with a person at a news time."""
    if alert.state == "closed":
        return Standing("closed")

    def asked(action: str) -> Sequence[Command]:
        return books.in_force(action, alert.alert_id, alert.watch_id, (EVERYBODY, own(person)))

    seen = _widest(alert, asked("acknowledge"))
    unseen = rung_since(seen, alert.revisions) if seen else ()
    if seen and not unseen:
        return Standing("acknowledged", seen)
    snooze = _longest(asked("snooze"), now)
    if snooze:
        return Standing("snoozed", snooze, until=snooze.until)
    mute = next((each for each in asked("mute") if not rung_since(each, alert.revisions)), None)
    if mute:
        return Standing("muted", mute)
    return Standing("changed", seen, unseen=unseen) if seen else Standing("new")


def _widest(alert: Alert, acknowledgements: Iterable[Command]) -> Command | None:
    """Return the acknowledgement of the most revisions, the last of several such."""
    return min(
        acknowledgements,
        key=lambda each: (
            len(rung_since(each, alert.revisions)),
            -each.at.timestamp(),
            each.command_id,
        ),
        default=None,
    )


def _longest(snoozes: Iterable[Command], now: datetime) -> Command | None:
    lasting = [each for each in snoozes if each.until is not None and each.until > now]
    return max(lasting, key=lambda each: (each.until, *order_of(each)), default=None)


def last_ringing(alert: Alert) -> Revision | None:
    """Return the last revision that rings; None if no revision is there."""
    return next((each for each in reversed(alert.revisions) if rings(each)), None)
