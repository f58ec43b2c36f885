"""Webhooks of Discord, as far as alerts use them.

Source: discord/discord-api-docs of 6 August 2026, API v10 (Execute Webhook, Edit Webhook Message,
Allowed Mentions, JSON error codes).
"""

import re
from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_CHARS = 2_000
_ALLOWED_FLAGS = (1 << 2) | (1 << 12) | (1 << 15)
_SILENT = 1 << 12
_TOKEN = re.compile(
    r"\\([^0-9A-Za-z\s])"  # an escaped character
    r"|\[((?:\\.|[^\[\]\\])+)\]\(<([^<>]+)>\)"  # a link
    r"|(\*\*|__|~~|\|\||[*_`]|<[@#:/t][^>]*>|^(?:#{1,3}|-#|>|[-+]|\d+\.)(?=\s))"  # other syntax
    r"|(@everyone|@here)",
    re.MULTILINE,
)


class Discord:
    """`messages`: what stands in the channel of the webhook, oldest first."""

    def __init__(self, id: str, token: str) -> None:
        self.path = f"api/webhooks/{id}/{token}"
        self.messages: list[Shown] = []
        self.is_deleted = False
        self._n = 0

    def answer(self, request: Request) -> Reply:
        if self.is_deleted or not request.path.startswith(self.path.rpartition("/")[0]):
            return _refused(404, 10015, "Unknown Webhook")
        if not request.path.startswith(self.path):
            return _refused(401, 50027, "Invalid Webhook Token")
        body = request.json
        content = body.get("content", "")
        if not content:
            return _refused(400, 50006, "Cannot send an empty message")
        if len(content) > MOST_CHARS or body.get("flags", 0) & ~_ALLOWED_FLAGS:
            return _refused(400, 50035, "Invalid Form Body")
        allowed = body.get("allowed_mentions", {"parse": ["users"]})
        if allowed.get("parse") and ("users" in allowed or "roles" in allowed):
            return _refused(400, 50035, "Invalid Form Body")
        shown = _drawn(content, allowed)
        if request.method == "PATCH":
            return self._edit(request.path.rpartition("/")[2], shown)
        self._n += 1
        shown.id, shown.rings = str(1_100_000_000 + self._n), not body.get("flags", 0) & _SILENT
        self.messages.append(shown)
        return Reply(200, {"id": shown.id}) if request.query.get("wait") == "true" else Reply(204)

    def _edit(self, id: str, new: Shown) -> Reply:
        found = [each for each in self.messages if each.id == id]
        if not found:
            return _refused(404, 10008, "Unknown Message")
        (shown,) = found
        shown.text, shown.links, shown.pings = new.text, new.links, new.pings
        shown.n_edits += 1
        return Reply(200, {"id": id})


def _refused(status: int, code: int, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message})


def _drawn(content: str, allowed: Any) -> Shown:
    """Return what a client draws: syntax is gone, and escaped characters are themselves."""
    links: list[str] = []
    pings: list[str] = []

    def drawn(found: re.Match[str]) -> str:
        escaped, words, url, _, everyone = found.groups()
        if escaped:
            return str(escaped)
        if words:
            links.append(url)
            return _TOKEN.sub(drawn, words)
        if everyone:
            pings.extend([everyone] if "everyone" in allowed.get("parse", ()) else [])
            return str(everyone)
        return ""

    return Shown("", _TOKEN.sub(drawn, content), pings=tuple(pings), links=tuple(links))
