"""Links of feeds: absolute web addresses, or none."""

from urllib.parse import urljoin, urlsplit

from lxml import etree

from services.poller.reading.decoding import REPLACEMENT
from services.poller.reading.tree import XML_BASE
from services.text.web_addresses import web_address

_PLACEHOLDERS = frozenset({"n/a", "na", "none", "null", "nil", "undefined", "-", "#", "tbd"})
"""What stands in the place of a link that does not exist."""


def web_link(link: str | None, base: str) -> str | None:
    """Return a link as a web address, resolved against `base`, or None.

    "www.herald.example/1" has lost its scheme, and takes that of the base. Feeds also carry
    `javascript:` links and worse.
    """
    plain = (link or "").strip()
    # A damaged address is none either.
    if not plain or REPLACEMENT in plain or plain.lower() in _PLACEHOLDERS:
        return None
    try:
        if plain[:4].lower() == "www." and "." in plain[4:]:
            plain = f"{urlsplit(base).scheme or 'https'}://{plain}"
        is_whole = plain.startswith(("https://", "http://"))
        return web_address(plain if is_whole else urljoin(base, plain))
    except ValueError:
        return None


def absolute(link: str | None) -> str | None:
    """Return a link that is a web address by itself, or None."""
    plain = (link or "").strip()
    return web_link(plain, "") if plain[:7].lower() in ("http://", "https:/") else None


def base_of(element: etree._Element, base: str) -> str:
    """Return the base of links in an element: the `xml:base` of it and of those above it."""
    bases = [value for e in (element, *element.iterancestors()) if (value := e.get(XML_BASE))]
    for value in reversed(bases):
        try:
            base = urljoin(base, value.strip())
        except ValueError:
            continue
    return base
