"""Telegram, as far as alerts use it.

Source: core.telegram.org/bots/api, Bot API 10.0 (sendMessage, editMessageText, HTML style), and the
errors of tdlib/telegram-bot-api 10.0 (Client.cpp).
"""

import html
import re
from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_UNITS = 4_096
_TAG = re.compile(r"<(/?)([a-z]+)((?:\s[^<>]*)?)>")
_TAGS = frozenset({"a", "b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"})
_HREF = re.compile(r'\s+href="([^"<>]*)"')
_MENTION = re.compile(r"@[A-Za-z]\w{3,}")


class Telegram:
    """`chats`: id to what stands in it, oldest first."""

    def __init__(self, token: str, *chats: int) -> None:
        self.token = token
        self.chats: dict[int, list[Shown]] = {chat: [] for chat in chats}
        self.left: set[int] = set()
        self._n = 0

    def answer(self, request: Request) -> Reply:
        bot, _, method = request.path.partition("/")
        if bot != f"bot{self.token}":
            return _refused(401, "Unauthorized")
        body = request.json
        chat = body.get("chat_id")
        if chat not in self.chats:
            return _refused(400, "Bad Request: chat not found")
        if chat in self.left:
            return _refused(403, "Forbidden: bot was kicked from the supergroup chat")
        try:
            text, links = _drawn(body.get("text", ""), body.get("parse_mode", ""))
        except ValueError as error:
            return _refused(400, f"Bad Request: {error}")
        new = Shown("", text, pings=tuple(_MENTION.findall(text)), links=links)
        if method == "editMessageText":
            return self._edit(chat, str(body.get("message_id")), new)
        return (
            self._send(chat, body, new) if method == "sendMessage" else _refused(404, "Not Found")
        )

    def _send(self, chat: int, body: Any, shown: Shown) -> Reply:
        under = body.get("reply_parameters", {})
        shown.thread = str(under.get("message_id", ""))
        if shown.thread and shown.thread not in {each.id for each in self.chats[chat]}:
            if not under.get("allow_sending_without_reply"):
                return _refused(400, "Bad Request: message to be replied not found")
            shown.thread = ""
        self._n += 1
        shown.id, shown.rings = str(self._n), not body.get("disable_notification", False)
        self.chats[chat].append(shown)
        return _taken(chat, shown)

    def _edit(self, chat: int, id: str, new: Shown) -> Reply:
        found = [each for each in self.chats[chat] if each.id == id]
        if not found:
            return _refused(400, "Bad Request: message to edit not found")
        (shown,) = found
        if (shown.text, shown.links) == (new.text, new.links):
            return _refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        shown.text, shown.links, shown.pings = new.text, new.links, new.pings
        shown.n_edits += 1
        return _taken(chat, shown)


def _taken(chat: int, shown: Shown) -> Reply:
    result = {"message_id": int(shown.id), "chat": {"id": chat}, "text": shown.text}
    return Reply(200, {"ok": True, "result": result})


def _refused(status: int, description: str) -> Reply:
    return Reply(status, {"ok": False, "error_code": status, "description": description})


def _drawn(markup: str, mode: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without its tags, and where its links lead. Raises ValueError."""
    if mode != "HTML":
        raise ValueError("only HTML is stood in for")
    links: list[str] = []
    open_tags: list[str] = []
    for found in _TAG.finditer(markup):
        is_end, tag, rest = found.groups()
        if tag not in _TAGS:
            raise ValueError(f'can\'t parse entities: unsupported start tag "{tag}"')
        if not is_end:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            raise ValueError(f'can\'t parse entities: unmatched end tag "{tag}"')
        if tag == "a" and (href := _HREF.fullmatch(rest)):
            links.append(html.unescape(href[1]))
    bare = _TAG.sub("", markup)
    if open_tags or "<" in bare:
        raise ValueError("can't parse entities: unsupported or unclosed start tag")
    text = html.unescape(bare)
    if not text.strip():
        raise ValueError("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
        raise ValueError("message is too long")
    return text, tuple(links)
