"""Addresses of the web: one form for each, without what only tells where a reader came from."""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "at_", "hsa_", "mtm_", "pk_campaign", "pk_kwd", "stm_")
_TRACKING_NAMES = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "mc_cid",
        "mc_eid", "igshid", "xtor", "cmpid", "ns_campaign", "ns_source", "ns_mchannel", "smid",
        "ocid", "wt_mc", "jsessionid", "phpsessid", "_ga",
    }
)  # fmt: skip
"""Parameters that name where a reader came from, or the reader's session.

Source: the documentation of Google Analytics, Matomo (`mtm_`, `pk_`), AT Internet (`at_`, `xtor`),
Adobe (`cmpid`), and of the servers that put sessions into addresses.
"""

_TRACKING_WORDS = frozenset({"cmp", "mod", "ref"})
"""Parameters that do so unless their value is a number: `ref=rss`, but `ref=4711` is an article."""

_TRACKING_VALUES = {"source": frozenset({"rss", "feed"}), "from": frozenset({"rss", "feed"})}
"""Parameters that do so with these values only: `source=rss`."""

_FORMER_TRACKING = frozenset({"fbclid", "gclid", "dclid", "mc_cid", "mc_eid", "igshid"})
"""Those that versions knew whose rows of state have no `meaning`, beside `utm_`."""

_SESSION = re.compile(r";jsessionid=[^/?;]*", re.IGNORECASE)
"""A session in the path (Java Servlet 3.0, 7.1.3)."""

_BREAKS = {ord(character): None for character in "\t\r\n"}
_ORDINARY = re.compile(r"https?://[A-Za-z0-9.-]*[A-Za-z0-9](?::\d{1,4})?(?:[/?#]|\Z)")
"""An address that needs no closer look. Ports of five digits may be too large."""
_UNSEEN = frozenset({"Cf", "Zl", "Zp"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str | None:
    """Return the address in canonical form, or None if it is no web address.

    Without fragment, tracking parameters, and default port; the host is in lower case.
    """
    parts = _web(url.strip())
    if parts is None:
        return None
    return _joined(parts, _SESSION.sub("", parts.path), _kept(parts.query, _is_tracking))


def _joined(parts: SplitResult, path: str, query: str) -> str:
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    place = f"[{host}]" if ":" in host else host
    if parts.port and parts.port != _DEFAULT_PORTS[scheme]:
        place = f"{place}:{parts.port}"
    return urlunsplit((scheme, place, path or "/", query, ""))


def _web(url: str) -> SplitResult | None:
    """Return the parts of a web address, or None if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # Raises ValueError for one that is no number.
    except ValueError:
        return None
    has_host = (parts.hostname or "").rstrip(".")
    return parts if parts.scheme.lower() in _DEFAULT_PORTS and has_host else None


def web_address(link: str) -> str | None:
    """Return a link as an address to store and show, or None if it is no web address.

    Tabs and line breaks are removed, as browsers do. An address with another control character is
    refused, since it could control a terminal. Invisible characters (zero-width, direction) are
    percent-encoded.
    """
    plain = link.strip()
    if _ORDINARY.match(plain) and plain.isascii() and plain.isprintable():
        return plain
    plain = plain.translate(_BREAKS)
    kinds = {unicodedata.category(character) for character in plain}
    if kinds & {"Cc", "Cs"} or _web(plain) is None:
        return None
    if not kinds & _UNSEEN:
        return plain
    return "".join(
        quote(character) if unicodedata.category(character) in _UNSEEN else character
        for character in plain
    )


def _kept(query: str, is_tracking: Callable[[str, str], bool]) -> str:
    """Return the query without tracking parameters; unchanged, to the byte, if it has none."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(k, v) for k, v in pairs if not is_tracking(k.lower(), v.lower())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_tracking(name: str, value: str) -> bool:
    return (
        name.startswith(_TRACKING)
        or name in _TRACKING_NAMES
        or (name in _TRACKING_WORDS and not value.isdigit())
        or value in _TRACKING_VALUES.get(name, ())
    )


def _was_tracking(name: str, _: str) -> bool:
    return name.startswith("utm_") or name in _FORMER_TRACKING


def formerly_canonical_url(url: str) -> str | None:
    """Return the canonical form of earlier versions, or None if it is no web address.

    They knew fewer tracking parameters, and no session in the path.
    """
    parts = _web(url.strip())
    if parts is None:
        return None
    return _joined(parts, parts.path, _kept(parts.query, _was_tracking))
