"""ntfy: notifications of a topic. Address: `topic` (of ntfy.sh), or `NAME/topic`.

Words go as plain text. A server from 2.16 on replaces a notification by its sequence id, and names
that id in its answer; an older one says nothing of it and would show a second notification.
Source: docs.ntfy.sh, Publishing (publish as JSON; updating notifications), and the answers of
binwiederhier/ntfy 2.13 and 2.16.
"""

import base64

import msgspec

from services.errors import ConfigError
from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Account,
    Entries,
    Service,
    judged,
    read,
)
from services.notifier.targets.lines import (
    VIEW,
    Lines,
    articles_of,
    links_of,
    plain,
    rendered,
    titled,
    without_links,
    without_past,
)
from services.notifier.targets.target import Done, Later, Outcome, Refused, beside
from services.notifier.texts.plain import cut
from services.ports import Poster
from services.text.hashes import digest

SERVER = "https://ntfy.sh"

MOST_MESSAGE_BYTES = 3_500
"""Bytes of a message. A server takes 4,096; more becomes an attachment."""

LONGEST_LINK = 600
"""Characters of the address of an action.

A server reads 8,192 bytes of a request, twice the size of a message: these, three actions of this
size and an article's address of 2,000 have less.
"""

MOST_ACTIONS = 3
"""Actions of a notification. Source: docs.ntfy.sh, Action buttons."""

LONGEST_TITLE = 200
"""Characters of a title: four lines of a phone."""

_HIGH, _DEFAULT, _LOW = 4, 3, 2
"""Priorities: with a long sound, with one, without."""

_CORRECTIONS = frozenset({"denied", "corrected", "retracted"})

_OLD = "old/"
"""Begins the handle of a server that replaces nothing. Behind it stands the last revision that
rang."""


class Answer(msgspec.Struct, frozen=True):
    """What ntfy answers: a message, or an error.

    - `sequence_id`: of servers from 2.16 on. `code`: an error; the HTTP status and two digits.
    """

    id: str = ""
    sequence_id: str = ""
    code: int = 0
    error: str = ""


class NtfyTarget(Service):
    """Topics of ntfy. A handle is a sequence id; of an old server `old/` and a number."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Publish a notification. A repeat replaces it, where the server can."""
        priority = _priority(content)
        return await self._publish(address, content, digest(content.key), priority)

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace a notification without a sound.

        An old server gets the change as a notification of its own, which rings if the change does.
        """
        if handle.startswith(_OLD):
            sequence = digest(letter.key)
            return await self._publish(address, letter, sequence, _priority(letter), handle)
        return await self._publish(address, letter, handle, _LOW)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Publish a change as a notification of its own, unless an edit of an old server did."""
        if handle.startswith(_OLD) and _rung(handle) >= letter.revision.number:
            return Done(handle)
        told, sequence = without_past(letter), digest(letter.key, "note")
        done = await self._publish(address, told, sequence, _priority(letter), handle)
        return done if handle.startswith(_OLD) else beside(done, handle)

    async def _publish(
        self, address: str, content: Content, sequence: str, priority: int, handle: str = ""
    ) -> Outcome:
        name, _, topic = address.rpartition("/")
        reached = _reach(self._poster, self._entries, name)
        if isinstance(reached, Later):
            return reached
        at, headers = reached
        body = _body(topic, content, sequence, priority)
        answer = await at.ask("POST", f"{at.server}/", body, headers)
        if isinstance(answer, Later | Refused):
            return answer
        told = read(answer, Answer)
        verdict = judged(answer, told.error, at, is_own=told.code // 100 == answer.status)
        if verdict is not None:
            return verdict
        if not told.id:
            return Later("the answer is not one of ntfy")
        if told.sequence_id == sequence:
            return Done(sequence)
        rang = content.revision.number if isinstance(content, Letter) and content.rings else 0
        return Done(f"{_OLD}{max(rang, _rung(handle))}")


def _rung(handle: str) -> int:
    """Return the last revision that rang, by the handle of an old server."""
    number = handle.removeprefix(_OLD)
    return int(number) if handle.startswith(_OLD) and number.isdecimal() else 0


def _reach(poster: Poster, entries: Entries, name: str) -> tuple[Account, dict[str, str]] | Later:
    """Return how to reach a server, and the headers that it wants of us."""
    if not name:
        return Account(poster, SERVER, ""), {}
    try:
        entry = entries(name)
    except ConfigError as error:
        return Later(str(error))
    server = entry.get("server", SERVER).rstrip("/")
    if token := entry.get("token", ""):
        return Account(poster, server, token), {"authorization": f"Bearer {token}"}
    if password := entry.get("password", ""):
        login = base64.b64encode(f"{entry.get('user', '')}:{password}".encode()).decode()
        return Account(poster, server, password), {"authorization": f"Basic {login}"}
    return Account(poster, server, ""), {}


def _priority(content: Content) -> int:
    if not isinstance(content, Letter):
        return _DEFAULT
    if not content.rings:
        return _LOW
    return _HIGH if content.kind in _CORRECTIONS or content.revision.corrects else _DEFAULT


def _body(topic: str, content: Content, sequence: str, priority: int) -> dict[str, object]:
    """Return a request; its links are left out, the last ones first, if it would be too large."""
    body: dict[str, object] = {
        "topic": topic,
        "title": cut(titled(content), LONGEST_TITLE),
        "message": rendered(without_links(content), _message, MOST_MESSAGE_BYTES, _json_bytes),
        "priority": priority,
        "sequence_id": sequence,
    }
    links = [run for run in links_of(content) if len(run.url) <= LONGEST_LINK]
    view = [run for run in links if run.text == VIEW]
    if leads := [*view, *articles_of(content)]:
        body["click"] = leads[0].url
    if actions := [run for run in links if run.text != VIEW][:MOST_ACTIONS]:
        body["actions"] = [{"action": "view", "label": r.text, "url": r.url} for r in actions]
    return body


def _message(lines: Lines) -> str:
    """Return lines without the first, which is the title, unless a title can't hold it."""
    whole = len(plain(lines[:1])) <= LONGEST_TITLE and len(lines) > 1
    return plain(lines[1:] if whole else lines)


def _json_bytes(text: str) -> int:
    return len(msgspec.json.encode(text))
