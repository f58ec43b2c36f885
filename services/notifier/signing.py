"""Signatures of webhooks, by Standard Webhooks."""

import base64
import binascii
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from services.errors import ConfigError


def signer(secret: str) -> Webhook:
    """Return a signer for a `whsec_…` secret of 24 to 64 bytes. Raises ConfigError."""
    try:
        # Checked here: the library skips characters that are no base64, and would sign with the
        # rest.
        n_bytes = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except (ValueError, binascii.Error) as error:
        raise ConfigError("REPORTEDLY_WEBHOOK_SECRET must be whsec_ and base64") from error
    if not 24 <= n_bytes <= 64:
        raise ConfigError(
            f"REPORTEDLY_WEBHOOK_SECRET holds {n_bytes} bytes, 24 to 64 are asked for"
        )
    return Webhook(secret)


def signed_headers(
    key: Webhook | None, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the headers of a webhook sent at `at`; unsigned without a key.

    The receiver drops repeats by `webhook-id`.
    """
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if key is not None:
        headers["webhook-signature"] = str(key.sign(message_id, at, body.decode()))
    return headers
