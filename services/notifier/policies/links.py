"""The signed links of one message. Whoever has the message may use them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.messages import Alert, Revision
from services.notifier.content import Links
from services.notifier.policies.recipients import Recipient
from services.text.links import Grant, LinkAct, link_path, token

ALERT_DAYS = timedelta(days=30)
"""How long an alert may be acknowledged by the link of a message. Source: as long as a closed
claim is still followed; later there is nothing left to acknowledge."""

UNSUBSCRIBE_DAYS = timedelta(days=365)
"""How long a message may be unsubscribed from. Source: nobody should look for a newer one; laws ask
for 30 (CAN-SPAM) to 60 days (CASL)."""


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes links, or none without a public address and a secret.

    They are made of a message's own times, so the same message has the same links at every try.
    """

    public_url: str = ""
    secret: str = ""

    def of_revision(self, recipient: Recipient, alert: Alert, revision: Revision) -> Links:
        """Return the links of a message about an alert."""
        if not self._is_on or revision.at is None:
            return Links()
        told = Grant(
            may="alert",
            watch_id=alert.watch_id,
            recipient=recipient.key,
            owner=recipient.owner,
            expires=int((revision.at + ALERT_DAYS).timestamp()),
            zone=recipient.zone,
            alert_id=alert.alert_id,
            revision=revision.number,
        )
        own = token(self.secret, told)
        return Links(
            acknowledge=self._address("acknowledge", own),
            snooze=self._address("snooze", own),
            view=self._address("view", own),
            unsubscribe=self.of_watch(recipient, alert.watch_id, revision.at).unsubscribe,
        )

    def of_watch(self, recipient: Recipient, watch_id: str, at: datetime) -> Links:
        """Return the links of a message about no single alert, sent at `at`.

        `watch_id`: "" for the daily message.
        """
        if not self._is_on:
            return Links()
        grant = Grant(
            may="unsubscribe",
            watch_id=watch_id,
            recipient=recipient.key,
            owner=recipient.owner,
            expires=int((at + UNSUBSCRIBE_DAYS).timestamp()),
            zone=recipient.zone,
        )
        return Links(unsubscribe=self._address("unsubscribe", token(self.secret, grant)))

    @property
    def _is_on(self) -> bool:
        return bool(self.public_url and self.secret)

    def _address(self, act: LinkAct, own: str) -> str:
        return self.public_url.rstrip("/") + link_path(act, own)
