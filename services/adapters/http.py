"""HTTP to addresses that outsiders choose.

The address of every hop is checked, and exactly that one is used. A connection is kept for the next
request to its origin, with the address that was checked. Cookies are kept along the redirects of
one fetch alone. Every byte is counted. All errors are TransientError or InvalidMessage.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext

import httpx

from services.adapters.coding import ACCEPTED, MAX_BODY_BYTES, Body, Room
from services.adapters.cookies import Cookies
from services.adapters.network import MAX_HEAD_BYTES, Connection, Dialler, Idle, Meter
from services.adapters.resolve import Resolver
from services.adapters.target import Target, next_target, read_target
from services.adapters.wire import Framing, Head, head_end, read_head
from services.addresses import Allowed
from services.errors import ConfigError, InvalidMessage, ReportedlyError, TransientError
from services.ports import Hop, HttpAnswer, Method, Turn

MAX_WIRE_BYTES = MAX_BODY_BYTES + MAX_HEAD_BYTES + 1024 * 1024
"""Bytes of one answer: an unencoded body, its headers, and a tenth for the framing of chunks."""

MAX_REDIRECTS = 5
"""Redirects of one fetch."""
FETCH_SECONDS = 30.0
"""Seconds of a whole fetch, redirects included."""

POST_SECONDS = 15.0
"""Seconds of a whole post. Standard Webhooks asks receivers to answer within 15 to 30 s."""

YIELD_SECONDS = 0.005
"""Seconds that reading one answer may block the event loop before other tasks run."""

_REDIRECTS = (301, 302, 303, 307, 308)
_GZIP = b"\x1f\x8b\x08"
_PUBLIC = frozenset(
    {b"accept", b"accept-language", b"user-agent", b"if-none-match", b"if-modified-since"}
)
"""Headers that may go to another origin than the one that was asked for; any other may be a
secret."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class HttpFetcher:
    """GET with at most five redirects, each checked like the first address.

    Use from one event loop.
    """

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        """Raises ConfigError for a user agent that can't be sent."""
        self._client = _Client(user_agent, allowed)

    async def get(
        self, url: str, headers: Mapping[str, str], turn: Turn = nullcontext
    ) -> HttpAnswer:
        """Fetch `url`. The time in which it waits for a turn does not count.

        A redirect to another origin gets none of the headers that may be secrets, and one from
        https to http is followed only without them.

        Raises what `turn` raises, TransientError (no whole answer, too slow) or InvalidMessage
        (refused, unreadable, too large).
        """
        with _verdicts(url):
            return await self._follow(read_target(url), _encoded(headers), turn)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._client.idle.close()

    async def _follow(self, first: Target, headers: dict[bytes, bytes], turn: Turn) -> HttpAnswer:
        cookies, hops, target, left = Cookies(), list[Hop](), first, FETCH_SECONDS
        has_secrets = any(name not in _PUBLIC for name in headers)
        while len(hops) <= MAX_REDIRECTS:
            if target.origin != first.origin:
                headers = {name: value for name, value in headers.items() if name in _PUBLIC}
            sent = headers
            is_secure = target.origin.scheme == "https"
            cookie = cookies.header(target.origin.host, is_secure)
            if cookie is not None:
                sent = {**sent, **_encoded({"Cookie": cookie})}
            async with turn(target.url):
                began = time.monotonic()
                async with _deadline(first.url, FETCH_SECONDS, left):
                    head, body = await self._client.fetch(target, sent)
                left -= time.monotonic() - began
            places = head.values("location")
            if head.status not in _REDIRECTS or not places:
                return HttpAnswer(head.status, target.url, head.joined(), body, tuple(hops))
            cookies.take(target.origin.host, is_secure, head.values("set-cookie"))
            hops.append(Hop(head.status, target.url))
            target = _checked(target, next_target(target, places[0]), has_secrets)
        raise InvalidMessage(
            "too-many-redirects", f"{target.url}: more than {MAX_REDIRECTS} redirects"
        )


