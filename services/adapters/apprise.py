"""Services without a target of their own, by Apprise.

Apprise dials by itself, past our checks of addresses, so only services with hosts of their own are
allowed: no address leads into a private network.
"""

import asyncio
import logging
from collections.abc import Collection

from services.errors import InvalidMessage, TransientError

SECONDS = 20.0
"""Seconds of one message. Apprise waits for four seconds to connect and four for each answer."""

FIXED_HOSTS = frozenset(
    {"bulksms", "clicksend", "flock", "gchat", "ifttt", "join", "line", "msgbird", "opsgenie",
     "pagertree", "pbul", "plivo", "pover", "prowl", "push", "pushy", "signl4", "splunk", "spush",
     "threema", "twilio", "vonage", "webex", "whatsapp"}
)  # fmt: skip
"""Schemes of Apprise 2.2.0 whose plug-ins have their hosts as constants."""


class AppriseBroadcaster:
    """Sends text by Apprise URLs (`pover://user@token`). `schemes`: those that may be used."""

    def __init__(self, schemes: Collection[str] = FIXED_HOSTS) -> None:
        self._schemes = schemes

    async def send(self, url: str, title: str, text: str) -> bool:
        """Return True if the service took a message.

        Raises InvalidMessage (no URL that may be used) or TransientError (too slow). No error holds
        the URL.
        """
        scheme = url.partition(":")[0].lower()
        if scheme not in self._schemes:
            allowed = ", ".join(sorted(self._schemes))
            raise InvalidMessage("bad-url", f"the URL of Apprise must begin with one of {allowed}")
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.to_thread(_notify, url, title, text)
        except TimeoutError as error:
            raise TransientError(f"Apprise had no answer within {SECONDS:.0f} s") from error


def _notify(url: str, title: str, text: str) -> bool:
    import apprise

    # Its log lines hold the URL.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    sender = apprise.Apprise()
    # `add` would split a text at its commas into URLs, each of a scheme of its own.
    service = apprise.Apprise.instantiate(url)
    if service is None or not sender.add(service):
        raise InvalidMessage("bad-url", "Apprise can't read the URL: see the page of its service")
    return bool(sender.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT))
