"""Subscriptions of feeds to hubs (WebSub): when to ask, what to send, what an answer means. Pure.

A push only makes a feed faster. Its polls go on, more rarely, so a hub that forgets us or keeps
silent costs time and no article.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin

import msgspec

from services.messages import FeedPush, FeedState, Subscription
from services.poller.reading.entry import ParsedFeed
from services.text.web_addresses import web_address
from services.text.websub import callback_path, push_secret, subscription_key

LEASE = timedelta(days=10)
"""The lease that is asked for. Source: the default of common hubs; WebSub leaves it to the hub."""

LONGEST_LEASE = timedelta(days=30)
"""A longer lease is renewed as if it were this long."""

RENEWED_BEFORE = 0.2
"""The share of a lease before its end at which it is renewed: two days of ten, for many tries."""

LEASE_SLACK = timedelta(hours=1)
"""How long after its lease a hub's document is taken: it was under way, or its clock differs."""

RETRY = timedelta(hours=1)
"""The wait after a request to a hub that led to no lease."""

REFUSED_RETRY = timedelta(days=1)
"""The wait after a hub refused."""

SLOWER = 10.0
"""How many times as long the wait between two polls of a pushed feed is."""

SLOWEST_SECONDS = 3600.0
"""The longest wait that pushes lead to, in seconds: how late news is if the hub fails silently."""

MOST_MISSED = 3
"""Polls with entries that were not pushed, after which the hub no longer makes polls rarer."""

_LINK = re.compile(
    r"<([^<>]{1,4096})>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)"
)
_REL = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|([^\s",;]+))""", re.IGNORECASE)


def declared(
    headers: Mapping[str, str], parsed: ParsedFeed, address: str
) -> tuple[str, str] | None:
    """Return the hub and the topic that an answer declares, or None.

    The header `Link` comes before the document (WebSub, 4). The topic defaults to the address.
    A hub on plain http counts only for a feed on plain http: its secret goes to it in clear, and
    with that anyone on the way could publish in the feed's name.
    """
    links = _links(headers.get("link", ""), address)
    hubs = filter(None, map(web_address, [*links.get("hub", ()), *parsed.hub_urls]))
    hub = next((hub for hub in hubs if _is_secure(hub) or not _is_secure(address)), None)
    if hub is None:
        return None
    topic = next(iter([*links.get("self", ()), parsed.self_url or address]))
    return hub, web_address(topic) or address


def subscribed(state: FeedState, hub_and_topic: tuple[str, str] | None) -> Subscription | None:
    """Return the subscription after a document declared a hub, or none."""
    old = state.subscription
    if hub_and_topic is None:
        return None
    hub, topic = hub_and_topic
    if old is not None and (old.hub, old.topic) == (hub, topic):
        return old
    return Subscription(hub=hub, topic=topic)


def is_due(subscription: Subscription | None, now: datetime) -> bool:
    """Return True if the hub must be asked for a lease, or for a new one."""
    if subscription is None:
        return False
    asked_at, until = subscription.asked_at, subscription.until
    if asked_at is None:
        return True
    if now - asked_at < (REFUSED_RETRY if subscription.refused else RETRY):
        return False
    if until is None or now >= until:
        return True
    return now >= until - RENEWED_BEFORE * (until - asked_at)


def request(
    subscription: Subscription, feed_id: str, public_url: str, secret: str
) -> tuple[str, dict[str, str], bytes]:
    """Return address, headers, and body of the request for a subscription (WebSub, 5.1)."""
    key = subscription_key(subscription.hub, subscription.topic)
    form = {
        "hub.callback": public_url.rstrip("/") + callback_path(secret, feed_id, key),
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
        "hub.secret": push_secret(secret, feed_id, key),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return subscription.hub, headers, urlencode(form).encode()


def asked(subscription: Subscription, now: datetime, refused: str | None) -> Subscription:
    """Return the subscription after a request. `refused`: why the hub did not take it."""
    return msgspec.structs.replace(subscription, asked_at=now, refused=refused)


def is_current(subscription: Subscription | None, push: FeedPush) -> bool:
    """Return True if what a hub sent counts: a former hub of the feed has no say any more.

    It came through the subscription to the hub and topic that the feed declares now, and a
    document came while its lease ran.
    """
    if subscription is None:
        return False
    if push.key != subscription_key(subscription.hub, subscription.topic):
        return False
    until = subscription.until
    return push.kind != "content" or (until is not None and push.at < until + LEASE_SLACK)


def answered(subscription: Subscription | None, push: FeedPush) -> Subscription | None:
    """Return the subscription after a hub confirmed or refused it."""
    if subscription is None:
        return None
    if push.kind == "denied":
        return msgspec.structs.replace(
            subscription, until=None, refused=push.reason or "the hub gave no reason"
        )
    lease = min(timedelta(seconds=push.lease_seconds or 0.0), LONGEST_LEASE)
    return msgspec.structs.replace(
        subscription, until=push.at + (lease or LEASE), refused=None, missed=0
    )


def delivered(subscription: Subscription | None, now: datetime) -> Subscription | None:
    """Return the subscription after a push."""
    return subscription and msgspec.structs.replace(subscription, pushed_at=now, missed=0)


def polled(
    subscription: Subscription | None, found_new: bool, now: datetime
) -> Subscription | None:
    """Return the subscription after a poll. `found_new`: it brought entries that no push did."""
    if subscription is None or not found_new or not _is_leased(subscription, now):
        return subscription
    return msgspec.structs.replace(subscription, missed=subscription.missed + 1)


def slowed(interval: float, subscription: Subscription | None, now: datetime) -> float:
    """Return the seconds between two polls of a feed: longer while its hub delivers."""
    if subscription is None or not _is_leased(subscription, now):
        return interval
    if subscription.missed >= MOST_MISSED:
        return interval
    return max(interval, min(interval * SLOWER, SLOWEST_SECONDS))


def _is_leased(subscription: Subscription, now: datetime) -> bool:
    return subscription.until is not None and now < subscription.until


def _is_secure(address: str) -> bool:
    return address.lower().startswith("https:")


def _links(header: str, base: str) -> dict[str, list[str]]:
    """Return relation to addresses of a `Link` header (RFC 8288)."""
    found: dict[str, list[str]] = {}
    for target, parameters in _LINK.findall(header):
        for quoted, plain in _REL.findall(parameters)[:1]:
            for relation in (quoted or plain).lower().split():
                found.setdefault(relation, []).append(_joined(base, target))
    return found


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target.strip())
    except ValueError:
        return target
