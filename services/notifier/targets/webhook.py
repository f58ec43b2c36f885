"""Webhooks by Standard Webhooks 1.0.0: signed posts, each revision in order."""

from collections.abc import Callable
from datetime import datetime

from services.errors import ConfigError, InvalidMessage, TransientError
from services.notifier.content import Content, Letter
from services.notifier.signing import Keys, signed_headers
from services.notifier.targets.target import NEVER_SENT, Done, Later, Outcome, Refused, bounded
from services.notifier.webhook_body import webhook_body
from services.ports import HttpAnswer, Poster
from services.text.retry_after import retry_after_seconds

GONE = 410
"""The receiver wants no message of this sender any more."""

BUSY = 429
"""The receiver answers, and asks for fewer messages."""


class WebhookTarget:
    """Posts to the addresses behind `webhook:`.

    `keys`: the keys of an address; may raise ConfigError. `now`: the machine's time, since
    receivers refuse a timestamp far from their own clock.
    """

    can_edit = False
    can_thread = False
    takes_digests = True
    tells_each = True

    def __init__(
        self, poster: Poster, keys: Callable[[str], Keys], now: Callable[[], datetime]
    ) -> None:
        self._poster = poster
        self._keys = keys
        self._now = now

    async def post(self, address: str, content: Content) -> Outcome:
        """Post a content once. The receiver drops repeats by its key."""
        at = self._now()
        body = webhook_body(content, at)
        try:
            # The standard signs "id.timestamp.body", so an id holds no full stop.
            headers = signed_headers(self._keys(address), content.key.replace(".", "_"), at, body)
            answer = await self._poster.call("POST", address, headers, body)
        except (TransientError, ConfigError) as error:
            return Later(str(error))
        except InvalidMessage as error:
            never = error.reason in NEVER_SENT
            return Refused(str(error)) if never else Later(str(error))
        return outcome_of(answer, at)

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Post it: receivers get each revision."""
        return await self.post(address, letter)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Post it: receivers get each revision."""
        return await self.post(address, letter)


def outcome_of(answer: HttpAnswer, at: datetime) -> Outcome:
    """Return the outcome of an answer that came at `at`.

    Source: Standard Webhooks, Delivery success and failure. All but 2xx and 410 are tried again,
    redirects and refusals too: whoever mends the receiver gets what it missed.
    """
    reason = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return Done()
    if answer.status == GONE:
        return Refused(f"{reason}: the receiver wants no more messages", is_gone=True)
    wait = retry_after_seconds(answer.headers.get("retry-after"), at)
    return Later(reason, bounded(wait), is_busy=answer.status == BUSY)
