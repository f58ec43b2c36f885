"""Sends the daily messages of subscribers, each once, by the process that owns the subscriber."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import structlog

from services.channels import scheme_of
from services.errors import TransientError
from services.messages import Daily, FeedTiming, Subscriber, encode
from services.notifier.content import Notice
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.policies.daily import Watched, daily_due, daily_notice
from services.notifier.policies.links import LinkMaker
from services.notifier.policies.recipients import Recipient, reached_by
from services.notifier.service.couriers import Couriers
from services.notifier.targets.target import Done
from services.ports import Clock, Outgoing
from services.runtime.ledger import Ledger

MOST_AT_ONCE = 6
"""Daily messages that are sent side by side.

Fewer than the connections of mail (8), so that alerts go out between them.
"""

LOOK_SECONDS = 1.0
"""Seconds between two looks at the clock."""

AGAIN_AFTER = timedelta(minutes=10)
"""Machine time after which a message that no channel took is tried again."""

_log = structlog.get_logger()


class Dailies:
    """Messages that are due together go out side by side. All methods run in one event loop.

    - `owns`: returns True for a subscriber of this process.
    - `feeds`: returns the timings of all feeds, read once for those that are due together; blocks.
    - `look`: counts what was read, with these feeds; blocks.
    """

    def __init__(
        self,
        around: Surroundings,
        couriers: Couriers,
        links: LinkMaker,
        ledger: Ledger,
        clock: Clock,
        *,
        owns: Callable[[str], bool],
        feeds: Callable[[], list[FeedTiming]],
        look: Callable[[Subscriber, datetime, list[FeedTiming]], Watched],
    ) -> None:
        self._around = around
        self._couriers = couriers
        self._links = links
        self._ledger = ledger
        self._clock = clock
        self._owns = owns
        self._feeds = feeds
        self._look = look
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._not_before: dict[str, datetime] = {}
        self._running: asyncio.Task[None] | None = None

    async def start(self, broke: Callable[[BaseException], object]) -> None:
        """Send what is due from now on. `broke` is called if that ends."""
        self._running = asyncio.get_running_loop().create_task(self._run(broke))

    async def stop(self) -> None:
        """Send nothing more."""
        for task in (self._running, *self._sending.values()):
            if task is not None:
                task.cancel()

    async def _run(self, broke: Callable[[BaseException], object]) -> None:
        try:
            while True:
                await self.send_due()
                await asyncio.sleep(LOOK_SECONDS)
        except Exception as error:  # noqa: BLE001 - told: no daily message goes out without it
            broke(error)

    async def send_due(self) -> None:
        """Begin what is due. Return once nothing is being sent, or after the time of a look."""
        loop = asyncio.get_running_loop()
        if due := [*self._due()]:
            feeds = asyncio.ensure_future(asyncio.to_thread(self._feeds))
            for subscriber, at in due:
                task = loop.create_task(self._see_through(subscriber, at, feeds))
                self._sending[subscriber.id] = task
        if self._sending:
            await asyncio.wait([*self._sending.values()], timeout=LOOK_SECONDS)

    def _due(self) -> Iterator[tuple[Subscriber, datetime]]:
        """Yield the subscribers of this process whose message is due, and its time."""
        machine = datetime.now(UTC)
        for subscriber in self._around.subscribers.values():
            id = subscriber.id
            is_early = id in self._sending or self._not_before.get(id, machine) > machine
            if not subscriber.daily or is_early or not self._owns(id):
                continue
            try:
                due = daily_due(subscriber, self._around.dailies.get(id), self._clock.now())
            except Exception:  # noqa: BLE001 - logged; one subscriber must not end deliveries
                self._broke_off(id)
                continue
            if due is not None:
                yield subscriber, due

    async def _see_through(
        self, subscriber: Subscriber, due: datetime, feeds: Awaitable[list[FeedTiming]]
    ) -> None:
        """Send a message, or note that it is to be tried again."""
        id = subscriber.id
        try:
            async with self._room:
                if not await self._send(subscriber, due, await feeds):
                    self._later(id)
        except TransientError as error:
            _log.warning("a daily message waits", subscriber=id, reason=str(error))
            self._later(id)
        except Exception:  # noqa: BLE001 - logged; what can't be counted must not end deliveries
            self._broke_off(id)
        finally:
            del self._sending[id]

    def _broke_off(self, id: str) -> None:
        _log.exception("a daily message broke off", subscriber=id)
        self._later(id)

    def _later(self, id: str) -> None:
        self._not_before[id] = datetime.now(UTC) + AGAIN_AFTER

    async def _send(self, subscriber: Subscriber, due: datetime, feeds: list[FeedTiming]) -> bool:
        """Send a message by the first channel that takes it, and write down that it went out."""
        seen = await asyncio.to_thread(self._look, subscriber, self._clock.now(), feeds)
        wanted = [
            recipient
            for recipient in reached_by(subscriber)
            if scheme_of(recipient.to) and not self._around.orders.is_off("", recipient)
        ]
        if wanted and not await self._told(subscriber, seen, due, wanted):
            return False
        row = Outgoing("dailies", subscriber.id, encode(Daily(subscriber_id=subscriber.id, at=due)))
        await asyncio.wrap_future(self._ledger.write([row]))
        self._around.dailies[subscriber.id] = due
        return True

    async def _told(
        self, subscriber: Subscriber, seen: Watched, due: datetime, wanted: list[Recipient]
    ) -> bool:
        for recipient in wanted:
            links = self._links.of_watch(recipient, "", due)
            message: Notice = daily_notice(subscriber, seen, due, self._clock.now(), links)
            outcome = await self._couriers.send(message, recipient.to)
            if isinstance(outcome, Done):
                return True
            _log.warning("a daily message was not taken", to=recipient.to, reason=outcome.reason)
        return False
