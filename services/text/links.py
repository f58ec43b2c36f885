"""The links in messages: what each lets its reader do, signed, until when. Pure.

The notifier makes them and the API reads them, by one secret; nothing is stored. A link names its
recipient by a digest, so an address that ends in a log tells nobody's.
"""

import base64
import binascii
import hmac
from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.text.hashes import digest

LINKS = "/v1/links"
"""Where the API answers them."""

LinkAct = Literal["view", "acknowledge", "snooze", "unsubscribe"]
"""What the page of a link is about."""

_MAC_BYTES = 16
"""Bytes of a signature: 128 bits, half of SHA-256 (RFC 2104, 5 allows no less than half)."""

MOST_CHARS = 1_000
"""Characters of a token: ids of at most 64, digests, and a signature have less than 500."""


class Grant(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the holder of a link may do.

    - `may`: `alert`: acknowledge and snooze an alert. `unsubscribe`: end a watch for a recipient.
    - `watch_id`: "" for the daily message.
    - `recipient`: the channel (see `recipient_of`). `owner`: whom a snooze is about: the
      subscriber (`subscriber:ann`), or the channel.
    - `expires`: seconds since 1970 in news time.
    - `zone`: the reader's time zone.
    - `alert_id`, `revision`: what the message told; "" and 0 if it told of no single alert.
    """

    may: Literal["alert", "unsubscribe"]
    watch_id: str
    recipient: str
    owner: str
    expires: int
    zone: str = "UTC"
    alert_id: str = ""
    revision: int = 0

    def is_over(self, now: datetime) -> bool:
        """Return True if the link has expired."""
        return now >= datetime.fromtimestamp(self.expires, UTC)


def recipient_of(to: str) -> str:
    """Return what stands for a channel where its address is not to be read."""
    return f"{to.partition(':')[0]}:{digest(to)}"


def opt_out_key(watch_id: str, recipient: str) -> str:
    """Return the key of a row of the topic `opt-outs`."""
    return f"{watch_id}|{recipient}"


def token(secret: str, grant: Grant) -> str:
    """Return the part of an address that grants it. The same grant gives the same token."""
    payload = msgspec.json.encode(grant)
    return f"{_text(payload)}.{_text(_mac(secret, payload))}"


def granted(secret: str, given: str) -> Grant | None:
    """Return what a token grants, also if it is over; None if it is not one of ours."""
    payload, _, mac = given[:MOST_CHARS].partition(".")
    try:
        raw = _bytes(payload)
        if hmac.compare_digest(_bytes(mac), _mac(secret, raw)):
            return msgspec.json.decode(raw, type=Grant)
    except (ValueError, binascii.Error, msgspec.ValidationError):
        pass  # whatever it is, we did not make it
    return None


def link_path(act: LinkAct, given: str) -> str:
    """Return the path of a link."""
    return f"{LINKS}/{act}/{given}"


def _mac(secret: str, payload: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"link\x1f" + payload, "sha256")[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
