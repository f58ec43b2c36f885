"""The cookies of one fetch, kept along its redirects and dropped after it. Pure.

Sites set a cookie and redirect to the same address. Cookies kept longer would cost every request
more, and tell a site what was asked before. A cookie is for the host that set it alone, whatever
Domain it names: which domains have one owner is known only from a list (publicsuffix.org).
"""

from dataclasses import dataclass, field

MAX_COOKIES = 50
"""Cookies of one fetch. Source: RFC 6265, 6.1, asks browsers for at least as many a domain."""

MAX_COOKIE_BYTES = 4096
"""Characters of one cookie. Source: as above."""


@dataclass(frozen=True, slots=True)
class _Cookie:
    value: str
    is_secure: bool


@dataclass(slots=True)
class Cookies:
    """Cookies by host and name."""

    _kept: dict[tuple[str, str], _Cookie] = field(default_factory=dict)

    def take(self, host: str, is_secure: bool, lines: list[str]) -> None:
        """Take the Set-Cookie headers of an answer of `host`."""
        for line in lines:
            self._take(host, is_secure, line)

    def header(self, host: str, is_secure: bool) -> str | None:
        """Return the Cookie header of a request to `host`, or None."""
        pairs = [
            f"{name}={cookie.value}"
            for (owner, name), cookie in self._kept.items()
            if host == owner and (is_secure or not cookie.is_secure)
        ]
        return "; ".join(pairs) if pairs else None

    def _take(self, host: str, is_secure: bool, line: str) -> None:
        pair, *parts = line.split(";")
        name, equals, value = pair.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or len(pair) > MAX_COOKIE_BYTES:
            return
        words = {
            key.strip().lower(): rest.strip() for key, _, rest in (p.partition("=") for p in parts)
        }
        key = (host, name)
        if words.get("max-age", "1").startswith(("-", "0")):
            self._kept.pop(key, None)
        elif is_secure or "secure" not in words:
            self._kept.pop(key, None)
            if len(self._kept) < MAX_COOKIES:
                self._kept[key] = _Cookie(value, "secure" in words)
