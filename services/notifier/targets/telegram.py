"""Telegram: posts, edits, and replies by a bot. Address: `NAME/-1001234567890` or `NAME/@channel`.

Words go as HTML, in which three characters are escaped.
Source: core.telegram.org/bots/api, Bot API 10.0: sendMessage, editMessageText, HTML style.
"""

import re

import msgspec

from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Service,
    judged,
    reach,
    read,
    said,
)
from services.notifier.targets.lines import Lines, Run, rendered, without_past
from services.notifier.targets.target import Done, Later, Outcome, Refused, beside, taken

SERVER = "https://api.telegram.org"

MOST_UNITS = 4_096
"""UTF-16 units of a text after its entities are parsed. Ours are counted with their tags."""

_NOT_CHANGED = "message is not modified"
_LOST = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message to be replied not found",
)
_GONE = ("chat not found", "bot was blocked", "bot was kicked", "user is deactivated",
         "group chat was upgraded", "not enough rights", "have no rights",
         "bot is not a member")  # fmt: skip


class Chat(msgspec.Struct, frozen=True):
    """Where a message stands."""

    id: int = 0


class Message(msgspec.Struct, frozen=True):
    """A message that was taken."""

    message_id: int = 0
    chat: Chat = Chat()


class Parameters(msgspec.Struct, frozen=True):
    """What may be done about a refusal. `retry_after`: seconds."""

    retry_after: float | None = None


class Answer(msgspec.Struct, frozen=True):
    """What Telegram answers. `error_code`: the HTTP status of an error."""

    ok: bool = False
    error_code: int = 0
    description: str = ""
    result: Message = Message()
    parameters: Parameters = Parameters()


class TelegramTarget(Service):
    """Chats of Telegram. A handle is `CHAT/MESSAGE`."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Send a message; without a sound unless it rings."""
        name, _, chat = address.partition("/")
        rings = not isinstance(content, Letter) or content.rings
        body = _message(content) | {"chat_id": _chat(chat), "disable_notification": not rings}
        return await self._send(name, "sendMessage", body)

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace the text of a message. Telegram makes no sound of it."""
        chat, _, message = handle.rpartition("/")
        body = _message(letter) | {"chat_id": _chat(chat), "message_id": int(message or 0)}
        return await self._send(address.partition("/")[0], "editMessageText", body, handle)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Reply to a message."""
        chat, _, message = handle.rpartition("/")
        body = _message(without_past(letter)) | {
            "chat_id": _chat(chat),
            "disable_notification": False,
            "reply_parameters": {
                "message_id": int(message or 0),
                "allow_sending_without_reply": True,
            },
        }
        done = await self._send(address.partition("/")[0], "sendMessage", body)
        return beside(done, handle)

    async def _send(
        self, name: str, method: str, body: dict[str, object], handle: str = ""
    ) -> Outcome:
        at = reach(self._poster, self._entries, name, SERVER)
        if isinstance(at, Later):
            return at
        url = f"{at.server}/bot{at.secret}/{method}"
        answer = await at.ask("POST", url, body, {})
        if isinstance(answer, Later | Refused):
            return answer
        told = read(answer, Answer)
        if told.ok and told.result.message_id:
            return taken(f"{told.result.chat.id}/{told.result.message_id}")
        if _NOT_CHANGED in told.description:
            return Done(handle)
        why = said(answer, told.description, at)
        is_own, wait = told.error_code == answer.status, told.parameters.retry_after
        return (
            _refusal(told, why)
            or judged(answer, told.description, at, wait, is_own=is_own)
            or Later("the answer is not one of Telegram")
        )


def _refusal(told: Answer, why: str) -> Refused | None:
    """Return what a description means, whatever the status."""
    words = told.description.lower()
    if any(each in words for each in _LOST):
        return Refused(why, is_lost=True)
    if any(each in words for each in _GONE):
        return Refused(why, is_gone=True)
    return None


def _chat(text: str) -> int | str:
    """Return a chat as Telegram takes it. It refuses what is none."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,20}", text) else text


def _message(content: Content) -> dict[str, object]:
    return {
        "text": rendered(content, _html, MOST_UNITS, utf16_units),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def utf16_units(text: str) -> int:
    """Return the length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """Return a text in which Telegram finds no tag and no user."""
    found = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Telegram makes a mention of "@name", which rings for its user. A word joiner, which is not
    # seen, parts the two.
    return found.replace("@", "@\u2060")


def _html(lines: Lines) -> str:
    return "\n".join("".join(map(_run, each)) for each in lines)


def _run(run: Run) -> str:
    text = escaped(run.text)
    if run.url:
        url = run.url.replace("&", "&amp;").replace('"', "&quot;")
        text = f'<a href="{url}">{text}</a>'
    return f"<b>{text}</b>" if run.is_bold else text
