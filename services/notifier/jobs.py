"""What goes out in one piece: a revision or a digest for one destination, or only the record that something does not go."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.messages import Delivery
from services.notifier.channels import LOG, WEBHOOK, Due, told
from services.notifier.render import digest_body, webhook_body
from services.ports import TopicPartition
from services.text.hashes import digest

RECORDS = ""
"""The lane of jobs without an effect."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A revision whose time has come, and where its alert's message stands; `reason` if it never goes."""

    due: Due
    place: TopicPartition
    offset: int
    reason: str = ""


@dataclass(eq=False, slots=True)
class Job:
    """One effect on one destination, the lane. `records` says how it went; without an effect it is given at once."""

    lane: str
    items: tuple[Ready, ...]
    message_id: str
    body: bytes
    since: float
    """Monotonic seconds."""
    records: tuple[Delivery, ...] = ()

    @property
    def n_bytes(self) -> int:
        """About what it holds of memory."""
        return len(self.body) + 500 * len(self.items)


def jobs_of(ready: Iterable[Ready], now: datetime, since: float) -> list[Job]:
    """Return the jobs of all that is ready, those of one destination in the same order. Digests are one a watch."""
    jobs: list[Job] = []
    settled: list[tuple[Ready, Delivery]] = []
    digests: dict[tuple[str, str], list[Ready]] = {}
    for item in ready:
        to = item.due.channel.to
        if item.reason:
            settled.append((item, told(item.due, 0, "skipped", now, item.reason)))
        elif not to.startswith((LOG, WEBHOOK)):
            why = f"nothing delivers to {to[:100]!r}: channels are {LOG} and {WEBHOOK}https://…"
            settled.append((item, told(item.due, 0, "failed", now, why)))
        elif item.due.alert.policy.digest is not None and to.startswith(WEBHOOK):
            digests.setdefault((item.due.alert.watch_id, to), []).append(item)
        else:
            jobs.append(_job([item], since))
    jobs += [_job(items, since) for items in digests.values()]
    if settled:
        records = tuple(record for _, record in settled)
        jobs.append(Job(RECORDS, tuple(_slim(item) for item, _ in settled), "", b"", since, records))
    return jobs


def _job(items: list[Ready], since: float) -> Job:
    """The id and the body are the same at every try."""
    dues = [item.due for item in items]
    first = dues[0]
    if len(dues) == 1:
        message_id, body = first.delivery_id, webhook_body(first)
    else:
        message_id, body = digest(*(due.delivery_id for due in dues)), digest_body(dues)
    return Job(first.channel.to, tuple(map(_slim, items)), message_id, body, since)


def _slim(item: Ready) -> Ready:
    """Return an item without the alert's history, which is not told and may be long."""
    bare = msgspec.structs.replace(item.due.alert, revisions=(), channels=())
    return replace(item, due=replace(item.due, alert=bare))
