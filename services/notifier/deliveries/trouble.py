"""Destinations in trouble, and how their owners hear of it: through another channel."""

import re
from shlex import quote
from typing import Literal

from msgspec.structs import replace

from services.channels import address_of, scheme_of
from services.messages import DeliveryState, Destination
from services.notifier.content import Notice
from services.notifier.deliveries.schedule import next_try
from services.notifier.deliveries.steps import Now
from services.notifier.policies.recipients import Recipient
from services.text.hashes import digest

_URL = re.compile(r"(https?://[^/?#\s]*)[/?#]\S*", re.IGNORECASE)
_HOST = r"\1/…"

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
    due_at = next_try(rounds, now.machine, chance, None)
    return replace(later, due_at=due_at, is_told=due_at is None)


def notice(trouble: Destination) -> Notice:
    """Return what the owner is told. It may go to others of the watch, so no address is in it."""
    watch, where = trouble.watch_name or trouble.watch_id, shown(trouble.to)
    if trouble.trouble == "off":
        subject = f"[{watch}] {where} is switched off"
        what = "It answered that it takes no more messages, so nothing is sent to it any more."
    else:
        subject = f"[{watch}] {where} could not be reached"
        what = "What was to be told there was tried again and again, and is given up."
    again = f"reportedly deliveries redrive --watch {quote(trouble.watch_id)}"
    key = digest("notice", trouble.key, trouble.trouble, trouble.since.isoformat())
    address = address_of(trouble.to)
    reason = trouble.reason.replace(address, where) if address else trouble.reason
    lines = (what, f"The last answer: {_URL.sub(_HOST, reason)}", "To try again:")
    return Notice(key, subject, lines, command=again, at=trouble.since)


def shown(to: str) -> str:
    """Return a channel without what would let others post to it, or write to its reader.

    That is its scheme, and the host or the name in the file of secrets.
    """
    scheme, address = scheme_of(to), address_of(to)
    if scheme == "webhook":
        return f"{scheme}:{_URL.sub(_HOST, address)}"
    if scheme == "mail":
        return f"{scheme}:…@{address.rpartition('@')[2]}"
    name, slash, _ = address.partition("/")
    if scheme == "ntfy" and not slash:  # its topic, on the server that needs no name
        return f"{scheme}:…"
    return f"{scheme}:{name}/…" if slash else to
