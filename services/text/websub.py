"""WebSub (W3C Recommendation, 2018), as far as poller and API share it. Pure.

One secret of ours gives each subscription (feed, hub, and topic) a callback that nobody can guess,
and a secret of its own. So neither is on a topic, and the API needs no state to know a
subscription. Whether it still counts is known to the poller alone.
"""

import hmac
from urllib.parse import quote

from services.text.hashes import digest

CALLBACKS = "/v1/websub"

_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""The methods of `X-Hub-Signature`. Source: WebSub, 7.1 and its appendix on hubs' signatures."""

_TOKEN_CHARS = 32
_HALF_CHARS = 16


def callback_path(secret: str, feed_id: str, key: str) -> str:
    """Return the path of the callback for a feed's subscription."""
    return f"{CALLBACKS}/{quote(feed_id, safe='')}/{key}/{token(secret, feed_id, key)}"


def subscription_key(hub: str, topic: str) -> str:
    """Return what stands for hub and topic in the path of a callback, in 32 hex digits.

    The first half is of the topic alone, so the API can check the topic that a hub names.
    """
    return digest(topic, length=_HALF_CHARS) + digest(hub, length=_HALF_CHARS)


def is_for_topic(key: str, topic: str) -> bool:
    """Return True if a key is that of a subscription to a topic, at whatever hub."""
    return key[:_HALF_CHARS] == digest(topic, length=_HALF_CHARS)


def token(secret: str, feed_id: str, key: str) -> str:
    """Return the part of the path that nobody can guess."""
    return _mac(secret, "callback", feed_id, key)[:_TOKEN_CHARS]


def push_secret(secret: str, feed_id: str, key: str) -> str:
    """Return the secret that a hub signs with (`hub.secret`, 64 characters of 200 allowed)."""
    return _mac(secret, "push", feed_id, key)


def is_token(given: str, secret: str, feed_id: str, key: str) -> bool:
    """Return True for the token of a callback. Takes the same time for every wrong one."""
    return hmac.compare_digest(given.encode(), token(secret, feed_id, key).encode())


def is_signed(header: str | None, body: bytes, secret: str) -> bool:
    """Return True if `X-Hub-Signature` signs a body. Takes the same time for every wrong one."""
    method, _, given = (header or "").strip().partition("=")
    if method.lower() not in _ALGORITHMS:
        return False
    wanted = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(given.strip().lower().encode(), wanted.encode())


def signature(body: bytes, secret: str, method: str = "sha256") -> str:
    """Return the header with which a hub signs a body."""
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def _mac(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), "\x1f".join(parts).encode(), "sha256").hexdigest()
