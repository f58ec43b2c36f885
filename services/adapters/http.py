"""HTTP to addresses that outsiders choose.

The address of every hop is checked, and exactly that one is used.

The client is httpcore's single connection, a new one for each request. Nothing is kept between
requests, neither connections nor cookies, and every byte is counted. All errors are TransientError
or InvalidMessage.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager

import httpcore
import httpx

from services.adapters.coding import ACCEPTED, MAX_BODY_BYTES, Body
from services.adapters.network import MAX_HEAD_BYTES, Guarded, Meter
from services.adapters.resolve import Resolver
from services.addresses import Allowed, port_refusal
from services.errors import ConfigError, InvalidMessage, ReportedlyError, TransientError
from services.ports import HttpAnswer

MAX_CHUNKS = 100_000
"""Chunks of one body: a second of work at 10 µs each.

The largest body in lines of 100 bytes has as many.
"""

MAX_WIRE_BYTES = MAX_BODY_BYTES + MAX_HEAD_BYTES + 1024 * 1024
"""Bytes of one answer: an unencoded body, its headers, and a tenth for the framing of chunks."""

MAX_REDIRECTS = 5
"""Redirects of one fetch."""
FETCH_SECONDS = 30.0
"""Seconds of a whole fetch, redirects included."""

POST_SECONDS = 15.0
"""Seconds of a whole post. Standard Webhooks asks receivers to answer within 15 to 30 s."""

STEP_SECONDS = 10.0
"""Seconds of one connect, read, or write."""

YIELD_SECONDS = 0.005
"""Seconds that reading one answer may block the event loop before other tasks run."""

_NOT_SECRET = frozenset({"accept", "if-none-match", "if-modified-since", "user-agent"})
"""Headers that follow a redirect to another origin. Any other may hold a secret of the first."""

_REDIRECTS = (301, 302, 303, 307, 308)
_TIMEOUTS = {
    "connect": STEP_SECONDS,
    "read": STEP_SECONDS,
    "write": STEP_SECONDS,
    "pool": STEP_SECONDS,
}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpFetcher:
    """GET with at most five redirects, each checked like the first address.

    Use from one event loop.
    """

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        """Raises ConfigError for a user agent that can't be sent."""
        self._client = _Client(user_agent, allowed)

    async def get(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Fetch `url`.

        Raises TransientError (no whole answer, too slow) or InvalidMessage (refused, unreadable,
        too large).
        """
        with _verdicts(url):
            async with _deadline(url, FETCH_SECONDS):
                return await self._follow(_parsed(url), headers)

    async def _follow(self, url: httpx.URL, headers: Mapping[str, str]) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._client.ask("GET", url, headers, None)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            hop = _next_hop(url, answer.headers["location"])
            if _origin(hop) != _origin(url):
                headers = {k: v for k, v in headers.items() if k.lower() in _NOT_SECRET}
            url = hop
        raise InvalidMessage("too-many-redirects", f"{url}: more than {MAX_REDIRECTS} redirects")


class HttpPoster:
    """POST with the same checks. Redirects are not followed, and no body is read.

    Use from one event loop.
    """

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        """Raises ConfigError for a user agent that can't be sent."""
        self._client = _Client(user_agent, allowed)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Post `body`.

        Raises TransientError (no answer, too slow) or InvalidMessage (refused, unreadable).
        """
        with _verdicts(url):
            async with _deadline(url, POST_SECONDS):
                return await self._client.ask("POST", _parsed(url), headers, body)


class _Client:
    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        try:
            self._common = _encoded(
                {"User-Agent": user_agent, "Accept": "*/*", "Connection": "close"}
            )
        except InvalidMessage as error:
            raise ConfigError(f"REPORTEDLY_USER_AGENT can't be sent: {error.detail}") from error
        self._allowed = allowed
        self._resolver = Resolver()
        self._tls = httpx.create_ssl_context(trust_env=False)

    async def ask(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None
    ) -> HttpAnswer:
        """Send one request.

        Only the answer to a GET has its body, decoded; other bodies are not read.
        """
        meter = Meter(str(url))
        port = url.port or _DEFAULT_PORTS[url.scheme]
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path
        )
        connection = httpcore.AsyncHTTPConnection(
            target.origin,
            ssl_context=self._tls,
            network_backend=Guarded(self._resolver, self._allowed, meter),
        )
        sent = self._headers(url, headers, body)
        try:
            response = await connection.handle_async_request(
                httpcore.Request(
                    method, target, headers=sent, content=body, extensions={"timeout": _TIMEOUTS}
                )
            )
            meter.limit = MAX_WIRE_BYTES
            got = _decoded(response.headers)
            content = (
                await _read(str(url), response, Body(str(url), got.get("content-encoding", "")))
                if method == "GET"
                else b""
            )
            return HttpAnswer(status=response.status, url=str(url), headers=got, body=content)
        finally:
            await connection.aclose()

    def _headers(
        self, url: httpx.URL, given: Mapping[str, str], body: bytes | None
    ) -> list[tuple[bytes, bytes]]:
        own = {b"host": url.netloc, **self._common}
        if body is None:
            own[b"accept-encoding"] = ACCEPTED.encode()
        else:
            own[b"content-length"] = str(len(body)).encode()
        if url.userinfo:
            word = base64.b64encode(f"{url.username}:{url.password}".encode())
            own[b"authorization"] = b"Basic " + word
        return list((own | _encoded(given)).items())


async def _read(about: str, response: httpcore.Response, body: Body) -> bytes:
    assert isinstance(response.stream, AsyncIterable)
    begun, n_chunks = time.monotonic(), 0
    async for chunk in response.stream:
        n_chunks += 1
        if n_chunks > MAX_CHUNKS:
            raise InvalidMessage(
                "too-large", f"{about}: the body comes in more than {MAX_CHUNKS} pieces"
            )
        for _ in body.steps(chunk):
            if time.monotonic() - begun > YIELD_SECONDS:
                await asyncio.sleep(0)
                begun = time.monotonic()
    return body.whole()


@contextmanager
def _verdicts(url: str) -> Iterator[None]:
    """Turn every error of the client into one that the caller handles."""
    try:
        yield
    except ReportedlyError:
        raise
    except httpcore.LocalProtocolError as error:
        raise InvalidMessage(
            "bad-request", f"{url[:500]}: the request can't be sent: {error}"
        ) from error
    except Exception as error:
        # All errors: the peer chooses what the libraries below have to read.
        raise TransientError(f"{url[:500]}: {type(error).__name__}: {error}"[:1_000]) from error


@asynccontextmanager
async def _deadline(url: str, seconds: float) -> AsyncIterator[None]:
    """Bound the time of a whole request, whatever the client's own limits do."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TransientError(f"{url[:500]}: no whole answer within {seconds:.0f} s") from error


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: {error}") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: only http and https addresses are asked")
    why = port_refusal(parsed.port)
    if why is not None:
        raise InvalidMessage("refused-address", f"{url[:500]!r}: {why}")
    return parsed


def _next_hop(url: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidMessage(
            "bad-url", f"{url} redirects to {location[:500]!r}: {error}"
        ) from error
    found = _parsed(joined)
    if url.scheme == "https" and found.scheme == "http":
        raise InvalidMessage(
            "refused-address", f"{url} redirects to {found}: from https to http is not followed"
        )
    return found


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _DEFAULT_PORTS[url.scheme]


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return headers as they are sent, names in lower case. Raises InvalidMessage."""
    try:
        return {
            name.lower().encode("ascii"): value.encode("latin-1") for name, value in headers.items()
        }
    except UnicodeEncodeError as error:
        raise InvalidMessage(
            "bad-header", f"the header value {error.object[:100]!r} can't be sent: {error.reason}"
        ) from error


def _decoded(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers with names in lower case; repeated ones are joined by ", ".

    Values are Latin-1, so that each can be sent back unchanged.
    """
    got: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        got[name] = f"{got[name]}, {value}" if name in got else value
    return got
