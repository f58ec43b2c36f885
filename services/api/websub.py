"""The callbacks of WebSub: hubs confirm subscriptions here, and send documents.

What is genuine goes to the poller of the feed, through the topic `feed-pushes`. Other requests
learn nothing: a wrong callback is not found, and a wrong signature is accepted and dropped (WebSub,
8.2).
"""

import asyncio
import gzip
from collections.abc import Callable
from datetime import datetime

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.api.bodies import read_up_to
from services.api.sender import Sender
from services.errors import InvalidMessage
from services.messages import FeedDocument, FeedPush, PushKind, encode
from services.ports import Broker, Outgoing
from services.runtime import metrics
from services.text.websub import CALLBACKS, is_for_topic, is_signed, is_token, push_secret

PATH = CALLBACKS + "/{feed_id}/{key}/{token}"

MAX_PUSH_BYTES = 4 * 1024 * 1024
"""Bytes of one pushed document. Polled ones have up to 10 MB; pushes hold the newest entries."""

LONGEST_CHALLENGE = 4096
"""Characters of a challenge. Those of hubs have some tens."""

_log = structlog.get_logger()


class Callbacks:
    """The routes for hubs. They take parameters that our other routes refuse.

    `name`: the host name by which hubs reach them.
    """

    def __init__(
        self, broker: Broker, secret: str, now: Callable[[], datetime], name: str = ""
    ) -> None:
        self.name = name
        self._sender = Sender(broker)
        self._secret = secret
        self._now = now

    def add_to(self, app: FastAPI) -> None:
        app.add_route(PATH, self.confirm, methods=["GET"], include_in_schema=False)
        app.add_route(PATH, self.take, methods=["POST"], include_in_schema=False)

    async def confirm(self, request: Request) -> Response:
        """Answer a verification of intent: the challenge, if we asked for this topic (5.3)."""
        key, asked = request.path_params["key"], request.query_params
        topic, mode = asked.get("hub.topic", ""), asked.get("hub.mode", "")
        if not self._is_ours(request) or not is_for_topic(key, topic):
            return _not_found()
        if mode == "denied":
            await self._send(request, "denied", topic=topic, reason=asked.get("hub.reason"))
            return PlainTextResponse("")
        challenge = asked.get("hub.challenge", "")
        if mode != "subscribe" or not 0 < len(challenge) <= LONGEST_CHALLENGE:
            return _not_found()
        lease = asked.get("hub.lease_seconds", "")
        seconds = float(lease) if lease.isascii() and lease.isdigit() and len(lease) < 12 else None
        await self._send(request, "verified", topic=topic, lease_seconds=seconds)
        return PlainTextResponse(challenge)

    async def take(self, request: Request) -> Response:
        """Take a pushed document (7)."""
        if not self._is_ours(request):
            return _not_found()
        feed_id, key = request.path_params["feed_id"], request.path_params["key"]
        body = await read_up_to(request, MAX_PUSH_BYTES)
        if body is None:
            return PlainTextResponse("the document is too large", status_code=413)
        own = push_secret(self._secret, feed_id, key)
        if not is_signed(request.headers.get("x-hub-signature"), body, own):
            metrics.count("reportedly_pushes_total", outcome="not-signed")
            _log.warning("a push without a valid signature is dropped", feed_id=feed_id)
            return Response(status_code=202)
        document = FeedDocument(
            feed_id=feed_id,
            at=self._now(),
            url="",
            content_type=request.headers.get("content-type", "")[:200],
            body=await asyncio.to_thread(gzip.compress, body, 1),
        )
        try:
            await self._send(request, "content", document=document)
        except InvalidMessage:
            return PlainTextResponse("the document is too large", status_code=413)
        return Response(status_code=202)

    def _is_ours(self, request: Request) -> bool:
        path = request.path_params
        return is_token(path["token"], self._secret, path["feed_id"], path["key"])

    async def _send(self, request: Request, kind: PushKind, **more: object) -> None:
        feed_id, key = request.path_params["feed_id"], request.path_params["key"]
        push = FeedPush(feed_id=feed_id, kind=kind, at=self._now(), key=key, **more)  # type: ignore[arg-type]
        message = Outgoing("feed-pushes", push.feed_id, encode(push))
        await asyncio.to_thread(self._sender.send, message)
        metrics.count("reportedly_pushes_total", outcome=kind)


def _not_found() -> Response:
    return PlainTextResponse("no such subscription", status_code=404)
