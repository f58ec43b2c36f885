"""Requests to services that answer in JSON, and what their answers mean for a delivery."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from services.errors import ConfigError, InvalidMessage, TransientError
from services.notifier.targets.target import NEVER_SENT, Later, Refused, bounded
from services.notifier.texts.harmless import visible
from services.notifier.texts.plain import cut
from services.ports import HttpAnswer, Method, Poster
from services.text.retry_after import number_of

ANSWER_BYTES = 256 * 1024
"""Bytes of an answer. Services repeat the message in it; the largest, of Slack, has 40,000
characters."""

LONGEST_SAID = 200
"""Characters of what a service says of a refusal that are kept."""

BUSY = 429
_PASSING = frozenset({407, 408, 425})
_GONE = frozenset({401, 403, 404, 410})
"""No key, no right, no such place: the owner has to change something, if the service says so."""

Entries = Callable[[str], Mapping[str, str]]
"""Returns the entry of a name in the file of secrets. Raises ConfigError."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """How a service is reached. Its repr shows nothing.

    - `server`: the beginning of its addresses, without a last slash. `secret`: what no reason of an
      outcome may show; "" for none.
    """

    poster: Poster
    server: str
    secret: str

    def __repr__(self) -> str:
        return "Account(…)"

    @property
    def bearer(self) -> dict[str, str]:
        """The header that carries the secret as a token (RFC 6750)."""
        return {"authorization": f"Bearer {self.secret}"}

    async def ask(
        self, method: Method, url: str, body: object, headers: Mapping[str, str]
    ) -> HttpAnswer | Later | Refused:
        """Send one request with a JSON body (None: without a body).

        Return the answer, whatever its status, or why there is none.
        """
        sent = {} if body is None else {"content-type": "application/json; charset=utf-8"}
        content = b"" if body is None else msgspec.json.encode(body)
        try:
            return await self.poster.call(method, url, sent | dict(headers), content, ANSWER_BYTES)
        except TransientError as error:
            return Later(self._shown(error, url))
        except InvalidMessage as error:
            told = self._shown(error, url)
            return Refused(told) if error.reason in NEVER_SENT else Later(told)

    def hidden(self, words: str) -> str:
        """Return words without the secret."""
        return words.replace(self.secret, "…") if self.secret else words

    def _shown(self, error: Exception, url: str) -> str:
        """Return a reason without the address, which may hold a secret."""
        server = self.hidden(self.server)
        return cut(visible(self.hidden(str(error).replace(url, server))), 2 * LONGEST_SAID)


class Service:
    """What the targets of services with accounts share: they edit, answer, and take digests."""

    can_edit = True
    can_thread = True
    takes_digests = True
    tells_each = False

    def __init__(self, poster: Poster, entries: Entries) -> None:
        self._poster = poster
        self._entries = entries


def reach(
    poster: Poster, entries: Entries, name: str, server: str, field: str = "token"
) -> Account | Later:
    """Return the account of an entry; Later while there is none, so that it goes once there is.

    `server`: the one to use if the entry names none. `field`: where its secret stands.
    """
    try:
        entry = entries(name)
    except ConfigError as error:
        return Later(str(error))
    if not entry.get(field):
        return Later(f"the entry {name} of the channels' secrets has no {field}: add it")
    found = entry.get("server", server).rstrip("/")
    if not found:
        return Later(f"the entry {name} of the channels' secrets has no server: add it")
    return Account(poster, found, entry[field])


def read(answer: HttpAnswer, form: type[T]) -> T:
    """Return the body of an answer as a form whose fields all have defaults.

    A body that is something else, such as the page of a proxy, is an empty form.
    """
    try:
        return msgspec.json.decode(answer.body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return form()


def said(answer: HttpAnswer, words: str, account: Account) -> str:
    """Return a reason: the status, and what the service says."""
    told = cut(visible(account.hidden(words)), LONGEST_SAID)
    return f"HTTP {answer.status}: {told}" if told else f"HTTP {answer.status}"


def judged(
    answer: HttpAnswer, words: str, account: Account, wait: float | None = None, *, is_own: bool
) -> Later | Refused | None:
    """Return what a status means, or None if the request was taken.

    - `wait`: the seconds that the body asks for; a Retry-After header counts first.
    - `is_own`: the body is an error in the form of the service. A proxy, a firewall, or a network
      that asks to sign in answers 401 to 410 too, and that passes.
    """
    reason = said(answer, words, account)
    asked = number_of(answer.headers.get("retry-after", ""))
    pause = bounded(wait if asked is None else asked)
    if 200 <= answer.status < 300:
        return None
    if answer.status == BUSY:
        return Later(reason, pause, is_busy=True)
    if not 400 <= answer.status < 500 or answer.status in _PASSING:
        # A redirect is that of a network that asks to sign in, or of a server that moves.
        return Later(reason, pause)
    if answer.status not in _GONE:
        return Refused(reason)
    return Refused(reason, is_gone=True) if is_own else Later(reason, pause)
