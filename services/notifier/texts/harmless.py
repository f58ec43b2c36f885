"""Words of articles made harmless: one line, no link, no character that hides or turns others.

Every renderer puts words of articles through `line`, and addresses through `web_link`, before it
escapes them for its own format.
"""

from urllib.parse import quote, urlsplit

import regex

MOST_MARKS = 4
"""Combining marks on one letter that are kept.

Source: Vietnamese needs two, Hebrew with vowels and accents three, Tibetan four. More are stacked
to cover the lines above.
"""

MOST_LINK_CHARS = 2_000
"""Characters of a link. Longer ones are broken by clients, whose common limit is 2,048."""

_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]+")
r"""Controls, private characters, and those that are not drawn: bidi, zero width, tags, fillers."""

_STACKED = regex.compile(rf"(\p{{M}}{{{MOST_MARKS}}})\p{{M}}+")

JOINER = "\u2060"
"""A word joiner: it is not seen, and no client takes it for a part of an address."""

DOTS = ".\u3002\uff0e\uff61"
"""Full stops that part the labels of a domain. Source: RFC 3490, 3.1."""

_SEAMS = regex.compile(
    rf"(?<=[{DOTS}])(?=\p{{L}}[\p{{L}}\p{{M}}\p{{N}}-])"
    r"|(?<=\p{L}:)(?=\S)|(?<=:)(?=//)"
    r"|(?<=\b\d{1,3}\.)(?=\d{1,3}\.\d{1,3}\.\d{1,3}\b)"
)
"""Where clients find an address: before a top-level domain (letters first, two at least: RFC 1123,
2.1; IANA's root zone), behind a scheme (RFC 3986, 3.1), in an IPv4 address."""

_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
"""Reserved characters of RFC 3986, and the percent sign, which stay as they are."""


def line(text: str) -> str:
    """Return a text on one line, as `visible` does, in which no client finds a link.

    Mail and chat clients make links of bare domains and of addresses of mail ("evil.example"). A
    word joiner stands before their last part, and is seen by nobody.
    """
    parted: str = _SEAMS.sub(JOINER, visible(text))
    return parted


def visible(text: str) -> str:
    """Return a text on one line, without invisible characters and stacks of marks."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return " ".join(_STACKED.sub(r"\1", _INVISIBLE.sub("", text)).split())


def web_link(url: str) -> str:
    """Return an address that may be a link, in ASCII; "" for one that may not.

    It leads to http or https and shows its host: a user name before the host is refused.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    is_usable = parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc
    if not is_usable:
        return ""
    host = f"[{host}]" if ":" in host else host
    behind = "".join(
        (parts.path, parts.query and f"?{parts.query}", parts.fragment and f"#{parts.fragment}")
    )
    link = f"{parts.scheme}://{host}{port}{quote(behind, safe=_URL_SAFE)}"
    return link if len(link) <= MOST_LINK_CHARS else ""
