"""Where a request goes: addresses of requests and of redirects, read and checked. Pure."""

import base64
from dataclasses import dataclass
from functools import lru_cache

import httpx

from services.adapters.network import Origin
from services.addresses import port_refusal
from services.errors import InvalidMessage

MAX_READ = 16_384
"""Addresses kept read, about 1 KB each: more than the feeds that one process polls."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """An address as a request needs it.

    - `url`: the whole address. `path`: its path and query, as they are sent.
    - `login`: the Authorization header of its user name and password, or None.
    """

    url: str
    origin: Origin
    authority: bytes
    path: bytes
    login: bytes | None


@lru_cache(maxsize=MAX_READ)
def read_target(url: str) -> Target:
    """Raises InvalidMessage for an address that is not asked."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: {error}") from error
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise InvalidMessage("bad-url", f"{url[:500]!r}: only http and https addresses are asked")
    why = port_refusal(parsed.port)
    if why is not None:
        raise InvalidMessage("refused-address", f"{url[:500]!r}: {why}")
    login = None
    if parsed.userinfo:
        word = base64.b64encode(f"{parsed.username}:{parsed.password}".encode())
        login = b"Basic " + word
    port = parsed.port or _DEFAULT_PORTS[parsed.scheme]
    host = parsed.raw_host.decode("ascii")
    return Target(
        str(parsed), Origin(parsed.scheme, host, port), parsed.netloc, parsed.raw_path, login
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
