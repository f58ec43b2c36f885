"""HTTP to addresses that outsiders chose: every hop's address is checked, then connected to as checked."""

import asyncio
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx

from services.addresses import Allowed, address_refusal, port_refusal
from services.errors import InvalidMessage, TransientError
from services.ports import HttpAnswer

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Decoded: no feed seen comes near it, and a compression bomb ends here."""

MAX_REDIRECTS = 5
DEADLINE_SECONDS = 30.0
_STEP_TIMEOUT = httpx.Timeout(10.0)
# No connection is kept: they are opened to an address, and two hosts at one address must not share TLS.
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=0)


class HttpxFetcher:
    """GET with redirects followed by hand, at most five, each checked like the first. Use from one event loop."""

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        self._allowed = allowed
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent}, trust_env=False, timeout=_STEP_TIMEOUT, limits=_LIMITS
        )

    async def get(self, url: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Raises TransientError (no answer, too slow) or InvalidMessage (refused address, too large)."""
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._follow(_parsed(url), headers)
        except TimeoutError as error:
            raise TransientError(f"{url}: no whole answer within {DEADLINE_SECONDS:.0f} s") from error

    async def _follow(self, url: httpx.URL, headers: Mapping[str, str]) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._hop(url, headers)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            url = _next_hop(url, answer.headers["location"])
        raise InvalidMessage("too-many-redirects", f"{url}: more than {MAX_REDIRECTS} redirects")

    async def _hop(self, url: httpx.URL, headers: Mapping[str, str]) -> HttpAnswer:
        with _verdicts(url):
            found = await asyncio.get_running_loop().getaddrinfo(url.host, url.port or 0, type=socket.SOCK_STREAM)
        error: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in _checked(url, [str(row[4][0]) for row in found], self._allowed):
            request = _pinned(self._client.build_request("GET", url, headers=dict(headers)), url, address)
            try:
                with _verdicts(url):
                    return await self._read(request, url)
            except _UnreachableError as failed:
                error = failed.error
        raise TransientError(f"{url}: can't connect: {error}")

    async def _read(self, request: httpx.Request, url: httpx.URL) -> HttpAnswer:
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                _refuse_large(url, len(body))
            return _answer(response, url, bytes(body))
        finally:
            await response.aclose()


class HttpxPoster:
    """POST under the same guard; a redirect is an answer like any other, never followed."""

    def __init__(self, user_agent: str, allowed: Allowed) -> None:
        self._allowed = allowed
        self._client = httpx.Client(headers={"User-Agent": user_agent}, trust_env=False, timeout=_STEP_TIMEOUT, limits=_LIMITS)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Raises TransientError (no answer, too slow) or InvalidMessage (refused address, too large)."""
        parsed = _parsed(url)
        with _verdicts(parsed):
            found = socket.getaddrinfo(parsed.host, parsed.port or 0, type=socket.SOCK_STREAM)
        error: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in _checked(parsed, [str(row[4][0]) for row in found], self._allowed):
            request = _pinned(self._client.build_request("POST", parsed, headers=dict(headers), content=body), parsed, address)
            try:
                with _verdicts(parsed):
                    return self._read(request, parsed)
            except _UnreachableError as failed:
                error = failed.error
        raise TransientError(f"{url}: can't connect: {error}")

    def _read(self, request: httpx.Request, url: httpx.URL) -> HttpAnswer:
        until = time.monotonic() + DEADLINE_SECONDS
        response = self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                _refuse_large(url, len(body))
                if time.monotonic() > until:
                    raise TransientError(f"{url}: no whole answer within {DEADLINE_SECONDS:.0f} s")
            return _answer(response, url, bytes(body))
        finally:
            response.close()


class _UnreachableError(Exception):
    """One address of a host doesn't accept connections; the next may."""

    def __init__(self, error: httpx.ConnectError | httpx.ConnectTimeout) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def _verdicts(url: httpx.URL) -> Iterator[None]:
    """Turn what the client raises into what the caller acts on."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise _UnreachableError(error) from error
    except (httpx.HTTPError, httpx.StreamError, UnicodeError, OSError) as error:
        raise TransientError(f"{url}: {type(error).__name__}: {error}") from error


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, UnicodeError) as error:
        raise InvalidMessage("bad-url", f"{url!r}: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise InvalidMessage("bad-url", f"{url!r}: only http and https addresses are fetched")
    why = port_refusal(parsed.port)
    if why is not None:
        raise InvalidMessage("refused-address", f"{url!r}: {why}")
    return parsed


def _next_hop(url: httpx.URL, location: str) -> httpx.URL:
    found = _parsed(str(url.join(location)))
    if url.scheme == "https" and found.scheme == "http":
        raise InvalidMessage("refused-address", f"{url} redirects to {found}: from https to http is not followed")
    return found


def _checked(url: httpx.URL, addresses: Sequence[str], allowed: Allowed) -> list[str]:
    """Return the addresses, each once. Raises InvalidMessage if any is refused: a public name must not lead inside."""
    for address in addresses:
        why = address_refusal(address, allowed)
        if why is not None:
            raise InvalidMessage("refused-address", f"{url}: {url.host} is at {address}, which {why}")
    return list(dict.fromkeys(addresses))


def _pinned(request: httpx.Request, url: httpx.URL, address: str) -> httpx.Request:
    """Return the request aimed at the checked address; Host and TLS (name and certificate) keep the name."""
    request.url = url.copy_with(host=address.partition("%")[0])
    if url.scheme == "https":
        request.extensions = {**request.extensions, "sni_hostname": url.host}
    return request


def _refuse_large(url: httpx.URL, n_bytes: int) -> None:
    if n_bytes > MAX_BODY_BYTES:
        raise InvalidMessage("too-large", f"{url}: the body is over {MAX_BODY_BYTES // 2**20} MB")


def _answer(response: httpx.Response, url: httpx.URL, body: bytes) -> HttpAnswer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return HttpAnswer(status=response.status_code, url=str(url), headers=headers, body=body)
