"""The notifier's process: each revision once to each channel that wants it, and a record of how it went."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

import structlog

from services.errors import ConfigError, InvalidMessage, ReportedlyError, TransientError
from services.messages import Alert, Command, Delivery, decode, encode
from services.notifier.channels import LOG, WEBHOOK, Due, due, told
from services.notifier.policy import Drop, Hold, Orders, decide, settle
from services.notifier.render import digest_body, log_row, subject, webhook_body
from services.notifier.signing import signed_headers, signer
from services.ports import HttpAnswer, Outgoing, Record, TopicPartition
from services.runtime.consume import Handled, run_consumer
from services.runtime.retry import delay
from services.runtime.world import World
from services.text.hashes import digest

TRIES = 3
"""Then the delivery counts as failed: a dead destination must not hold up the living ones."""

_log = structlog.get_logger()


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    past = Past(world)
    try:
        notifier = Notifier(world, past)
        run_consumer(
            world, service="notifier", group="notifier", topics=["alerts"], handle=notifier.handle, batch=50, keeper=notifier
        )
    finally:
        past.close()


class Settled(Protocol):
    """Knows which deliveries are done with, when a channel last heard of an alert, and what readers asked for."""

    @property
    def orders(self) -> Orders: ...

    def refresh(self) -> set[str]:
        """Return the ids of deliveries that are done with; what is added to the set stays in it."""

    def last_sent(self, alert_id: str, channel: str) -> datetime | None: ...


class Past:
    """What the topics remember: deliveries, ours and those of other notifiers as they make them, and commands."""

    def __init__(self, world: World) -> None:
        """Read all that the topics remember; wait while the broker is away."""
        self.orders = Orders()
        self._ids: set[str] = set()
        self._sent: dict[tuple[str, str], datetime] = {}
        self._reader = world.broker.reader()
        tries = 0
        while not world.stop.is_set():
            try:
                topics = ("deliveries", "commands")
                parts = [TopicPartition(topic, p) for topic in topics for p in range(world.broker.n_partitions(topic))]
                self._take(self._reader.read_to_end(parts))
                return
            except TransientError as error:
                tries += 1
                _log.warning("waiting for Kafka", reason=str(error))
                world.stop.wait(delay(tries))

    def refresh(self) -> set[str]:
        """Return the ids known by now. An alert that moved here from another notifier brings its old revisions along."""
        while records := self._reader.poll(0.0):
            self._take(records)
        return self._ids

    def last_sent(self, alert_id: str, channel: str) -> datetime | None:
        """Return when a channel last heard of an alert, as far as is remembered."""
        return self._sent.get((alert_id, channel))

    def close(self) -> None:
        self._reader.close()

    def _take(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.value is None:
                continue
            try:
                if record.topic == "commands":
                    self.orders.take(decode(Command, record.value))
                else:
                    self._note(decode(Delivery, record.value))
            except InvalidMessage as error:
                _log.warning(
                    "unreadable", topic=record.topic, partition=record.partition, offset=record.offset, reason=str(error)
                )

    def _note(self, delivery: Delivery) -> None:
        self._ids.add(delivery.delivery_id)
        place = (delivery.alert_id, delivery.channel)
        if delivery.outcome == "delivered" and delivery.at is not None:
            self._sent[place] = max(delivery.at, self._sent.get(place, delivery.at))


@dataclass(frozen=True)
class _Held:
    """An alert with revisions that wait until `until`, and where its last message stands."""

    alert: Alert
    place: TopicPartition
    offset: int
    until: datetime


class Notifier:
    """Delivers what alerts hold beyond the deliveries that are settled, when their policy lets it.

    What waits is held in memory, and nothing beyond it is committed: whoever gets the partition next reads it again.
    """

    def __init__(self, world: World, settled: Settled) -> None:
        """Raises ConfigError for a webhook secret that can't be used."""
        self._world = world
        self._past = settled
        self._key = signer(world.settings.webhook_secret) if world.settings.webhook_secret else None
        self._dead: dict[str, str] = {}
        self._last: dict[tuple[int, int], list[Outgoing]] = {}
        self._held: dict[str, _Held] = {}
        self._n_orders = 0

    def handle(self, records: Sequence[Record]) -> Handled:
        """Deliver a batch of alerts; the outgoing messages are the deliveries.

        A batch that comes again, because its deliveries could not be written down, is not delivered again: only its
        messages are returned once more.
        """
        done, before, settled = Handled(), self._last, self._past.refresh()
        self._last, self._dead = {}, {}
        for record in records:
            place = (record.partition, record.offset)
            try:
                self._last[place] = before.get(place, []) + self._one(record, settled)
                done.outgoing.extend(self._last[place])
            except InvalidMessage as error:
                done.rejected.append((record, error))
        return done

    def idle(self) -> Handled:
        """Deliver what has waited long enough."""
        now = self._world.clock.now()
        settled = self._past.refresh()
        is_asked, self._n_orders = self._past.orders.n_taken != self._n_orders, self._past.orders.n_taken
        ripe = [held for held in self._held.values() if is_asked or held.until <= now]
        if not ripe:
            return Handled()
        self._dead = {}
        items = [item for held in ripe for item in self._ready(held.alert, held.place, held.offset, settled)]
        return Handled(self._send(items, settled))

    def held(self) -> dict[TopicPartition, int]:
        """Return the first offset that waits, by partition."""
        first: dict[TopicPartition, int] = {}
        for held in self._held.values():
            first[held.place] = min(held.offset, first.get(held.place, held.offset))
        return first

    def forget(self, partitions: Sequence[TopicPartition]) -> None:
        """Let go of what waits in partitions that are somebody else's now."""
        self._held = {key: held for key, held in self._held.items() if held.place not in partitions}

    def _one(self, record: Record, settled: set[str]) -> list[Outgoing]:
        if record.value is None:
            return []
        alert = decode(Alert, record.value)
        return self._send(self._ready(alert, TopicPartition(record.topic, record.partition), record.offset, settled), settled)

    def _ready(self, alert: Alert, place: TopicPartition, offset: int, settled: set[str]) -> list[tuple[Due, str]]:
        """Return what may go now ("") or never (why), and keep the alert while some of it waits."""
        now, orders = self._world.clock.now(), self._past.orders
        ready: list[Due] = []
        done: list[tuple[Due, str]] = []
        waiting: list[tuple[Due, Hold]] = []
        for item in due(alert, settled):
            verdict = decide(item, orders, self._past.last_sent(alert.alert_id, item.channel.to), now)
            if isinstance(verdict, Hold):
                waiting.append((item, verdict))
            elif isinstance(verdict, Drop):
                done.append((item, verdict.reason))
            else:
                ready.append(item)
        if self._held.pop(alert.alert_id, None) or waiting:
            ready, passed = settle(ready)
            done += passed
        newest = {item.channel.to: item.revision.number for item in ready}
        # A later revision that may go now tells all that an earlier one would, once its time has come.
        done += [(i, f"told with revision {newest[i.channel.to]}") for i, _ in waiting if i.channel.to in newest]
        waits = [hold.until for item, hold in waiting if item.channel.to not in newest]
        if waits:
            self._held[alert.alert_id] = _Held(alert, place, offset, min(waits))
        return [*((item, "") for item in ready), *done]

    def _send(self, items: Sequence[tuple[Due, str]], settled: set[str]) -> list[Outgoing]:
        digests: dict[tuple[str, str], list[Due]] = {}
        sent: list[Delivery] = []
        for item, reason in items:
            if reason:
                sent.append(told(item, 0, "skipped", self._world.clock.now(), reason))
            elif item.alert.policy.digest is not None and item.channel.to.startswith(WEBHOOK):
                digests.setdefault((item.alert.watch_id, item.channel.to), []).append(item)
            else:
                sent.append(self._deliver(item))
        for of_one in digests.values():
            sent += self._to_webhook(of_one)
        settled |= {delivery.delivery_id for delivery in sent}
        return [Outgoing("deliveries", d.delivery_id, encode(d), partition_key=d.watch_id) for d in sent]

    def _deliver(self, item: Due) -> Delivery:
        if item.channel.to.startswith(LOG):
            return self._to_log(item)
        if item.channel.to.startswith(WEBHOOK):
            return self._to_webhook([item])[0]
        return self._told(item, 0, "failed", f"channels are {LOG} and {WEBHOOK}URL")

    def _to_log(self, item: Due) -> Delivery:
        _log.info("alert", alert_id=item.alert.alert_id, watch_id=item.alert.watch_id, subject=subject(item))
        path = self._world.settings.deliveries_log
        if path:
            row = log_row(item, datetime.now(UTC).timestamp())
            try:
                with Path(path).open("ab") as file:
                    file.write(row)
            except OSError as error:
                raise ConfigError(f"REPORTEDLY_DELIVERIES_LOG names {path}, which can't be written: {error.strerror}") from error
        return self._told(item, 1, "delivered")

    def _to_webhook(self, items: Sequence[Due]) -> list[Delivery]:
        """Post one revision, or several of one watch as a digest, and return how each of them went."""
        url = items[0].channel.to.removeprefix(WEBHOOK)
        if url in self._dead:
            # Given up on in this batch already: not three more tries for each of its alerts.
            return [self._told(item, 0, "failed", self._dead[url]) for item in items]
        outcome, attempt, detail = self._post(url, *_message(items))
        return [self._told(item, attempt, outcome, detail) for item in items]

    def _post(self, url: str, message_id: str, body: bytes) -> tuple[Literal["delivered", "failed"], int, str]:
        """Post with a few tries; return the outcome, the tries, and the last answer."""
        reason = ""
        for attempt in range(1, TRIES + 1):
            try:
                answer = asyncio.run(self._world.poster.post(url, self._headers(message_id, body), body))
                reason = f"HTTP {answer.status}"
                if 200 <= answer.status < 300:
                    return "delivered", attempt, reason
                if not _may_pass(answer):
                    return "failed", attempt, reason
            except TransientError as error:
                reason = str(error)
            except ReportedlyError as error:
                return "failed", attempt, str(error)
            if attempt < TRIES:
                self._world.stop.wait(delay(attempt))
        self._dead[url] = reason
        return "failed", TRIES, reason

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        # Receivers refuse a timestamp far from their own clock: machine time, not news time.
        return signed_headers(self._key, message_id, datetime.now(UTC), body)

    def _told(self, item: Due, attempt: int, outcome: Literal["delivered", "failed"], detail: str = "") -> Delivery:
        if outcome == "failed":
            _log.warning("delivery failed", alert_id=item.alert.alert_id, channel=item.channel.to, tries=attempt, reason=detail)
        return told(item, attempt, outcome, self._world.clock.now(), detail)


def _may_pass(answer: HttpAnswer) -> bool:
    return answer.status == 429 or answer.status >= 500


def _message(items: Sequence[Due]) -> tuple[str, bytes]:
    """Return the id and the body of a webhook; the same at every try."""
    if len(items) == 1:
        return items[0].delivery_id, webhook_body(items[0])
    return digest(*(item.delivery_id for item in items)), digest_body(items)
