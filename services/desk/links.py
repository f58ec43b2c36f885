"""Addresses of strangers: which of them may be a link."""

import re
from urllib.parse import urlsplit

LONGEST = 2_000
"""Characters of a link. Source: longer ones are broken by clients, whose common limit is 2,048."""

_ODD = re.compile(r"[\s<>\"'`\\^{|}\x00-\x1f\x7f]")


def web_link(url: object) -> str:
    """Return an address that may be a link: http or https, and whole; "" for any other.

    `javascript:` runs, `//[` can't be read, and brackets or blanks would end a link of Markdown.
    """
    if not isinstance(url, str) or len(url) > LONGEST or _ODD.search(url):
        return ""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if is_whole and "@" not in parts.netloc else ""
