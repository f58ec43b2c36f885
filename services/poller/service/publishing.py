"""Publishes the results of polls, many at a time: four round trips to the broker for each batch."""

import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

import structlog

from services.errors import InvalidMessage, TransientError
from services.poller.outbox import Bundle, Refused, steps, without
from services.poller.roster import Parcel, Tenure
from services.ports import Outgoing, Producer
from services.runtime import metrics
from services.runtime.meter import Meter, Tally, took

_log = structlog.get_logger()


class Publisher:
    """Sends parcels whose partitions are still held.

    - `held`: the partitions that are ours, with the tenure of each.
    - `n_refused`: messages that the broker will never take.
    """

    def __init__(self, producer: Producer, meter: Meter) -> None:
        self.held: Mapping[int, Tenure] = {}
        self.n_refused = 0
        self._producer = producer
        self._meter = meter
        self._owning = threading.Lock()

    def take(self, tenures: Iterable[Tenure]) -> None:
        """Hold more partitions."""
        self.held = {**self.held, **{tenure.partition: tenure for tenure in tenures}}

    def let_go(self, partitions: Collection[int]) -> None:
        """Hold these partitions no more.

        What is being sent is finished first. Nothing of them is sent afterwards.
        """
        with self._owning:
            self.held = {n: tenure for n, tenure in self.held.items() if n not in partitions}

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Send the parcels whose partitions are still assigned. Blocks: it is for a thread."""
        refused: list[Refused] = []
        with self._owning:
            bundles = [p.bundle for p in parcels if self.held.get(p.tenure.partition) is p.tenure]
            found = steps(bundles)
            for step in found.in_order():
                refused += self._acknowledged(without(step, refused))
        self._account(bundles, [*found.refused, *refused])

    def tell(self, messages: Mapping[int, Outgoing]) -> None:
        """Send one message for each partition that is still held. Raises TransientError.

        Blocks: it is for a thread.
        """
        with self._owning:
            self._acknowledged([message for n, message in messages.items() if n in self.held])

    def _acknowledged(self, messages: Sequence[Outgoing]) -> list[Refused]:
        """Send messages until they are acknowledged.

        Return those that the broker will never take.
        """
        began_ns = time.time_ns()
        try:
            for message in messages:
                self._producer.send(message)
            self._producer.flush()
        except TransientError:
            self._meter.waited("publish")
            raise
        except InvalidMessage as error:
            if len(messages) == 1:
                return [Refused(messages[0].topic, messages[0].key or "", error)]
            refused: list[Refused] = []
            for message in messages:
                refused += self._acknowledged([message])
            return refused
        self._meter.sent(Tally(messages))
        self._meter.published(messages, began_ns)
        return []

    def _account(self, bundles: Sequence[Bundle], refused: Sequence[Refused]) -> None:
        self.n_refused += len(refused)
        for one in refused:
            _log.error(
                "feed problem: this can't be published",
                topic=one.topic,
                key=one.key,
                reason=str(one.error),
            )
        articles = [article for bundle in bundles for article in bundle.articles]
        for article in articles:
            metrics.count("reportedly_articles_total", cause=article.cause)
            took(
                stage="seen",
                since="published",
                began=article.published_at,
                ended=article.seen_at,
                cause=article.cause,
            )
        if articles:
            _log.info(
                "published",
                articles=len(articles),
                feeds=sum(1 for bundle in bundles if bundle.articles),
            )
