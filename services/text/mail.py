"""Mail addresses, and the address of a mail server. Pure: nothing is looked up or connected to."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

MOST_ADDRESS_CHARS = 254
"""Characters of a mail address. Source: RFC 5321, 4.5.3.1.3, without the angle brackets."""

MOST_LOCAL_CHARS = 64
"""Characters before the "@". Source: RFC 5321, 4.5.3.1.1."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A dot-atom of RFC 5322. Quoted local parts are refused: nobody has one, and they hide much."""

_LABELS = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

Security = Literal["tls", "starttls", "none"]
"""How the connection to a mail server is kept secret: from its beginning, by a command, not."""

_SECURITY: dict[str, Security] = {"smtps": "tls", "smtp": "starttls", "smtp-plain": "none"}
_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
"""Source: RFC 8314 (465, 587) and RFC 5321 (25)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail. `user` is "" if it asks for no login."""

    host: str
    port: int
    security: Security
    user: str = ""


def mail_server(url: str) -> MailServer:
    """Return the server of `smtps://user@mail.example.org`. Raises ValueError with one sentence."""
    parts = urlsplit(url)
    security = _SECURITY.get(parts.scheme)
    if security is None:
        raise ValueError("it begins with smtps://, smtp:// (STARTTLS), or smtp-plain:// (no TLS)")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("it has the form smtps://user@host:port")
    if parts.password is not None:
        raise ValueError("the password stands in a setting of its own, not in the address")
    user = unquote(parts.username or "")
    if user and security == "none":
        raise ValueError("a login never goes without TLS: use smtps:// or smtp://")
    return MailServer(parts.hostname, parts.port or _PORTS[security], security, user)


def is_mail_server(url: str) -> bool:
    """Return True if `mail_server` can read an address."""
    try:
        mail_server(url)
    except ValueError:
        return False
    return True


def address_refusal(address: str) -> str | None:
    """Return in one sentence why a text is no mail address that we send to, or None."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "a mail address has the form ann@example.org"
    if len(address) > MOST_ADDRESS_CHARS or len(local) > MOST_LOCAL_CHARS:
        return (
            f"a mail address has at most {MOST_ADDRESS_CHARS} characters, "
            f'{MOST_LOCAL_CHARS} of them before the "@"'
        )
    if not _LOCAL.fullmatch(local):
        return f'{local!r} can\'t stand before the "@" of a mail address'
    return None if ascii_domain(domain) else f"{domain!r} is no domain of mail"


def ascii_domain(domain: str) -> str:
    """Return a domain as it is sent; "" for a text that is none."""
    try:
        found = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return found if _LABELS.fullmatch(found) else ""
