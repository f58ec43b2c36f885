"""When a revision may go to a recipient.

    off ─► edits in place ─► acknowledged ─► muted ─► snoozed ─► escalation ─► quiet hours
        ─► digest ─► throttle ─► now

Waiting revisions are neither lost nor sent one by one. When they may go, only the last revision of
each alert goes: it describes the present state.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.messages import Alert, Quiet, Revision
from services.notifier.policies.hours import next_digest, quiet_until
from services.notifier.policies.orders import Orders
from services.notifier.policies.recipients import Recipient
from services.text.hashes import digest
from services.text.times import parse_length


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait until `until`; `reason` is for the log."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Never send it."""

    reason: str


Verdict = Hold | Drop | None
"""None: send it now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A revision for a recipient, and what that recipient has of the alert.

    - `shown`: the highest revision that it was shown; 0: none. `may_have_seen`: it may have been
      shown what came after `since`, and we don't know.
    - `is_silent`: true if it would be edited in place, without a sound.
    - `last_sent`: when it last got a message of this alert.
    - `last_digest`: when it last got a digest of this watch.
    """

    alert: Alert
    revision: Revision
    recipient: Recipient
    shown: int = 0
    since: int = 0
    may_have_seen: bool = False
    is_silent: bool = False
    last_sent: datetime | None = None
    last_digest: datetime | None = None

    @property
    def owes(self) -> bool:
        """True if it corrects what the recipient was, or may have been, shown.

        Nobody's command withholds that.
        """
        return (self.shown > 0 or self.may_have_seen) and any(
            r.corrects
            for r in self.alert.revisions
            if max(self.shown, self.since) < r.number <= self.revision.number
        )


def decide(asked: Asked, orders: Orders, now: datetime) -> Verdict:
    """Return when a revision may go to its recipient.

    An edit in place disturbs nobody, so only an opt-out keeps it back.
    """
    alert, revision, recipient = asked.alert, asked.revision, asked.recipient
    if orders.is_off(alert.watch_id, recipient):
        return Drop("the recipient wants no more of this watch")
    if asked.is_silent:
        return None
    if not asked.owes:
        if orders.is_acknowledged(alert, revision, recipient):
            return Drop("acknowledged, and its status is the same")
        if orders.is_muted(alert, revision, recipient):
            return Drop("muted until its status changes")
    holds = [hold for hold in _holds(asked, orders, now) if hold.until > now]
    return holds[0] if holds else None


def _holds(asked: Asked, orders: Orders, now: datetime) -> Iterator[Hold]:
    """Yield what a revision may have to wait for, in the order in which it is asked."""
    alert, revision, recipient = asked.alert, asked.revision, asked.recipient
    policy, zone = recipient.policy, recipient.zone
    snoozed = orders.snoozed_until(alert, recipient)
    if snoozed is not None:
        yield Hold(snoozed, "snoozed")
    if recipient.after and not asked.owes:
        since = orders.unseen_since(alert, revision, recipient)
        if since is not None:
            yield Hold(since + recipient.after, "it may still be acknowledged")
    if policy.quiet is not None and not _is_urgent(revision, policy.quiet):
        ends = quiet_until(policy.quiet, now, zone)
        if ends is not None:
            yield Hold(ends, "quiet hours")
    due = digest_due(asked)
    if due is not None:
        yield Hold(due, "digest")
    if policy.throttle is not None and asked.last_sent is not None:
        yield Hold(asked.last_sent + parse_length(policy.throttle.every), "throttle")


def digest_due(asked: Asked) -> datetime | None:
    """Return the time of the digest that a revision goes into; None if its recipient gets none.

    A revision that comes after its digest went out goes into the next one.
    """
    rule, zone = asked.recipient.policy.digest, asked.recipient.zone
    if rule is None or asked.revision.at is None:
        return None
    due = next_digest(rule, asked.revision.at, zone)
    if asked.last_digest is not None and due <= asked.last_digest:
        return next_digest(rule, asked.last_digest, zone)
    return due


def digest_key(recipient: Recipient, watch_id: str, keys: Iterable[str]) -> str:
    """Return the key of a digest. `keys`: those of its letters.

    A try with the same letters has the same key, so a receiver drops it. One with a letter that
    came meanwhile has another: it must be seen.
    """
    return digest("digest", watch_id, recipient.to, *sorted(keys))


def _is_urgent(revision: Revision, quiet: Quiet) -> bool:
    return revision.kind in quiet.except_ or revision.told.level in quiet.except_
