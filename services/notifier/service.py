"""The notifier's process: each revision once to each channel that wants it, and a record of how it went."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

import structlog

from services.errors import ConfigError, InvalidMessage, ReportedlyError, TransientError
from services.messages import Alert, Delivery, decode, encode
from services.notifier.channels import LOG, WEBHOOK, Due, due, told
from services.notifier.render import log_row, subject, webhook_body
from services.notifier.signing import signed_headers, signer
from services.ports import HttpAnswer, Outgoing, Record, TopicPartition
from services.runtime.consume import Handled, run_consumer
from services.runtime.retry import delay
from services.runtime.world import World

TRIES = 3
"""Then the delivery counts as failed: a dead destination must not hold up the living ones."""

_log = structlog.get_logger()


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    past = PastDeliveries(world)
    try:
        notifier = Notifier(world, past)
        run_consumer(world, service="notifier", group="notifier", topics=["alerts"], handle=notifier.handle, batch=50)
    finally:
        past.close()


class PastDeliveries:
    """The ids of deliveries that are done with, well or not: ours, and those of other notifiers as they make them."""

    def __init__(self, world: World) -> None:
        """Read all that the topic remembers; wait while the broker is away."""
        self._ids: set[str] = set()
        self._reader = world.broker.reader()
        tries = 0
        while not world.stop.is_set():
            try:
                parts = [TopicPartition("deliveries", p) for p in range(world.broker.n_partitions("deliveries"))]
                self._ids.update(record.key for record in self._reader.read_to_end(parts) if record.key)
                return
            except TransientError as error:
                tries += 1
                _log.warning("waiting for Kafka", reason=str(error))
                world.stop.wait(delay(tries))

    def refresh(self) -> set[str]:
        """Return the ids known by now. An alert that moved here from another notifier brings its old revisions along."""
        while records := self._reader.poll(0.0):
            self._ids.update(record.key for record in records if record.key)
        return self._ids

    def close(self) -> None:
        self._reader.close()


class Settled(Protocol):
    """Knows which deliveries are done with; what is added to the set stays in it."""

    def refresh(self) -> set[str]: ...


class Notifier:
    """Delivers what alerts hold beyond the deliveries that are settled."""

    def __init__(self, world: World, settled: Settled) -> None:
        """Raises ConfigError for a webhook secret that can't be used."""
        self._world = world
        self._settled = settled
        self._key = signer(world.settings.webhook_secret) if world.settings.webhook_secret else None
        self._dead: dict[str, str] = {}
        self._last: dict[tuple[int, int], list[Outgoing]] = {}

    def handle(self, records: Sequence[Record]) -> Handled:
        """Deliver a batch of alerts; the outgoing messages are the deliveries.

        A batch that comes again, because its deliveries could not be written down, is not delivered again: only its
        messages are returned once more.
        """
        done, before, settled = Handled(), self._last, self._settled.refresh()
        self._last, self._dead = {}, {}
        for record in records:
            place = (record.partition, record.offset)
            try:
                self._last[place] = before.get(place, []) + self._one(record, settled)
                done.outgoing.extend(self._last[place])
            except InvalidMessage as error:
                done.rejected.append((record, error))
        return done

    def _one(self, record: Record, settled: set[str]) -> list[Outgoing]:
        if record.value is None:
            return []
        alert, sent = decode(Alert, record.value), []
        for item in due(alert, settled):
            delivery = self._deliver(item)
            settled.add(item.delivery_id)
            sent.append(Outgoing("deliveries", item.delivery_id, encode(delivery), partition_key=alert.watch_id))
        return sent

    def _deliver(self, item: Due) -> Delivery:
        if item.channel.to.startswith(LOG):
            return self._to_log(item)
        if item.channel.to.startswith(WEBHOOK):
            return self._to_webhook(item, item.channel.to.removeprefix(WEBHOOK))
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

    def _to_webhook(self, item: Due, url: str) -> Delivery:
        if url in self._dead:
            # Given up on in this batch already: not three more tries for each of its alerts.
            return self._told(item, 0, "failed", self._dead[url])
        body, reason = webhook_body(item), ""
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._world.poster.post(url, self._headers(item, body), body)
                reason = f"HTTP {answer.status}"
                if 200 <= answer.status < 300:
                    return self._told(item, attempt, "delivered", reason)
                if not _may_pass(answer):
                    return self._told(item, attempt, "failed", reason)
            except TransientError as error:
                reason = str(error)
            except ReportedlyError as error:
                return self._told(item, attempt, "failed", str(error))
            if attempt < TRIES:
                self._world.stop.wait(delay(attempt))
        self._dead[url] = reason
        return self._told(item, TRIES, "failed", reason)

    def _headers(self, item: Due, body: bytes) -> dict[str, str]:
        # Receivers refuse a timestamp far from their own clock: machine time, not news time.
        return signed_headers(self._key, item.delivery_id, datetime.now(UTC), body)

    def _told(self, item: Due, attempt: int, outcome: Literal["delivered", "failed"], detail: str = "") -> Delivery:
        if outcome == "failed":
            _log.warning("delivery failed", alert_id=item.alert.alert_id, channel=item.channel.to, tries=attempt, reason=detail)
        return told(item, attempt, outcome, self._world.clock.now(), detail)


def _may_pass(answer: HttpAnswer) -> bool:
    return answer.status == 429 or answer.status >= 500
