"""Bot walls: answers that come from a guard before the site, and say nothing of the feed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

HEAD_BYTES = 4096
"""Bytes of a page in which a guard's marks are looked for: they stand in its head."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A wall's mark: a header with one of these words in it, or text in the page."""

    name: str
    header: str = ""
    words: tuple[str, ...] = ()
    page: bytes = b""


_MARKS = (
    _Mark("Cloudflare", "cf-mitigated", ("challenge", "block")),
    _Mark("AWS WAF", "x-amzn-waf-action", ("challenge", "captcha")),
    _Mark("Vercel", "x-vercel-mitigated", ("challenge", "deny")),
    _Mark("Sucuri", "x-sucuri-block"),
    _Mark("Cloudflare", page=b"<title>Just a moment...</title>"),
    _Mark("Cloudflare", page=b"/cdn-cgi/challenge-platform/"),
    _Mark("AWS WAF", page=b".token.awswaf.com/"),
    _Mark("Imperva", page=b"_Incapsula_Resource"),
    _Mark("DataDome", page=b"captcha-delivery.com/"),
    _Mark("PerimeterX", page=b"px-captcha"),
    _Mark("Akamai", page=b"errors.edgesuite.net"),
)
"""Sources: the guards' own documentation of their headers; the pages that they serve."""


def wall(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return the name of the guard that answered in place of the site, or None."""
    head = body[:HEAD_BYTES]
    is_page = "html" in headers.get("content-type", "html")
    for mark in _MARKS:
        if mark.header:
            value = headers.get(mark.header)
            if value is not None and (not mark.words or value.strip().lower() in mark.words):
                return mark.name
        elif is_page and mark.page in head:
            return mark.name
    # A 202 without a body is how AWS asks for a script to be run first.
    return "AWS WAF" if status == 202 and not body else None
