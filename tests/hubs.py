"""A WebSub hub on a loopback port. It serves feeds, verifies intents, and pushes documents."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

import httpx

from services.scenario.server import FeedServer
from services.text.websub import signature


class Hub(FeedServer):
    """Subscriptions by topic: callback and secret, as confirmed by the callback itself.

    `declared_hub`: the path of the hub that the feeds declare; None: they declare none.
    """

    def __init__(self, lease_seconds: int = 86_400) -> None:
        super().__init__()
        self.lease_seconds = lease_seconds
        self.declared_hub: str | None = "/hub"
        self.subscribed: dict[str, tuple[str, str]] = {}

    def answer(
        self, method: str, path: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if method == "POST" and path == "/hub":
            return 202, {}, b""
        status, own, body = super().answer(method, path, headers)
        links = [f'<{self.url}{path}>; rel="self"']
        if self.declared_hub is not None:
            links.append(f'<{self.url}{self.declared_hub}>; rel="hub"')
        return status, {**own, "Link": ", ".join(links)}, body

    def verify(self) -> None:
        """Verify the intent of the last request, as a hub does after its 202."""
        sent = [seen.body for seen in list(self.requests) if seen.path == "/hub"][-1]
        form = {name: value for name, (value,) in parse_qs(sent.decode()).items()}
        asked = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c-4711",
            "hub.lease_seconds": str(self.lease_seconds),
        }
        answer = httpx.get(f"{form['hub.callback']}?{urlencode(asked)}", timeout=30)
        assert (answer.status_code, answer.text) == (200, "c-4711"), answer.text
        self.subscribed[form["hub.topic"]] = (form["hub.callback"], form["hub.secret"])

    def push(self, topic: str, body: bytes, kind: str = "application/rss+xml") -> int:
        """Send a document to the subscriber. Return the status of its answer."""
        callback, secret = self.subscribed[topic]
        signed = {"X-Hub-Signature": signature(body, secret), "Content-Type": kind}
        return httpx.post(callback, content=body, headers=signed, timeout=30).status_code
