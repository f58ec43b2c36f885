"""The loop over `alerts`, and the partitions that this process delivers for."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from services.errors import FatalError, InvalidMessage
from services.messages import Alert, decode
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.dailies import Dailies
from services.notifier.service.desk import Desk
from services.notifier.service.loading import MOST_TOGETHER, load_shelves
from services.notifier.service.reading import Reading, heeded
from services.notifier.service.targets import target_of, targets_of
from services.notifier.service.watching import feed_timings, watched
from services.ports import Record, TopicPartition, partition_of
from services.runtime import metrics
from services.runtime.consume import Batch, Handled, run_consumer
from services.runtime.health import Heartbeat
from services.runtime.ledger import Ledger
from services.runtime.loop_thread import LoopThread
from services.runtime.meter import Meter
from services.runtime.world import World


def run(world: World) -> None:
    """Run until told to stop. Raises FatalError."""
    notifier = Notifier(world)
    try:
        run_consumer(
            world,
            service="notifier",
            group="notifier",
            topics=["alerts"],
            handle=notifier.handle,
            batch=Batch(200),
            keeper=notifier,
        )
    finally:
        notifier.close()


class Notifier:
    """Delivers alerts. What is to be done stands in `delivery-states`; no offset waits for it."""

    def __init__(self, world: World, chance: Callable[[], float] = random.random) -> None:
        """Raises ConfigError for unusable settings of a channel."""
        self._world = world
        targets = targets_of(world)
        links = LinkMaker(world.settings.public_url, world.settings.link_secret)
        self._around = Surroundings(partial(target_of, targets))
        self._reading = Reading(world)
        heeded(self._around, self._reading.whole())
        self._heartbeat = Heartbeat(world.settings.run_dir, "notifier", part="deliveries")
        self._thread = LoopThread("deliveries")
        self._ledger = Ledger(world, "notifier", self._thread.broke)
        self._meter = Meter("notifier", "deliveries")
        couriers = Couriers(targets, links)
        self._desk = Desk(
            self._around,
            couriers,
            self._ledger,
            world.clock,
            self._thread.broke,
            chance=chance,
        )
        self._missing: set[int] = set()
        count = world.broker.n_partitions("alerts")
        self._dailies = Dailies(
            self._around, couriers, links, self._ledger, world.clock,
            owns=lambda id: self._desk.owns(partition_of(id, count)),
            feeds=partial(feed_timings, world),
            look=partial(watched, world),
        )  # fmt: skip
        self._thread.run(self._dailies.start(self._thread.broke))
        self._thread.call_each_second(self._beat)

    def gain(self, partitions: Sequence[TopicPartition]) -> None:
        """Note partitions that were assigned. They are loaded before they are handled."""
        self._missing |= {place.partition for place in partitions}

    def lose(self, partitions: Sequence[TopicPartition]) -> None:
        """End the deliveries of partitions that were revoked, before their next owner begins."""
        self._end(partitions, is_lost=False)

    def abandon(self, partitions: Sequence[TopicPartition]) -> None:
        """Break off the deliveries of partitions that may have another owner by now."""
        self._end(partitions, is_lost=True)

    def _end(self, partitions: Sequence[TopicPartition], *, is_lost: bool) -> None:
        numbers = [place.partition for place in partitions]
        self._missing.difference_update(numbers)
        self._thread.run(self._desk.drop(numbers, is_lost=is_lost))

    def handle(self, records: Sequence[Record]) -> Handled:
        """Write down what a batch of alerts asks for. A repeated batch changes nothing."""
        self._load({record.partition for record in records} & self._missing)
        self._refresh()
        done, alerts = Handled(), list[tuple[int, str, Alert | None]]()
        for record in records:
            try:
                alert = decode(Alert, record.value) if record.value is not None else None
                alerts.append((record.partition, record.key or "", alert))
            except InvalidMessage as error:
                done.rejected.append((record, error))
        refused = self._thread.run(self._desk.take(alerts))
        for record in records:
            large = refused.get((record.partition, record.key or ""))
            if large is not None:
                done.rejected.append((record, large))
        return done

    def idle(self) -> None:
        """Load some partitions that are missing, and read the orders of readers."""
        self._load(sorted(self._missing)[:MOST_TOGETHER])
        self._refresh()

    def close(self) -> None:
        """Let running effects end."""
        with suppress(FatalError):  # Told already: it is what ends the process.
            self._thread.run(self._dailies.stop())
            self._thread.run(self._desk.close())
        self._ledger.close()
        self._thread.close()
        self._reading.close()
        self._heartbeat.remove()

    def _load(self, partitions: Sequence[int] | set[int]) -> None:
        numbers = sorted(partitions)
        for n in range(0, len(numbers), MOST_TOGETHER):
            some = numbers[n : n + MOST_TOGETHER]
            shelves = load_shelves(self._world, self._ledger, some, self._meter)
            for number, shelf in shelves.items():
                self._thread.run(self._desk.add(number, shelf))
                self._missing.discard(number)

    def _refresh(self) -> None:
        if records := self._reading.newer():
            self._thread.run(self._desk.heed(records))

    def _beat(self) -> None:
        """Beat, and say how the deliveries stand."""
        books = self._desk.books()
        waiting = sum(len(book.shelf.agenda) for book in books)
        given_up = sum(len(book.shelf.given_up) for book in books)
        troubles = sum(len(book.shelf.troubles) for book in books)
        metrics.gauge("reportedly_open_deliveries", waiting, state="waiting")
        metrics.gauge("reportedly_open_deliveries", given_up, state="given-up")
        metrics.gauge("reportedly_lost_destinations", troubles)
        self._heartbeat.beat(waiting=waiting, given_up=given_up, troubles=troubles)
