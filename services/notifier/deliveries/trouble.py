"""Destinations in trouble, and how their owners hear of it: through another channel."""

from typing import Literal

from msgspec.structs import replace

from services.messages import DeliveryState, Destination
from services.notifier.content import Notice
from services.notifier.deliveries.schedule import next_try
from services.notifier.deliveries.steps import Now
from services.notifier.policies.recipients import Recipient
from services.text.hashes import digest

LONGEST_REASON = 300
"""Characters of a reason that are kept and told."""


def in_trouble(
    kind: Literal["failing", "off"], state: DeliveryState, others: tuple[str, ...], now: Now
) -> Destination:
    """Return the row of a destination. Its owner is to be told, if there is another channel."""
    return Destination(
        watch_id=state.watch_id,
        watch_name=state.alert.watch_name if state.alert is not None else "",
        to=state.to,
        trouble=kind,
        reason=state.reason[:LONGEST_REASON],
        since=now.news,
        others=others,
        is_told=not others,
    )


def others_of(to: str, recipients: tuple[Recipient, ...]) -> tuple[str, ...]:
    """Return the other channels of an alert, those of the same subscriber first."""
    owner = {r.to: r.subscriber_id for r in recipients}.get(to, "")
    others = [r for r in recipients if r.to != to]
    return tuple(r.to for r in sorted(others, key=lambda r: r.subscriber_id != owner))


def told_through(trouble: Destination) -> str:
    """Return the channel that the owner is told through next."""
    return trouble.others[trouble.attempts % len(trouble.others)]


def told(trouble: Destination) -> Destination:
    """Return the row once the owner was told."""
    return replace(trouble, is_told=True, due_at=None)


def not_told(trouble: Destination, now: Now, chance: float) -> Destination:
    """Return the row after a channel did not take the word.

    The next one is tried at once; after all of them, the first again after longer and longer
    pauses, until nobody can be told.
    """
    rounds, rest = divmod(trouble.attempts + 1, len(trouble.others))
    later = replace(trouble, attempts=trouble.attempts + 1, due_at=None)
    if rest:
        return later
    due_at = next_try(rounds, now.machine, now.machine, chance, None)
    return replace(later, due_at=due_at, is_told=due_at is None)


def notice(trouble: Destination) -> Notice:
    """Return what the owner is told."""
    watch = trouble.watch_name or trouble.watch_id
    if trouble.trouble == "off":
        subject = f"[{watch}] {trouble.to} is switched off"
        what = "It answered that it takes no more messages, so nothing is sent to it any more."
    else:
        subject = f"[{watch}] {trouble.to} could not be reached"
        what = "What was to be told there was tried again and again, and is given up."
    again = f"To try again: reportedly deliveries redrive --to '{trouble.to}'"
    key = digest("notice", trouble.key, trouble.trouble, trouble.since.isoformat())
    lines = (what, f"The last answer: {trouble.reason}", again)
    return Notice(key, subject, lines, at=trouble.since)
