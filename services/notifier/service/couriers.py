"""Does effects: composes what is sent, hands it to the target, and ends in time."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence

import structlog

from services.channels import Scheme, address_of, scheme_of
from services.messages import Destination
from services.notifier.content import Digest, Letter, Notice
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.deliveries.trouble import notice
from services.notifier.policies.decide import digest_key
from services.notifier.policies.links import LinkMaker
from services.notifier.targets.target import Later, Outcome, Refused, Target
from services.notifier.texts.compose import MOST_LETTERS, digest, letter, urgency
from services.runtime import metrics

EFFECT_SECONDS = 30.0
"""Seconds of one effect, whatever its receiver does. A request of ours ends after 15."""

_log = structlog.get_logger()


class Couriers:
    """`links`: makes the signed links of a message. `effect_seconds`: the deadline of an effect."""

    def __init__(
        self,
        targets: Mapping[Scheme, Target],
        links: LinkMaker,
        effect_seconds: float = EFFECT_SECONDS,
    ) -> None:
        self._targets = targets
        self._links = links
        self._effect_seconds = effect_seconds

    async def do(self, effects: Sequence[Effect], now: Now) -> Outcome:
        """Do the effects of one message: one, or those of a digest."""
        first = effects[0]
        target = self._targets[_scheme(first.state.to)]
        address, handle = address_of(first.state.to), first.state.handle
        try:
            if first.in_digest:
                return await self._within(target.post(address, self._digest(effects, now)))
            content = self._letter(first)
            if first.verb == "edit":
                return await self._within(target.edit(address, content, handle))
            if first.verb == "note":
                return await self._within(target.note(address, content, handle))
            return await self._within(target.post(address, content))
        except Exception as error:  # noqa: BLE001 - logged; one delivery must not end all others
            return _broken_off(first.state.to, error)

    async def tell(self, trouble: Destination, to: str) -> Outcome:
        """Tell the owner of a destination of its trouble."""
        return await self.send(notice(trouble), to)

    async def send(self, message: Notice, to: str) -> Outcome:
        """Send a message of the system itself."""
        try:
            target = self._targets[_scheme(to)]
            return await self._within(target.post(address_of(to), message))
        except Exception as error:  # noqa: BLE001 - logged; one delivery must not end all others
            return _broken_off(to, error)

    async def _within(self, effect: Awaitable[Outcome]) -> Outcome:
        try:
            with metrics.timed("reportedly_post_seconds"):
                async with asyncio.timeout(self._effect_seconds):
                    return await effect
        except TimeoutError:
            return Later(f"not delivered within {self._effect_seconds:.0f} s")

    def _letter(self, effect: Effect) -> Letter:
        alert, recipient = effect.state.alert, effect.recipient
        assert alert is not None
        return letter(
            alert,
            effect.revision,
            key=effect.key,
            links=self._links.of_revision(recipient, alert, effect.revision),
            zone=recipient.zone,
            as_it_stands=effect.kind == "as-it-stands",
        )

    def _digest(self, effects: Sequence[Effect], now: Now) -> Digest:
        """Return a message of effects. Of many only the most urgent are composed."""
        recipient, watch_id = effects[0].recipient, effects[0].state.watch_id
        ordered = sorted(effects, key=lambda effect: urgency(effect.kind, effect.revision))
        told = ordered[:MOST_LETTERS]
        return digest(
            map(self._letter, told),
            key=digest_key(recipient, watch_id, (effect.key for effect in effects)),
            links=self._links.of_watch(recipient, watch_id, now.news),
            zone=recipient.zone,
            left_out=len(ordered) - len(told),
        )


def _scheme(to: str) -> Scheme:
    scheme = scheme_of(to)
    if scheme is None:
        raise ValueError(f"no effect is made for {to!r}")
    return scheme


def _broken_off(to: str, error: Exception) -> Refused:
    _log.exception("a delivery broke off", channel=to)
    return Refused(f"{type(error).__name__}: {error}")
