"""Matrix: posts, edits, and threads in a room. Address: `NAME/!room:server`.

Words go as plain text and as HTML. Rooms with encryption show them as not encrypted.
Source: Matrix Client-Server API v1.19: Sending events, Event replacements, Threading, Mentions.
"""

import html
from urllib.parse import quote, urlsplit

import msgspec

from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Account,
    Service,
    judged,
    reach,
    read,
    said,
)
from services.notifier.targets.lines import Lines, Run, plain, rendered, without_past
from services.notifier.targets.target import Later, Outcome, Refused, beside, bounded, taken
from services.ports import HttpAnswer, Method
from services.text.hashes import digest

MOST_BYTES = 14_000
"""Bytes of a message as HTML.

An event has 65,536 bytes at most, and an edit holds the text four times.
"""

_GONE = frozenset({"M_FORBIDDEN", "M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED",
                   "M_GUEST_ACCESS_FORBIDDEN", "M_USER_LOCKED"})  # fmt: skip
_PASSING = frozenset({"M_LIMIT_EXCEEDED", "M_RESOURCE_LIMIT_EXCEEDED"})
_PILLS = "matrix.to"
"""Links to this host are drawn as mentions."""


class Unsigned(msgspec.Struct, frozen=True):
    """What a server adds to an event."""

    redacted_because: dict[str, object] | None = None


class Answer(msgspec.Struct, frozen=True):
    """What a homeserver answers. `retry_after_ms`: milliseconds, of servers before v1.10."""

    event_id: str = ""
    errcode: str = ""
    error: str = ""
    retry_after_ms: float | None = None
    unsigned: Unsigned = Unsigned()


class MatrixTarget(Service):
    """Rooms of Matrix. A handle is the id of an event."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Send a message; as a notice, which makes no sound, unless it rings."""
        rings = not isinstance(content, Letter) or content.rings
        return await self._send(address, _message(content, rings), content.key)

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace a message. Push rules are silent on replacements.

        A server takes the replacement of a message that was removed, and nobody sees it; so it is
        asked first.
        """
        lost = await self._loss(address, handle)
        if lost is not None:
            return lost
        new = _message(letter, letter.rings)
        relation = {"rel_type": "m.replace", "event_id": handle}
        body = new | {"m.new_content": new, "m.relates_to": relation}
        body["body"] = f"* {new['body']}"
        done = await self._send(address, body, f"{letter.key}/edit")
        return beside(done, handle)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Answer in the thread of a message."""
        relation = {
            "rel_type": "m.thread",
            "event_id": handle,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": handle},
        }
        body = _message(without_past(letter), rings=True) | {"m.relates_to": relation}
        done = await self._send(address, body, f"{letter.key}/note")
        return beside(done, handle)

    async def _loss(self, address: str, handle: str) -> Outcome | None:
        """Return why a message can't be edited, or None if it is there."""
        asked = await self._ask("GET", address, f"event/{quote(handle, safe='')}", None)
        if isinstance(asked, Later | Refused):
            return asked
        answer, at = asked
        told = read(answer, Answer)
        is_redacted = told.unsigned.redacted_because is not None
        if is_redacted or told.errcode == "M_NOT_FOUND":
            return Refused("the message was removed", is_lost=True)
        return _verdict(answer, told, at)

    async def _send(self, address: str, body: dict[str, object], key: str) -> Outcome:
        """Send an event once: the server drops repeats of a transaction id."""
        room = address.partition("/")[2]
        path = f"send/m.room.message/{digest(room, key)}"
        asked = await self._ask("PUT", address, path, body)
        if isinstance(asked, Later | Refused):
            return asked
        answer, at = asked
        told = read(answer, Answer)
        verdict = _verdict(answer, told, at)
        if verdict is not None:
            return verdict
        return taken(told.event_id) if told.event_id else Later("the answer is not one of Matrix")

    async def _ask(
        self, method: Method, address: str, path: str, body: dict[str, object] | None
    ) -> tuple[HttpAnswer, Account] | Later | Refused:
        """Ask at a path of a room. Return the answer and whose it is, or why there is none."""
        name, _, room = address.partition("/")
        at = reach(self._poster, self._entries, name, "")
        if isinstance(at, Later):
            return at
        url = f"{at.server}/_matrix/client/v3/rooms/{quote(room, safe='')}/{path}"
        answer = await at.ask(method, url, body, at.bearer)
        return answer if isinstance(answer, Later | Refused) else (answer, at)


def _verdict(answer: HttpAnswer, told: Answer, at: Account) -> Later | Refused | None:
    words = f"{told.errcode} {told.error}".strip()
    if told.errcode in _GONE:
        return Refused(said(answer, words, at), is_gone=True)
    wait = bounded(None if told.retry_after_ms is None else told.retry_after_ms / 1_000)
    if told.errcode in _PASSING:
        return Later(said(answer, words, at), wait, is_busy=True)
    return judged(answer, words, at, wait, is_own=told.errcode.startswith("M_"))


def _message(content: Content, rings: bool) -> dict[str, object]:
    """Return the content of an event. Nobody is mentioned in it."""
    formatted = rendered(content, _both, MOST_BYTES, lambda text: len(text.encode()))
    words, markup = formatted.split("\0")
    return {
        "msgtype": "m.text" if rings else "m.notice",
        "body": words,
        "format": "org.matrix.custom.html",
        "formatted_body": markup,
        "m.mentions": {},
    }


def _both(lines: Lines) -> str:
    """Return lines as plain text, a zero byte, and HTML."""
    markup = "<br>".join("".join(map(_run, each)) for each in lines)
    return f"{plain(lines, has_links=True)}\0{markup}"


def _run(run: Run) -> str:
    text = html.escape(run.text)
    if run.url and urlsplit(run.url).hostname != _PILLS:
        text = f'<a href="{html.escape(run.url)}">{text}</a>'
    return f"<strong>{text}</strong>" if run.is_bold else text
