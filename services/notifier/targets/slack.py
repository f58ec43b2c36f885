"""Slack: posts, edits, and answers in threads by the Web API. Address: `NAME/C0123ABCD`.

Words go into rich text blocks, where nothing is parsed: no mention, no Markdown, no link.
Source: docs.slack.dev, methods chat.postMessage and chat.update.
"""

import msgspec

from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Account,
    Service,
    judged,
    reach,
    read,
)
from services.notifier.targets.lines import Line, Lines, rendered, titled, without_past
from services.notifier.targets.target import Later, Outcome, Refused, beside, taken
from services.notifier.texts.plain import cut

SERVER = "https://slack.com/api"

MOST_BLOCK_CHARS = 9_000
"""Characters of the blocks, as JSON.

Slack names no bound of them; it was seen to refuse more than 13,000 (slackapi/bolt-js#2509).
"""

LONGEST_FALLBACK = 300
"""Characters of the text that notifications show."""

_LOST = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found",
     "cannot_reply_to_message"}
)  # fmt: skip
_GONE = frozenset(
    {"account_inactive", "channel_not_found", "ekm_access_denied", "invalid_auth", "is_archived",
     "missing_scope", "no_permission", "not_authed", "not_in_channel", "restricted_action",
     "team_access_not_granted", "token_expired", "token_revoked"}
)  # fmt: skip
_BUSY = frozenset({"rate_limited", "ratelimited"})
_PASSING = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable",
     "team_added_to_org"}
)  # fmt: skip


class Answer(msgspec.Struct, frozen=True):
    """What Slack answers. `ts` is the id of a message within its channel."""

    ok: bool = False
    error: str = ""
    channel: str = ""
    ts: str = ""


class SlackTarget(Service):
    """Channels of Slack. A handle is `CHANNEL/TS`."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Post a message to the channel."""
        name, _, channel = address.partition("/")
        return await self._send(name, "chat.postMessage", _message(content, channel))

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace a message. Slack makes no sound of it."""
        channel, _, ts = handle.partition("/")
        body = _message(letter, channel) | {"ts": ts}
        for only_new in ("unfurl_links", "unfurl_media"):
            del body[only_new]
        return await self._send(address.partition("/")[0], "chat.update", body)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Answer in the thread, and show the answer in the channel, for only that rings."""
        channel, _, ts = handle.partition("/")
        body = _message(without_past(letter), channel)
        done = await self._send(
            address.partition("/")[0],
            "chat.postMessage",
            body | {"thread_ts": ts, "reply_broadcast": True},
        )
        return beside(done, handle)

    async def _send(self, name: str, method: str, body: dict[str, object]) -> Outcome:
        at = reach(self._poster, self._entries, name, SERVER)
        if isinstance(at, Later):
            return at
        answer = await at.ask("POST", f"{at.server}/{method}", body, at.bearer)
        if isinstance(answer, Later | Refused):
            return answer
        told = read(answer, Answer)
        return judged(answer, told.error, at, is_own=told.error in _GONE) or _outcome(told, at)


def _outcome(told: Answer, at: Account) -> Outcome:
    """Return what an answer with the status 200 means."""
    if told.ok and told.ts:
        return taken(f"{told.channel}/{told.ts}")
    error = at.hidden(told.error)[:100]
    if error in _BUSY:
        return Later(error, is_busy=True)
    if not error or error in _PASSING:
        return Later(error or "the answer is not one of Slack")
    return Refused(error, is_gone=error in _GONE, is_lost=error in _LOST)


def _message(content: Content, channel: str) -> dict[str, object]:
    blocks = rendered(content, _blocks, MOST_BLOCK_CHARS)
    return {
        "channel": channel,
        "text": escaped(cut(titled(content), LONGEST_FALLBACK)),
        "blocks": msgspec.Raw(blocks.encode()),
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def escaped(text: str) -> str:
    """Return a text in which Slack finds no mention and no link.

    Source: docs.slack.dev, Formatting message text, "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(lines: Lines) -> str:
    elements: list[dict[str, object]] = []
    for number, each in enumerate(lines):
        if number:
            elements.append({"type": "text", "text": "\n"})
        elements += _elements(each)
    section = {"type": "rich_text_section", "elements": elements}
    return msgspec.json.encode([{"type": "rich_text", "elements": [section]}]).decode()


def _elements(each: Line) -> list[dict[str, object]]:
    found = []
    for run in each:
        element: dict[str, object] = {"type": "text", "text": run.text}
        if run.url:
            element |= {"type": "link", "url": run.url}
        if run.is_bold:
            element["style"] = {"bold": True}
        found.append(element)
    return found
