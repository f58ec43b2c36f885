"""The deliveries of all partitions of this process, in one event loop."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from msgspec.structs import replace

from services.errors import FatalError, InvalidMessage, TransientError, Unwritable
from services.messages import Alert, Destination
from services.notifier.deliveries.asking import what_about
from services.notifier.deliveries.book import Book, Turn
from services.notifier.deliveries.breaker import CLOSED, FAILURES, Breaker
from services.notifier.deliveries.changes import Changes
from services.notifier.deliveries.owners import owned
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.service.couriers import Couriers
from services.notifier.service.measures import measure
from services.notifier.service.reading import heeded
from services.notifier.targets.target import Done, Later, Outcome
from services.notifier.texts.compose import MOST_LETTERS
from services.ports import Clock, Record
from services.runtime.lanes import Lanes
from services.runtime.ledger import Ledger

TICK_SECONDS = 0.1
"""Seconds between two looks at the agenda."""

LET_END_SECONDS = 5.0
"""Seconds that running effects may take once their partition is revoked or the process stops.

Docker and `up` kill after 15 s and more.
"""

NUDGE_PAUSE = timedelta(seconds=10)
"""How long after a message was taken its destination is asked again for those that it did not take.
As long as a first pause of its breaker."""

WRITE_SECONDS = 10.0
"""Seconds that a batch of alerts waits for its rows before the loop says that it waits."""

MOST_PLANNED = 100
"""Rows of a digest that are planned before others have a turn: a plan takes a third of a
millisecond of the loop that all deliveries share."""

_log = structlog.get_logger()


@dataclass(eq=False, frozen=True, slots=True)
class Job:
    """A turn, and the partition that its rows are of."""

    partition: int
    turn: Turn


class Desk:
    """Works on what is due. A destination is a lane; each effect is recorded before its next.

    All methods run in one event loop, so no row is changed by two at once.
    """

    def __init__(
        self,
        around: Surroundings,
        couriers: Couriers,
        ledger: Ledger,
        clock: Clock,
        broke: Callable[[BaseException], object],
        *,
        chance: Callable[[], float] = random.random,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._around = around
        self._couriers = couriers
        self._ledger = ledger
        self._clock = clock
        self._broke = broke
        self._chance = chance
        self._write_seconds = write_seconds
        self._books: dict[int, Book] = {}
        # Kept for what ends after its partition was revoked: it writes under its own number.
        self._owners: dict[int, int] = {}
        self._unwritten: dict[asyncio.Future[None], tuple[int, str]] = {}
        self._breakers: dict[str, Breaker] = {}
        self._nudged: dict[str, datetime] = {}
        self._lanes: Lanes[Job] = Lanes(self._work, broke)
        self._ticking: asyncio.Task[None] | None = None

    # What the service's loop calls

    async def add(self, partition: int, shelf: Shelf) -> None:
        """Begin to deliver for a partition that was loaded."""
        book = self._books[partition] = Book(shelf, self._around)
        self._owners[partition] = shelf.owner
        self._ticking = self._ticking or asyncio.get_running_loop().create_task(self._tick())
        for to, keys in shelf.failing.items():
            # It may be back by now: the first answer tells for all that waits for it.
            now = self._now().machine
            at = max(now, shelf.asked_until(to) or now)
            known = self._breakers.get(to, CLOSED)
            if known.open_until is None or known.open_until < at:
                self._breakers[to] = Breaker(FAILURES, at)
            book.probes.probe(sorted(keys)[:1], at)
        for command in list(self._around.redrives.values()):
            await self._write(partition, book.redrive(command))

    async def take(
        self, alerts: Sequence[tuple[int, str, Alert | None]]
    ) -> dict[tuple[int, str], Unwritable]:
        """Apply versions of alerts: partition, id, and None for one that is gone.

        Returns once all rows are written: the alerts, by partition and id, whose rows can't be.
        Raises TransientError if that takes long.
        """
        for partition, alert_id, alert in alerts:
            book = self._books[partition]
            changes = book.forget(alert_id) if alert is None else book.take(alert, self._now())
            measure(changes, ())
            if changes:
                self._unwritten[self._written(partition, changes)] = (partition, alert_id)
        self._look()
        # A repeated batch changes nothing more, but it waits for what it changed before.
        return await self._all_written()

    def _written(self, partition: int, changes: Changes) -> asyncio.Future[None]:
        """Return a future that is done once changes are on their topics. It raises Unwritable."""
        try:
            owner = self._owners[partition]
            messages = [owned(message, owner) for message in changes.messages(partition)]
        except Unwritable as error:
            failed = asyncio.get_running_loop().create_future()
            failed.set_exception(error)
            return failed
        return asyncio.wrap_future(self._ledger.write(messages))

    async def _all_written(self) -> dict[tuple[int, str], Unwritable]:
        """Wait for the rows of alerts. Return the alerts whose rows can't be written.

        Raises TransientError if it takes long. Then those are told by the next call.
        """
        if not self._unwritten:
            return {}
        _, late = await asyncio.wait(self._unwritten, timeout=self._write_seconds)
        if late:
            raise TransientError("rows of deliveries are not written yet")
        written, self._unwritten = self._unwritten, {}
        refused: dict[tuple[int, str], Unwritable] = {}
        for future, of in written.items():
            try:
                future.result()
            except Unwritable as error:
                refused[of] = error
        return refused

    async def heed(self, records: Sequence[Record]) -> None:
        """Follow the orders of readers: what waits for its time may go now."""
        before = set(self._around.redrives.values())
        heeded(self._around, records)
        # They mean what is given up by now, also if the clock of whoever asks is behind ours.
        now = self._now().news
        redrives = [
            replace(command, at=max(command.at, now))
            for command in self._around.redrives.values()
            if command not in before
        ]
        about = what_about(records)
        for partition, book in list(self._books.items()):
            book.asking.ask(about)
            for command in redrives:
                await self._write(partition, book.redrive(command))

    async def drop(self, partitions: Sequence[int], *, is_lost: bool = False) -> None:
        """End the deliveries of partitions that were revoked. Their next owner loads their rows.

        `is_lost`: it may have loaded them already, so running effects are broken off, unrecorded.
        """
        gone = set(partitions)
        dropped = [self._books.pop(number) for number in gone if number in self._books]
        if dropped:
            seconds = 0.0 if is_lost else LET_END_SECONDS
            await self._lanes.end(lambda job: job.partition in gone, seconds)

    async def close(self) -> None:
        """Let running effects end. What waits stays on the topic."""
        if self._ticking is not None:
            self._ticking.cancel()
        await self._lanes.end(lambda _job: True, LET_END_SECONDS)

    def owns(self, partition: int) -> bool:
        """Return True if this process delivers for a partition."""
        return partition in self._books

    def books(self) -> list[Book]:
        """Return the books of all partitions, for measures."""
        return list(self._books.values())

    # Turns

    async def _tick(self) -> None:
        try:
            while True:
                self._look()
                await asyncio.sleep(TICK_SECONDS)
        except Exception as error:  # noqa: BLE001 - told: nothing is delivered without it
            self._broke(error)

    def _look(self) -> None:
        """Put what is due into the lanes."""
        for partition, book in self._books.items():
            for turn in book.ripe(self._now()):
                self._lanes.put(turn.to, Job(partition, turn))

    async def _work(self, job: Job) -> None:
        """Do a job. One that breaks off gives its own rows up, and ends nothing else."""
        try:
            await self._do(job)
        except (TransientError, FatalError):
            raise  # The rows can't be written: nothing may go on without them.
        except Exception as error:  # noqa: BLE001 - logged, and written as the rows' reason
            _log.exception("a delivery broke off", channel=job.turn.to)
            if (book := self._books.get(job.partition)) is not None:
                reason = f"{type(error).__name__}: {error}"
                changes = book.broke(job.turn.keys, reason, self._now())
                measure(changes, ())
                await self._write(job.partition, changes)

    async def _do(self, job: Job) -> None:
        book, to, keys = self._books.get(job.partition), job.turn.to, job.turn.keys
        if book is None:
            return
        breaker = self._breakers.get(to, CLOSED)
        now = self._now().machine
        if not breaker.lets_pass(now):
            await self._turn(job.partition, book, to, book.put_off(keys, breaker.open_until or now))
            return
        trouble = book.trouble(keys[0])
        if trouble is not None:
            await self._tell(job.partition, book, trouble, to)
            return
        while await self._turn(job.partition, book, to, keys):
            pass

    async def _turn(self, partition: int, book: Book, to: str, keys: Sequence[str]) -> bool:
        """Do what is due for rows. Return True if more may be due at once."""
        effects = list[Effect]()
        for n in range(0, len(keys), MOST_PLANNED):
            changes, begun = book.begin(keys[n : n + MOST_PLANNED], self._now())
            effects += begun
            measure(changes, ())
            await self._write(partition, changes)
            await asyncio.sleep(0)
        is_well = bool(effects)
        for group in messages_of(effects):
            outcome = await self._couriers.do(group, self._now())
            self._heard(to, outcome)
            if isinstance(outcome, Done):
                changes = book.done(group, outcome.handle, self._now())
            else:
                changes = book.failed(group, outcome, self._now(), self._chance())
                is_well = is_well and not isinstance(outcome, Later) and outcome.is_lost
            measure(changes, group)
            breaker = self._breakers.get(to, CLOSED)
            if breaker.open_until is not None:
                book.probes.probe([effect.state.key for effect in group], breaker.open_until)
            await self._write(partition, changes)
        return is_well

    async def _tell(self, partition: int, book: Book, trouble: Destination, to: str) -> None:
        """Tell the owner of a destination of its trouble through another one."""
        is_told = not self._around.is_off(trouble.watch_id, to) and await self._told(trouble, to)
        chance = self._chance()
        changes = book.noticed(trouble, is_told=is_told, now=self._now(), chance=chance)
        await self._write(partition, changes)

    async def _told(self, trouble: Destination, to: str) -> bool:
        outcome = await self._couriers.tell(trouble, to)
        self._heard(to, outcome)
        if not isinstance(outcome, Done):
            _log.warning("trouble could not be told", of=trouble.to, to=to, reason=outcome.reason)
        return isinstance(outcome, Done)

    def _heard(self, to: str, outcome: Outcome) -> None:
        """Note whether a destination answers."""
        before, now = self._breakers.pop(to, CLOSED), self._now().machine
        if isinstance(outcome, Later) and not outcome.is_busy and not before.failures:
            _log.warning("a destination does not take messages", to=to, reason=outcome.reason)
        elif isinstance(outcome, Done) and before.failures:
            _log.info("a destination takes messages again", to=to)
        if isinstance(outcome, Later) and outcome.is_busy:
            self._breakers[to] = before.after_asking(now, outcome.wait_seconds)
        elif isinstance(outcome, Later):
            self._breakers[to] = before.after_failure(now, self._chance(), outcome.wait_seconds)
        elif before.is_open:
            for book in self._books.values():
                book.probes.answers_again(to)
        elif self._nudged.get(to, now) <= now:
            self._nudged[to] = now + NUDGE_PAUSE
            for book in self._books.values():
                book.probes.nudge(to, now + NUDGE_PAUSE)

    async def _write(self, partition: int, changes: Changes) -> None:
        """Record changes. Return once they are on their topics."""
        if not changes:
            return
        try:
            await self._written(partition, changes)
        except InvalidMessage as error:
            _log.error("a delivery can't be written down", reason=str(error))

    def _now(self) -> Now:
        return Now(self._clock.now(), datetime.now(UTC))


def messages_of(effects: Sequence[Effect]) -> list[list[Effect]]:
    """Return effects by message: those of a digest are one, or several for a machine.

    People are told the most urgent of many, and how many more there are.
    """
    alone = [[effect] for effect in effects if not effect.in_digest]
    together = [effect for effect in effects if effect.in_digest]
    if not together:
        return alone
    most = MOST_LETTERS if together[0].tells_each else len(together)
    return [*alone, *(together[n : n + most] for n in range(0, len(together), most))]
