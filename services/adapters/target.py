"""Where a request goes: addresses of requests and of redirects, read and checked. Pure."""

from dataclasses import dataclass
from functools import lru_cache

import httpx

from services.adapters.network import Origin
from services.addresses import MAX_URL_CHARS, port_refusal, without_login
from services.errors import InvalidMessage

MAX_READ = 16_384
"""Addresses kept read: more than the feeds that one process polls."""

MAX_READ_CHARS = 256
"""Characters of an address that is kept read, so that one takes 5 KB at most."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """An address as a request needs it.

    - `url`: the whole address. `path`: its path and query, as they are sent.
    """

    url: str
    origin: Origin
    authority: bytes
    path: bytes


def read_target(url: str) -> Target:
    """Raises InvalidMessage for an address that is not asked.

    One with a user name or password is none: an outsider would choose what is sent to a third.
    """
    if len(url) > MAX_URL_CHARS:
        raise _too_long(url)
    return _kept(url) if len(url) <= MAX_READ_CHARS else _read(url)


def _read(url: str) -> Target:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: {error}") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: only http and https addresses are asked")
    why = port_refusal(parsed.port)
    if why is not None:
        raise InvalidMessage("refused-address", f"{url[:500]!r}: {why}")
    if parsed.userinfo:
        raise InvalidMessage(
            "bad-url", f"{without_login(url)[:500]!r}: it holds a user name or password"
        )
    whole = str(parsed)
    if len(whole) > MAX_URL_CHARS:
        raise _too_long(url)
    port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
    host = parsed.raw_host.decode("ascii")
    return Target(whole, Origin(parsed.scheme, host, port), parsed.netloc, parsed.raw_path)


_kept = lru_cache(maxsize=MAX_READ)(_read)


def _too_long(url: str) -> InvalidMessage:
    return InvalidMessage(
        "bad-url", f"{without_login(url)[:500]!r}: over {MAX_URL_CHARS} characters"
    )


def next_target(target: Target, location: str) -> Target:
    """Return where a redirect leads. Raises InvalidMessage."""
    try:
        joined = str(httpx.URL(target.url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidMessage(
            "bad-url", f"{target.url} redirects to {location[:500]!r}: {error}"
        ) from error
    return read_target(joined)
