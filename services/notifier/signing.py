"""Signatures of webhooks, by Standard Webhooks 1.0.0.

    webhook-signature: v1,BASE64 v1a,BASE64 …

Each key of an endpoint signs every message, so a receiver takes a new key while the old one still
signs. `v1` is HMAC-SHA256 by a shared secret (`whsec_…`), `v1a` is ed25519 by a private key
(`whsk_…`), whose public key (`whpk_…`) the receiver has.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError

SECRET, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
"""How keys begin."""

SECRET_BYTES = (24, 64)
"""The least and the most bytes of a shared secret. Source: Standard Webhooks."""

SEED_BYTES = 32
"""Bytes of a private key. Some tools write the public key behind it, 64 bytes in all."""

MOST_KEYS = 4
"""Keys of one endpoint.

Rotation needs two, a change from v1 to v1a in its midst three.
"""

_FORMS = f"write {SECRET}… or {PRIVATE}… and base64"

Signer = Callable[[str, datetime, bytes], str]
"""Returns one signature of a message: its id, the time of the try, and its body."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one endpoint. Without any, messages are unsigned."""

    signers: tuple[Signer, ...] = ()


class KeyRing:
    """The keys of each address: those of `keys_of`, else the one `secret` for all, else none.

    `keys_of` returns the texts of an address's keys, and may raise ConfigError.
    """

    def __init__(self, secret: str, keys_of: Callable[[str], tuple[str, ...]]) -> None:
        """Raises ConfigError for an unusable `secret`."""
        self._for_all = read_keys((secret,), "REPORTEDLY_WEBHOOK_SECRET") if secret else Keys()
        self._keys_of = keys_of

    def __call__(self, address: str) -> Keys:
        """Return the keys of an address. Raises ConfigError for unusable ones of its own."""
        texts = self._keys_of(address)
        return read_keys(texts, "the keys of this webhook") if texts else self._for_all


def read_keys(texts: Sequence[str], about: str) -> Keys:
    """Return the keys that `texts` stand for.

    Raises ConfigError, which begins with `about` and holds no key.
    """
    if len(texts) > MOST_KEYS:
        raise ConfigError(f"{about}: {len(texts)} keys, at most {MOST_KEYS} sign a message")
    return Keys(tuple(_signer(text, about) for text in texts))


def signed_headers(keys: Keys, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a webhook tried at `at`; unsigned without a key.

    The receiver drops repeats by `webhook-id`.
    """
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if keys.signers:
        signatures = (signer(message_id, at, body) for signer in keys.signers)
        headers["webhook-signature"] = " ".join(signatures)
    return headers


def secret_of(random: bytes) -> str:
    """Return a shared secret made of random bytes."""
    return SECRET + base64.b64encode(random).decode()


def pair_of(seed: bytes) -> tuple[str, str]:
    """Return private and public key made of 32 random bytes."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return PRIVATE + base64.b64encode(seed).decode(), PUBLIC + base64.b64encode(public).decode()


def _signer(text: str, about: str) -> Signer:
    if text.startswith(PRIVATE):
        return _asymmetric(_bytes(text.removeprefix(PRIVATE), about), about)
    if text.startswith(PUBLIC):
        raise ConfigError(f"{about}: {PUBLIC}… is a public key, which the receiver has: {_FORMS}")
    return _symmetric(_bytes(text.removeprefix(SECRET), about), about)


def _bytes(text: str, about: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ConfigError(f"{about} can't be read: {_FORMS}") from error


def _symmetric(secret: bytes, about: str) -> Signer:
    least, most = SECRET_BYTES
    if not least <= len(secret) <= most:
        raise ConfigError(f"{about} holds {len(secret)} bytes, {least} to {most} are asked for")
    webhook = Webhook(secret)
    return lambda message_id, at, body: str(webhook.sign(message_id, at, body.decode()))


def _asymmetric(key: bytes, about: str) -> Signer:
    if len(key) not in (SEED_BYTES, 2 * SEED_BYTES):
        raise ConfigError(f"{about} holds {len(key)} bytes, an ed25519 key has {SEED_BYTES}")
    private = Ed25519PrivateKey.from_private_bytes(key[:SEED_BYTES])
    public = private.public_key().public_bytes_raw()
    if key[SEED_BYTES:] not in (b"", public):
        raise ConfigError(f"{about}: its public half is another key's")

    def sign(message_id: str, at: datetime, body: bytes) -> str:
        text = f"{message_id}.{int(at.timestamp())}.".encode() + body
        return "v1a," + base64.b64encode(private.sign(text)).decode()

    return sign
