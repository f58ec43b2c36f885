"""Jobs: a revision or a digest for one destination, or only the record that one is not sent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.channels import FORMS, KINDS, scheme_of
from services.messages import Delivery
from services.notifier.channels import Due, delivery
from services.notifier.render import digest_body, webhook_body
from services.ports import TopicPartition
from services.text.hashes import digest

RECORDS = ""
"""The lane of jobs that send nothing."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A revision that may go, or never goes (`reason`), and the place of its alert's message."""

    due: Due
    place: TopicPartition
    offset: int
    reason: str = ""


@dataclass(eq=False, slots=True)
class Job:
    """One message for one destination (the lane), or none.

    - `since`: monotonic seconds of its start.
    - `records`: the outcome; a job that sends nothing has it from the start.
    """

    lane: str
    items: tuple[Ready, ...]
    message_id: str
    body: bytes
    since: float
    """Monotonic seconds."""
    records: tuple[Delivery, ...] = ()

    @property
    def n_bytes(self) -> int:
        """Roughly the bytes of memory that it holds."""
        return len(self.body) + 500 * len(self.items)


def jobs_of(ready: Iterable[Ready], now: datetime, since: float) -> list[Job]:
    """Return the jobs for these items, in order for each destination.

    A digest is one for each watch.
    """
    jobs: list[Job] = []
    settled: list[tuple[Ready, Delivery]] = []
    digests: dict[tuple[str, str], list[Ready]] = {}
    for item in ready:
        to = item.due.channel.to
        scheme = scheme_of(to)
        if item.reason:
            settled.append((item, delivery(item.due, 0, "skipped", now, item.reason)))
        elif scheme is None:
            why = f"nothing delivers to {to[:100]!r}: {FORMS}"
            settled.append((item, delivery(item.due, 0, "failed", now, why)))
        elif item.due.alert.policy.digest is not None and KINDS[scheme].takes_digests:
            digests.setdefault((item.due.alert.watch_id, to), []).append(item)
        else:
            jobs.append(_job([item], since))
    jobs += [_job(items, since) for items in digests.values()]
    if settled:
        records = tuple(record for _, record in settled)
        jobs.append(
            Job(RECORDS, tuple(_slim(item) for item, _ in settled), "", b"", since, records)
        )
    return jobs


def _job(items: list[Ready], since: float) -> Job:
    """Return a job whose id and body are the same at every try."""
    dues = [item.due for item in items]
    first = dues[0]
    if len(dues) == 1:
        message_id, body = first.delivery_id, webhook_body(first)
    else:
        message_id, body = digest(*(due.delivery_id for due in dues)), digest_body(dues)
    return Job(first.channel.to, tuple(map(_slim, items)), message_id, body, since)


def _slim(item: Ready) -> Ready:
    """Return an item without the alert's history, which is not sent and may be long."""
    bare = msgspec.structs.replace(item.due.alert, revisions=(), channels=())
    return replace(item, due=replace(item.due, alert=bare))
