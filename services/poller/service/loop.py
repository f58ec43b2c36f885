"""The poller's loop: polls its share of the feeds at the right time, and publishes what is new.

    assigned ─► load ─► due ─► poll (`polling`) ─► publish (`publishing`) ─► due again

Feeds are shared out by partition. Nothing of a feed is published after its partition was revoked.
Articles are sent in the steps of `outbox`, so that a kill between any two of them loses none.
"""

import asyncio
import random
import time
from collections.abc import Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import structlog

from services.errors import TransientError
from services.poller.answer import Outcome, failure, worth_keeping
from services.poller.outbox import Bundle
from services.poller.roster import IN_FLIGHT, Parcel, Roster, Slot, Tenure
from services.poller.service.inbox import PUSHES, REREADS, Inbox, Waiting
from services.poller.service.keeping import Keeper
from services.poller.service.loading import Loader
from services.poller.service.parsers import Parsers
from services.poller.service.polling import Polling
from services.poller.service.publishing import Publisher
from services.poller.service.pushing import Pushing
from services.poller.service.telling import measure, messages_of, warn
from services.poller.service.watching import Watching
from services.poller.timings import dues, timings
from services.poller.turns import MAX_IN_FLIGHT, Turns
from services.ports import Record, TopicPartition
from services.runtime import metrics
from services.runtime.consume import next_offsets
from services.runtime.health import Heartbeat
from services.runtime.meter import Meter
from services.runtime.retry import delay
from services.runtime.sender import Sender
from services.runtime.world import World

TIMINGS_SECONDS = 15.0
"""Seconds between two messages about when feeds are polled: one for each partition."""

CENSUS_SECONDS = 1.0
"""Seconds between two looks at all feeds: for the heartbeat, and for polls that do not end."""

TICK_SECONDS = 0.05
"""Seconds between two looks for feeds that are due."""
FOLLOWED = ("feeds", PUSHES, REREADS)
"""Topics of equal partition counts: a range of partitions is assigned in all to one poller."""
_BATCH = 200

_log = structlog.get_logger()