class HttpPoster:
    """One request with the same checks. Redirects are not followed.

    Use from one event loop.
    """

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        """Raises ConfigError for a user agent that can't be sent."""
        self._client = _Client(user_agent, allowed)

    async def call(
        self,
        method: Method,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        answer_bytes: int = 0,
    ) -> HttpAnswer:
        """Send one request on a connection of its own, which is closed after the answer.

        Raises TransientError (no whole answer, too slow) or InvalidMessage (refused, unreadable,
        too large).
        """
        with _verdicts(url):
            async with _deadline(url, POST_SECONDS):
                target = read_target(url)
                head, content = await self._client.call(
                    method, target, _encoded(headers), body, answer_bytes
                )
                return HttpAnswer(head.status, target.url, head.joined(), content)


class _Stale(Exception):
    """A kept connection was closed by the peer before the request reached it."""


class _Client:
    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        try:
            self._common = _encoded({"User-Agent": user_agent, "Accept": "*/*"})
        except InvalidMessage as error:
            raise ConfigError(f"REPORTEDLY_USER_AGENT can't be sent: {error.detail}") from error
        tls = httpx.create_ssl_context(trust_env=False)
        self._dialler = Dialler(Resolver(), allowed, tls)
        self.idle = Idle()
        self._room = Room()

    async def fetch(self, target: Target, headers: Mapping[bytes, bytes]) -> tuple[Head, bytes]:
        """Send a GET, on a kept connection if there is one. Return its answer, decoded."""
        request = self._request("GET", target, {b"accept-encoding": ACCEPTED.encode(), **headers})
        kept = self.idle.take(target.origin)
        if kept is not None:
            try:
                return await self._exchange(kept, target, request, is_kept=True)
            except _Stale:
                # A GET may be sent again (RFC 9112, 9.3.1).
                pass
        connection = await self._dialler.dial(target.origin)
        return await self._exchange(connection, target, request, is_kept=False)

    async def call(
        self,
        method: Method,
        target: Target,
        headers: Mapping[bytes, bytes],
        body: bytes,
        answer_bytes: int,
    ) -> tuple[Head, bytes]:
        """Send a request once. Return its answer, with a body if `answer_bytes` is not 0."""
        own = {b"connection": b"close"}
        if body or method != "GET":
            own[b"content-length"] = str(len(body)).encode()
        request = self._request(method, target, {**own, **headers}, body)
        connection = await self._dialler.dial(target.origin)
        try:
            if not answer_bytes:
                connection.write(request)
                head, _ = await _head(target.url, connection, Meter(target.url))
                return head, b""
            wire_bytes = answer_bytes + MAX_HEAD_BYTES
            head, content, _ = await self._answer(connection, target, request, wire_bytes)
            if len(content) > answer_bytes:
                raise InvalidMessage(
                    "too-large", f"{target.url}: the answer is over {answer_bytes // 1024} KiB"
                )
            return head, content
        finally:
            connection.close()

    async def _exchange(
        self, connection: Connection, target: Target, request: bytes, *, is_kept: bool
    ) -> tuple[Head, bytes]:
        may_stay = False
        try:
            head, content, may_stay = await self._answer(
                connection, target, request, MAX_WIRE_BYTES, is_kept=is_kept
            )
            return head, content
        finally:
            if may_stay and connection.is_ready:
                self.idle.give(target.origin, connection)
            else:
                connection.close()

    async def _answer(
        self,
        connection: Connection,
        target: Target,
        request: bytes,
        wire_bytes: int,
        *,
        is_kept: bool = False,
    ) -> tuple[Head, bytes, bool]:
        """Return head and body of an answer, and whether the connection may serve another."""
        meter = Meter(target.url)
        connection.write(request)
        head, rest = await _head(target.url, connection, meter, is_kept=is_kept)
        meter.limit = wire_bytes
        framing = Framing(target.url, head)
        if framing.is_whole:
            return head, b"", framing.may_stay and not rest
        body = Body(target.url, ", ".join(head.values("content-encoding")), self._room)
        try:
            content = await _body(connection, meter, framing, body, rest)
        finally:
            body.release()
        return head, content, framing.may_stay

    def _request(
        self, method: Method, target: Target, given: Mapping[bytes, bytes], body: bytes = b""
    ) -> bytes:
        own = {b"host": target.authority, **self._common, **given}
        lines = [b"%s %s HTTP/1.1" % (method.encode(), target.path)]
        lines += [b"%s: %s" % pair for pair in own.items()]
        return b"\r\n".join([*lines, b"", body])


