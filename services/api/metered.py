"""Counts requests by route and status, around all routes."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import metrics


class Metered:
    """Measures an application.

    A path counts as its route, so that no request makes a new series.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.monotonic()

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            route = getattr(scope.get("route"), "path", "")
            metrics.count("reportedly_api_requests_total", route=route, status=f"{status // 100}xx")
            metrics.observe("reportedly_api_seconds", time.monotonic() - began, route=route)
