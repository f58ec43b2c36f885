"""A scan of a document's markup before any parser reads it.

Markup that would take a parser minutes is refused in milliseconds. The scan is coarse. The limits
of the parser's process end a document that slips through.
"""

import re
from collections import Counter

from services.errors import InvalidMessage

MAX_ITEMS = 10_000
"""Items of one document.

Source: feeds of archives list a few thousand; 10,000 empty ones take the parser 0.35 s.
"""

MAX_TAGS = 200_000
"""Tags (opening and closing) of one document, without CDATA sections, comments, and escaped ones.

Source: 1,000 items of 50 elements have 100,000; this many take the parser about 2 s.
"""

MAX_DEPTH = 1000
"""Nested elements.

Source: feeds nest less than 10 deep, the HTML in them less than 100; libxml2 refuses 256. The rest
is room for broken markup that never closes its paragraphs.
"""

MAX_ATTRIBUTES = 256
"""Attributes of one tag.

Source: feeds have up to 30 (namespaces of the root). The parser's time grows with the square.
"""

_HIDDEN = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(rb"<(/?)([A-Za-z_:][^\s<>/]*)((?>(?:[^<>\"']+|\"[^\"]*\"|'[^']*'|[\"'])*))")
_ATTRIBUTE = re.compile(rb"[^\s\"'=/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"']*))?")
_ITEM = re.compile(  # Not with IGNORECASE: it would cost the quick search for "<".
    rb"<(?:[A-Za-z_][\w.-]*:)?(?:[iI][tT][eE][mM]|[eE][nN][tT][rR][yY])(?=[\s/>])"
)
_ITEMS = (b"item", b"entry")
_VOID = frozenset({b"area", b"br", b"col", b"hr", b"img", b"input", b"wbr"})
"""HTML elements without an end tag, which broken feeds carry unescaped."""


def refuse_many(xml: bytes) -> int:
    """Check a document as `refuse_hostile` does, but only if it has so many tags that it may fail.

    Returns the number of its items. libxml2 itself bounds depth, and its time is linear in the
    number of attributes.
    """
    n_items = count_items(xml)
    if xml.count(b"<") > MAX_TAGS or n_items > MAX_ITEMS:
        refuse_hostile(xml)
    return n_items


def count_items(xml: bytes) -> int:
    """Return the number of items and entries, without those in CDATA sections and comments."""
    if b"<!--" in xml:
        return len(_ITEM.findall(_HIDDEN.sub(b"", xml)))
    first, *sections = xml.split(b"<![CDATA[")
    shown = [first, *(section.partition(b"]]>")[2] for section in sections)]
    return len(_ITEM.findall(b"".join(shown)))


def refuse_hostile(xml: bytes) -> None:
    """Check a document in UTF-8. The time is linear in its length.

    Raises InvalidMessage `too-complex`, with the bound that is exceeded.
    """
    shown = _HIDDEN.sub(b"", xml)
    n_tags = shown.count(b"<")
    if n_tags > MAX_TAGS:
        raise InvalidMessage("too-complex", f"{n_tags:,} tags: at most {MAX_TAGS:,} are read")
    n_items, open_tags, n_open = 0, list[bytes](), Counter[bytes]()
    for match in _TAG.finditer(shown):
        is_end, name, rest = match.groups()
        if is_end:
            _close(open_tags, n_open, name)
            continue
        _refuse_attributes(name, rest)
        n_items += name.rpartition(b":")[2].lower() in _ITEMS
        if not rest.endswith(b"/") and name.lower() not in _VOID:
            open_tags.append(name)
            n_open[name] += 1
        if len(open_tags) > MAX_DEPTH:
            raise InvalidMessage("too-complex", f"elements nested more than {MAX_DEPTH:,} deep")
    if n_items > MAX_ITEMS:
        raise InvalidMessage("too-complex", f"{n_items:,} items: at most {MAX_ITEMS:,} are read")


def _close(open_tags: list[bytes], n_open: Counter[bytes], name: bytes) -> None:
    """Close an element and those left open in it. An end tag without its start closes nothing."""
    closed = None if n_open[name] else name
    while closed != name:
        closed = open_tags.pop()
        n_open[closed] -= 1


def _refuse_attributes(name: bytes, rest: bytes) -> None:
    if len(rest) <= 2 * MAX_ATTRIBUTES:
        return  # An attribute takes at least a character and a blank.
    n_attributes = sum(1 for _ in _ATTRIBUTE.finditer(rest))
    if n_attributes > MAX_ATTRIBUTES:
        shown = name[:40].decode("utf-8", "replace")
        raise InvalidMessage(
            "too-complex",
            f"{n_attributes:,} attributes in one <{shown}>: at most {MAX_ATTRIBUTES} are read",
        )
