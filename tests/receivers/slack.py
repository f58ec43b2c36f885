"""Slack, as far as alerts use it.

Sources: slackapi/slack-api-specs, web-api 1.7.0 (the methods' errors), docs.slack.dev of 2026 (rich
text blocks, formatting of text), slackapi/bolt-js#2509 (the bound of all blocks).
"""

import re
from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_BLOCK_CHARS = 13_000
MOST_EDITED_CHARS = 4_000
_MENTION = re.compile(r"<([!@#][^>]*)>")
_ELEMENTS = {"text": {"text"}, "link": {"url"}, "user": {"user_id"}, "broadcast": {"range"}}


class Slack:
    """`channels`: id to what stands in it, oldest first."""

    def __init__(self, token: str, *channels: str) -> None:
        self.token = token
        self.channels: dict[str, list[Shown]] = {channel: [] for channel in channels}
        self.archived: set[str] = set()
        self._n = 0

    def answer(self, request: Request) -> Reply:
        error = self._error(request)
        if error:
            return Reply(200, {"ok": False, "error": error})
        body = request.json
        channel = self.channels[body["channel"]]
        text, links, pings = _drawn(body)
        if request.path == "chat.update":
            shown = next(each for each in channel if each.id == body["ts"])
            shown.text, shown.links, shown.pings = text, links, pings
            shown.n_edits += 1
            return self._taken(body["channel"], shown)
        self._n += 1
        shown = Shown(
            f"1503435956.{self._n:06}", text, True, body.get("thread_ts", ""), pings, links
        )
        channel.append(shown)
        return self._taken(body["channel"], shown)

    def _taken(self, channel: str, shown: Shown) -> Reply:
        return Reply(
            200, {"ok": True, "channel": channel, "ts": shown.id, "message": {"text": shown.text}}
        )

    def _error(self, request: Request) -> str:
        if request.path not in ("chat.postMessage", "chat.update"):
            return "unknown_method"
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return "invalid_auth"
        if not request.headers.get("content-type", "").startswith("application/json"):
            return "invalid_post_type"
        body = request.json
        if body.get("channel") not in self.channels:
            return "channel_not_found"
        if body["channel"] in self.archived:
            return "is_archived"
        return self._message_error(request.path, body) or _blocks_error(body.get("blocks", []))

    def _message_error(self, method: str, body: Any) -> str:
        ids = {each.id for each in self.channels[body["channel"]]}
        if not body.get("text") and not body.get("blocks"):
            return "no_text"
        if method == "chat.update":
            if body.get("ts") not in ids:
                return "message_not_found"
            return "msg_too_long" if len(body.get("text", "")) > MOST_EDITED_CHARS else ""
        is_lost = body.get("thread_ts", "") and body["thread_ts"] not in ids
        return "thread_not_found" if is_lost else ""


def _blocks_error(blocks: Any) -> str:
    if sum(len(str(block)) for block in blocks) > 2 * MOST_BLOCK_CHARS:
        return "msg_blocks_too_long"
    for block in blocks:
        if block.get("type") != "rich_text":
            return "invalid_blocks"
        for section in block["elements"]:
            if section.get("type") != "rich_text_section":
                return "invalid_blocks"
            for element in section["elements"]:
                wanted = _ELEMENTS.get(element.get("type"))
                if wanted is None or not all(element.get(name) for name in wanted):
                    return "invalid_blocks"
    return ""


def _drawn(body: Any) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what a client draws: blocks, or else the text with its syntax."""
    elements = [
        element
        for block in body.get("blocks", [])
        for section in block["elements"]
        for element in section["elements"]
    ]
    pings = [e["type"] for e in elements if e["type"] in ("user", "broadcast")]
    # Notifications show the text, where a mention is one, too.
    pings += _MENTION.findall(body.get("text", ""))
    links = tuple(element["url"] for element in elements if element["type"] == "link")
    text = "".join(element.get("text", "") for element in elements)
    return text, links, tuple(pings)
