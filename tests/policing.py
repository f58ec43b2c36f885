"""Alerts, recipients, and commands for tests of the policies of delivery."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from builders import START, hours

from services.messages import (
    Alert,
    ChangeKind,
    Channel,
    Command,
    Level,
    Policy,
    Revision,
    Subscriber,
    Told,
)
from services.messages.watch import ALL_BUT_JOINS
from services.notifier.policies.decide import Asked
from services.notifier.policies.orders import Orders
from services.notifier.policies.recipients import NO_WAIT, Recipient


def alert(
    *kinds: ChangeKind,
    corrects: Sequence[int] = (),
    level: Level | None = None,
    to: Sequence[str] = ("log:",),
    policy: Policy | None = None,
) -> Alert:
    """Return an alert whose revisions come an hour apart. `corrects`: numbers of corrections."""
    revisions = tuple(
        Revision(
            id=f"a{n}",
            number=n,
            kind=kind,
            corrects=n in corrects,
            text="Told.",
            at=hours(n - 1),
            told=Told(level=level),
        )
        for n, kind in enumerate(kinds, 1)
    )
    return Alert(
        alert_id="a",
        watch_id="w",
        watch_version=1,
        watch_name="W",
        revisions=revisions,
        channels=tuple(Channel(to=each) for each in to),
        policy=policy or Policy(),
    )


def recipient(
    to: str = "log:",
    policy: Policy | None = None,
    zone: str = "UTC",
    subscriber_id: str = "",
    after: timedelta = NO_WAIT,
) -> Recipient:
    return Recipient(to, ALL_BUT_JOINS, policy or Policy(), subscriber_id, zone, after)


def asked(
    *kinds: ChangeKind,
    number: int | None = None,
    corrects: Sequence[int] = (),
    level: Level | None = None,
    to: Recipient | None = None,
    **more: Any,
) -> Asked:
    """Return the last (or the given) revision of an alert, for a recipient."""
    of = alert(*kinds, corrects=corrects, level=level)
    return Asked(of, of.revisions[(number or len(kinds)) - 1], to or recipient(), **more)


def orders(*commands: Command) -> Orders:
    taken = Orders()
    for given in commands:
        taken.take(given)
    return taken


def command(
    action: Any,
    at: datetime = START,
    until: datetime | None = None,
    alert_id: str | None = "a",
    to: str = "",
    revision: int = 0,
    command_id: str = "c",
) -> Command:
    return Command(
        command_id=command_id,
        watch_id="w",
        alert_id=alert_id,
        recipient=to,
        revision=revision,
        action=action,
        until=until,
        at=at,
    )


def saved(*subscribers: Subscriber) -> dict[str, Subscriber]:
    return {each.id: each for each in subscribers}
