"""Sends kept documents to the pollers of their feeds, to be read again as `backfill`."""

from collections.abc import Collection
from datetime import datetime

from services.commands import world
from services.commands.topic import read_all
from services.errors import InvalidMessage
from services.messages import FeedDocument, FeedPush, decode, encode
from services.ports import Outgoing
from services.settings import Settings


def reread(
    settings: Settings, feed_ids: Collection[str], since: datetime | None
) -> tuple[int, int]:
    """Send the kept documents of feeds again, the oldest first. Return those sent and unreadable.

    `since`: leave out documents that came before it.
    """
    found: list[FeedDocument] = []
    n_unreadable = 0
    for key, value in read_all(settings, "feed-documents"):
        if key not in feed_ids or value is None:
            continue
        try:
            document = decode(FeedDocument, value)
        except InvalidMessage:
            n_unreadable += 1
            continue
        if since is None or document.at >= since:
            found.append(document)
    send(settings, sorted(found, key=lambda document: document.at))
    return len(found), n_unreadable


def send(settings: Settings, documents: Collection[FeedDocument]) -> None:
    """Send documents to the pollers of their feeds. Return when all are acknowledged."""
    now = world.now(settings)
    world.send(
        settings,
        *(
            Outgoing(
                "feed-rereads",
                one.feed_id,
                encode(FeedPush(feed_id=one.feed_id, kind="reread", at=now, document=one)),
            )
            for one in documents
        ),
    )
