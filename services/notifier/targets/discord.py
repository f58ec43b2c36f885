"""Discord: posts and edits by a webhook of a channel. Address: `NAME`.

A webhook opens no thread in a text channel, so a change that rings is a message of its own.
Source: discord/discord-api-docs of 6 August 2026 (API v10): Execute Webhook, Edit Webhook Message,
Allowed Mentions, JSON error codes.
"""

import re
from urllib.parse import quote

import msgspec

from services.channels import DISCORD_WEBHOOK
from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Account,
    Service,
    judged,
    reach,
    read,
    said,
)
from services.notifier.targets.lines import Lines, Run, rendered, without_past
from services.notifier.targets.target import Later, Outcome, Refused, beside, bounded, taken
from services.ports import HttpAnswer

MOST_CHARS = 2_000
"""Characters of a message, with its escapes and addresses."""

LONGEST_LINK = 300
"""Characters of an address that stands in a message: several fit."""

_SUPPRESS_EMBEDS = 1 << 2
_SUPPRESS_NOTIFICATIONS = 1 << 12

_UNKNOWN_MESSAGE = 10_008
_PASSING = frozenset({20_028, 30_046, 130_000})
"""Codes of limits that pass, whatever their status."""

_FIRST_CODE = 10_001
"""The smallest code of an error. Those without one have 0, and the HTTP status in their message."""

_SYNTAX = re.compile(r"([\\*_~`|<>\[\]()#@:])")
_BEGINNING = re.compile(r"(?m)^([-+]|\d+(?=\.))")


class Answer(msgspec.Struct, frozen=True):
    """What Discord answers: a message, or an error. `retry_after`: seconds."""

    id: str = ""
    code: int = 0
    message: str = ""
    retry_after: float | None = None


class DiscordTarget(Service):
    """Webhooks of Discord. A handle is the id of a message."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Post a message; without a sound unless it rings."""
        rings = not isinstance(content, Letter) or content.rings
        return await self._post(address, content, rings)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Post the change as a message of its own."""
        done = await self._post(address, without_past(letter), rings=True)
        return beside(done, handle)

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace a message. Discord makes no sound of it."""
        at = self._reach(address)
        if isinstance(at, Later):
            return at
        body = {"content": _text(letter), "allowed_mentions": {"parse": []}}
        url = f"{at.server}/messages/{quote(handle, safe='')}"
        return _outcome(await at.ask("PATCH", url, body, {}), at)

    def _reach(self, name: str) -> Account | Later:
        """Return the account of a webhook, whose address ends with its secret."""
        at = reach(self._poster, self._entries, name, "-", "url")
        if isinstance(at, Later):
            return at
        webhook = DISCORD_WEBHOOK.fullmatch(at.secret)
        if webhook is None:
            return Later(f"the url of the entry {name} of the channels' secrets is no webhook's")
        return Account(self._poster, at.secret, webhook["token"])

    async def _post(self, address: str, content: Content, rings: bool) -> Outcome:
        at = self._reach(address)
        if isinstance(at, Later):
            return at
        body = {
            "content": _text(content),
            "allowed_mentions": {"parse": []},
            "flags": _SUPPRESS_EMBEDS | (0 if rings else _SUPPRESS_NOTIFICATIONS),
        }
        return _outcome(await at.ask("POST", f"{at.server}?wait=true", body, {}), at)


def _outcome(answer: HttpAnswer | Later | Refused, at: Account) -> Outcome:
    if isinstance(answer, Later | Refused):
        return answer
    told = read(answer, Answer)
    why = said(answer, told.message, at)
    if told.code == _UNKNOWN_MESSAGE:
        return Refused(why, is_lost=True)
    if told.code in _PASSING:
        return Later(why, bounded(told.retry_after), is_busy=True)
    is_own = told.code >= _FIRST_CODE or told.message.startswith(f"{answer.status}: ")
    verdict = judged(answer, told.message, at, told.retry_after, is_own=is_own)
    if verdict is not None:
        return verdict
    return taken(told.id) if told.id else Later("the answer is not one of Discord")


def _text(content: Content) -> str:
    return rendered(content, _markdown, MOST_CHARS)


def escaped(text: str) -> str:
    """Return a text in which Discord finds no Markdown, no mention and no link."""
    return _BEGINNING.sub(r"\\\1", _SYNTAX.sub(r"\\\1", text))


def _markdown(lines: Lines) -> str:
    return "\n".join("".join(map(_run, each)) for each in lines)


def _run(run: Run) -> str:
    text = escaped(run.text)
    if run.url and len(run.url) <= LONGEST_LINK:
        url = run.url.replace("(", "%28").replace(")", "%29")
        text = f"[{text}](<{url}>)"
    return f"**{text}**" if run.is_bold else text