async def _head(
    about: str, connection: Connection, meter: Meter, *, is_kept: bool = False
) -> tuple[Head, bytes]:
    """Read the head of the final answer. Return it with the bytes that came behind it."""
    data = b""
    while True:
        size = head_end(data)
        while not size:
            came = await connection.read()
            if not came:
                if is_kept and not data:
                    raise _Stale
                raise TransientError(f"{about}: incomplete: the answer ended before its body")
            meter.count(len(came))
            data += came
            size = head_end(data)
        head, data = read_head(about, data[:size]), data[size:]
        if not 100 <= head.status < 200 or head.status == 101:
            return head, data


async def _body(
    connection: Connection, meter: Meter, framing: Framing, body: Body, came: bytes
) -> bytes:
    """Read and decode a body. Raises TransientError if it ends early."""
    begun = time.monotonic()
    while not framing.is_whole:
        if not came:
            came = await connection.read()
            if not came:
                framing.end()
                break
            meter.count(len(came))
        for piece in framing.pieces(came):
            for _ in body.steps(piece):
                if time.monotonic() - begun > YIELD_SECONDS:
                    await asyncio.sleep(0)
                    begun = time.monotonic()
        came = b""
    whole = body.whole()
    return await _unpacked(framing.about, whole) if whole.startswith(_GZIP) else whole


async def _unpacked(about: str, packed: bytes) -> bytes:
    """Return the content of a gzip file, under the bounds of a coded body."""
    body = Body(about, "gzip")
    for _ in body.steps(packed):
        await asyncio.sleep(0)
    return body.whole()


@contextmanager
def _verdicts(url: str) -> Iterator[None]:
    """Turn every error of the client into one that the caller handles."""
    try:
        yield
    except ReportedlyError:
        raise
    except Exception as error:
        # All errors: the peer chooses what the libraries below have to read.
        raise TransientError(f"{url[:500]}: {type(error).__name__}: {error}"[:1_000]) from error


@asynccontextmanager
async def _deadline(url: str, seconds: float, left: float | None = None) -> AsyncIterator[None]:
    """Bound the time of a whole request, whatever the client's own limits do.

    `left`: what is left of the seconds.
    """
    try:
        async with asyncio.timeout(seconds if left is None else left):
            yield
    except TimeoutError as error:
        raise TransientError(f"{url[:500]}: no whole answer within {seconds:.0f} s") from error


def _checked(before: Target, after: Target, has_secrets: bool) -> Target:
    if has_secrets and before.origin.scheme == "https" and after.origin.scheme == "http":
        raise InvalidMessage(
            "refused-address",
            f"{before.url} redirects to {after.url}: credentials never go from https to http",
        )
    return after


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return headers as they are sent, names in lower case. Raises InvalidMessage."""
    found = {}
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or _CONTROL.search(value):
            raise InvalidMessage("bad-header", f"the header {name[:60]!r} can't be sent")
        try:
            found[name.lower().encode("ascii")] = value.encode("latin-1")
        except UnicodeEncodeError as error:
            # The value may be a secret, so it is not shown.
            raise InvalidMessage(
                "bad-header", f"the header {name[:60]!r} can't be sent: {error.reason}"
            ) from error
    return found