class Poller:
    """Polls until told to stop."""

    def __init__(self, world: World, parsers: Parsers) -> None:
        self._world = world
        self._parsers = parsers
        self._roster = Roster(world.settings.poll_interval_seconds)
        self._turns = Turns(self._roster)
        self._busy: dict[asyncio.Task[None], Slot] = {}
        self._is_over = False
        self._not_loaded = ""
        self._heartbeat = Heartbeat(world.settings.run_dir, "poller")
        self._sending = Heartbeat(world.settings.run_dir, "poller", part="publish")
        self._meter = Meter("poller", "poller")
        self._consumer = world.broker.consumer("poller")
        self._loader = Loader(world.broker, self._meter)
        self._polling = Polling(world, parsers, self._turns.hosts)
        self._inbox = Inbox()
        self._committed: dict[TopicPartition, int] = {}
        self._pushing = Pushing(world, parsers, self._polling)
        self._keeper = Keeper(world.clock)
        self._watching = Watching()
        self._timings_at = time.monotonic()
        self._counts: dict[str, int] = {}
        self._counted_at = float("-inf")
        self._looked_at = float("-inf")
        self._publisher = Publisher(world.broker.producer(), self._meter)
        self._sender = Sender(self._publisher.send, self._sending, self._stopping)

    async def run(self) -> None:
        """Raises FatalError."""
        # Name look-ups and Kafka calls share these threads. There are enough for slow names not to
        # block the rest.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAX_IN_FLIGHT + 8))
        always: list[asyncio.Task[None]] = []
        try:
            await self._parsers.ready()
            self._consumer.subscribe(FOLLOWED, on_assign=self._assigned, on_revoke=self._revoked)
            always = [
                asyncio.create_task(loop()) for loop in (self._follow, self._load, self._sender.run)
            ]
            while not self._stopping():
                self._end_hung()
                self._start_pushes()
                self._start_due()
                done, _ = await asyncio.wait(
                    always, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            # After the first loop has ended, the others must end too: none may keep the process
            # alive.
            self._is_over = True
            for task in list(self._busy):
                task.cancel()
            self._parsers.close()
            await asyncio.gather(*self._busy, *always, return_exceptions=True)
            await asyncio.to_thread(self._hand_over, {*self._publisher.held})
            self._consumer.close()
            self._heartbeat.remove()
            self._sending.remove()

    def _stopping(self) -> bool:
        return self._is_over or self._world.stop.is_set()

    # `_assigned` and `_revoked` run inside the consumer's poll, on a thread, so they only record
    # the change.

    def _assigned(self, partitions: list[TopicPartition]) -> None:
        self._publisher.take(Tenure(p.partition) for p in partitions if p.topic == "feeds")

    def _revoked(self, partitions: list[TopicPartition]) -> None:
        gone = {p.partition for p in partitions if p.topic == "feeds"}
        self._hand_over(gone)
        self._publisher.let_go(gone)

    async def _follow(self) -> None:
        while not self._stopping():
            try:
                records = await asyncio.to_thread(self._received)
                self._roster.hold(self._publisher.held)
                for record in records:
                    if record.topic == "feeds":
                        warn(self._roster.take(record, time.monotonic()))
                    else:
                        self._inbox.put(record, time.monotonic())
                self._start_pushes()
                self._inbox.regulate(self._consumer, self._publisher.held)
                await self._commit(records)
                await self._tell_timings()
                self._meter.polled(records)
                self._meter.lag(self._consumer)
                self._beat()
            except TransientError as error:
                _log.warning("waiting for Kafka", group="poller", reason=str(error))
                self._heartbeat.beat("waiting", reason=str(error), **self._census())
                self._meter.waited("poll")
                await asyncio.sleep(1.0)

    def _received(self) -> list[Record]:
        """Return what has come, as soon as something has: a push must not wait for a batch."""
        return self._consumer.poll(_BATCH, 0.2)

    async def _commit(self, records: Sequence[Record]) -> None:
        """Commit what has been applied, and what was read again since the last time."""
        offsets = next_offsets([record for record in records if record.topic == "feeds"])
        offsets |= self._inbox.offsets(self._publisher.held)
        new = dict(offsets.items() - self._committed.items())
        if new:
            await asyncio.to_thread(self._consumer.commit, new)
            self._committed = offsets

    async def _load(self) -> None:
        """Load the assigned partitions, however long the broker is away.

        Unloaded feeds are not polled.
        """
        tries = 0
        while not self._stopping():
            tenures = self._roster.unloaded()
            if not tenures:
                await asyncio.sleep(TICK_SECONDS)
                continue
            try:
                rows = await asyncio.to_thread(self._loader.load, sorted(tenures))
                told = await asyncio.to_thread(self._loader.timings, sorted(tenures))
            except TransientError as error:
                tries += 1
                self._not_loaded = (
                    f"feeds of partitions {sorted(tenures)} can't be loaded yet: {error}"
                )
                _log.warning(
                    "waiting to load feeds, nothing is lost",
                    partitions=sorted(tenures),
                    tries=tries,
                    reason=str(error),
                )
                self._meter.waited("load")
                await asyncio.sleep(delay(tries))
                continue
            tries, self._not_loaded = 0, ""
            ticks = time.monotonic()
            planned = dues(told, ticks, self._world.clock.now())
            parcels, problems = self._roster.load(tenures, rows, ticks, planned)
            warn(problems)
            _log.info(
                "feeds loaded",
                partitions=sorted(tenures),
                feeds=len(self._roster.slots),
                unpublished=len(parcels),
            )
            for parcel in parcels:
                self._begin(self._publish_left(parcel), parcel.slot)

    def _beat(self) -> None:
        state = (
            "waiting" if self._not_loaded else "loading" if self._roster.unloaded() else "running"
        )
        census = self._census()
        self._heartbeat.beat(state, reason=self._not_loaded, **census)
        measure(census)

    async def _tell_timings(self) -> None:
        """Write down now and then when each feed was and will be polled, for `feeds list`."""
        ticks = time.monotonic()
        if ticks - self._timings_at < TIMINGS_SECONDS:
            return
        self._timings_at = ticks
        self._keeper.forget(self._roster.slots)
        told = self._watching.look(self._turns, ticks, self._world.clock.now())
        await asyncio.to_thread(self._publisher.tell, messages_of(told))

    def _hand_over(self, numbers: Collection[int]) -> None:
        """Tell the next poller of these partitions when their feeds are due. Blocks."""
        now = self._world.clock.now()
        told = timings(self._turns, time.monotonic(), now, self._watching.quiet)
        try:
            self._publisher.tell(messages_of({n: one for n, one in told.items() if n in numbers}))
        except TransientError as error:
            _log.warning("the next poller asks these feeds at once", reason=str(error))

    def _census(self) -> dict[str, int]:
        ticks = time.monotonic()
        if ticks - self._counted_at >= CENSUS_SECONDS:
            self._counted_at = ticks
            self._counts = asdict(self._roster.census(ticks))
        own = {"unpublished": self._sender.n_unsent, "refused": self._publisher.n_refused}
        return self._counts | self._watching.counts() | own

    # Polling.

    def _start_due(self) -> None:
        now = time.monotonic()
        self._turns.tune(now, self._world.clock.now())
        for slot in self._turns.next(now, len(self._busy)):
            if not slot.is_new:
                metrics.observe("reportedly_poll_lag_seconds", now - (slot.due or now))
            self._turns.begin(slot, now)
            self._begin(self._poll(slot), slot)

    def _start_pushes(self) -> None:
        """Take the pushes of feeds that are not being polled."""
        for slot, waiting in self._inbox.ready(self._roster, time.monotonic()):
            self._begin(self._push(slot, waiting, slot.due), slot)

    def _begin(self, work: Coroutine[None, None, None], slot: Slot | None) -> None:
        task = asyncio.create_task(work)
        if slot is not None:
            slot.due, slot.asked_at = IN_FLIGHT, time.monotonic()
            self._busy[task] = slot
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Plan the feed's next poll, however this one ended."""
        slot = self._busy.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if self._stopping():
            return
        if error is not None:
            _log.error("poll broke off", error=f"{type(error).__name__}: {error}", exc_info=error)
        if slot is not None and slot.due == IN_FLIGHT:
            reason = f"{type(error).__name__}: {error}" if error else "the poll did not end in time"
            self._conclude(
                slot, failure(slot.state, self._world.clock.now(), f"a mistake of ours: {reason}")
            )

    def _end_hung(self) -> None:
        """End polls that take longer than any may.

        A second net: every step has a limit of its own.
        """
        ticks = time.monotonic()
        if ticks - self._looked_at < CENSUS_SECONDS:
            return
        self._looked_at = ticks
        for slot in self._roster.hung(ticks):
            _log.error(
                "poll does not end, the feed is asked again later",
                feed_id=slot.feed.feed_id,
                url=slot.feed.url,
            )
            slot.ends_by = float("inf")
            tasks = [task for task, busy in self._busy.items() if busy is slot]
            for task in tasks:
                task.cancel()
            if not tasks:
                self._conclude(
                    slot,
                    failure(
                        slot.state, self._world.clock.now(), "a mistake of ours: the poll was lost"
                    ),
                )

    async def _poll(self, slot: Slot) -> None:
        outcome = self._pushing.noted(slot, await self._polling.outcome(slot))
        await self._publish(slot, outcome)
        if self._pushing.is_due(outcome.done):
            slot.state = outcome.done
            outcome = replace(outcome, done=await self._pushing.ask(slot), articles=())
            await self._publish(slot, outcome)
        self._conclude(slot, outcome)

    async def _push(self, slot: Slot, waiting: Waiting, due: float | None) -> None:
        """Take a push. The next poll stays where it was planned."""
        outcome = await self._pushing.outcome(slot, waiting.push)
        await self._publish(slot, outcome)
        self._inbox.done(waiting)
        slot.state = outcome.done
        self._roster.plan(slot, due)

    async def _publish(self, slot: Slot, outcome: Outcome) -> None:
        if outcome.articles or worth_keeping(slot.state, outcome.done):
            # The broker may take as long as it needs; the sender reports its waits.
            slot.ends_by = float("inf")
            document = await asyncio.to_thread(self._keeper.document, slot.feed, outcome)
            bundle = Bundle(slot.feed.feed_id, outcome.articles, outcome.done, document=document)
            await self._sender.sent(Parcel(slot.tenure, bundle, slot))

    def _conclude(self, slot: Slot, outcome: Outcome) -> None:
        metrics.count("reportedly_polls_total", outcome=outcome.kind)
        if outcome.done.waiting:
            metrics.count("reportedly_quota_hits_total")
        self._turns.conclude(
            slot, outcome, time.monotonic(), self._world.clock.now(), random.random()
        )

    async def _publish_left(self, parcel: Parcel) -> None:
        """Publish what a former process left, then poll its feed at once."""
        await self._sender.sent(parcel)
        if parcel.slot is not None:
            self._roster.plan(parcel.slot, time.monotonic())
