"""Sends the daily messages of subscribers, each once, by the process that owns the subscriber."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from services.channels import scheme_of
from services.errors import TransientError
from services.messages import Daily, Subscriber, encode
from services.notifier.content import Notice
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.policies.daily import Watched, daily_due, daily_notice
from services.notifier.policies.links import LinkMaker
from services.notifier.policies.recipients import Recipient, reached_by
from services.notifier.service.couriers import Couriers
from services.notifier.targets.target import Done
from services.ports import Clock, Outgoing
from services.runtime.ledger import Ledger

LOOK_SECONDS = 1.0
"""Seconds between two looks at the clock."""

AGAIN_AFTER = timedelta(minutes=10)
"""Machine time after which a message that no channel took is tried again."""

_log = structlog.get_logger()


class Dailies:
    """`owns`: returns True for a subscriber of this process. `look`: counts what was read; blocks.

    All methods run in one event loop.
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
        look: Callable[[Subscriber, datetime], Watched],
    ) -> None:
        self._around = around
        self._couriers = couriers
        self._links = links
        self._ledger = ledger
        self._clock = clock
        self._owns = owns
        self._look = look
        self._not_before: dict[str, datetime] = {}
        self._running: asyncio.Task[None] | None = None

    async def start(self, broke: Callable[[BaseException], object]) -> None:
        """Send what is due from now on. `broke` is called if that ends."""
        self._running = asyncio.get_running_loop().create_task(self._run(broke))

    async def stop(self) -> None:
        """Send nothing more."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self, broke: Callable[[BaseException], object]) -> None:
        try:
            while True:
                await self.send_due()
                await asyncio.sleep(LOOK_SECONDS)
        except Exception as error:  # noqa: BLE001 - told: no daily message goes out without it
            broke(error)

    async def send_due(self) -> None:
        """Send the daily messages that are due."""
        machine = datetime.now(UTC)
        for subscriber in list(self._around.subscribers.values()):
            is_early = self._not_before.get(subscriber.id, machine) > machine
            if not subscriber.daily or is_early or not self._owns(subscriber.id):
                continue
            if not await self._is_done(subscriber):
                self._not_before[subscriber.id] = machine + AGAIN_AFTER

    async def _is_done(self, subscriber: Subscriber) -> bool:
        """Send what is due for a subscriber. Return False if it is to be tried again."""
        try:
            told_at = self._around.dailies.get(subscriber.id)
            due = daily_due(subscriber, told_at, self._clock.now())
            return due is None or await self._send(subscriber, due)
        except TransientError as error:
            _log.warning("a daily message waits", subscriber=subscriber.id, reason=str(error))
        except Exception:  # noqa: BLE001 - logged; one subscriber must not end deliveries
            _log.exception("a daily message broke off", subscriber=subscriber.id)
        return False

    async def _send(self, subscriber: Subscriber, due: datetime) -> bool:
        """Send a message by the first channel that takes it, and write down that it went out."""
        seen = await asyncio.to_thread(self._look, subscriber, self._clock.now())
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
