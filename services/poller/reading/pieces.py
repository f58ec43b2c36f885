"""Reads a broken document item by item, so that damage in one item changes no other.

Each item is parsed alone, within the start tags that stand above it. What is whole gives the same
entry as it gives in a whole document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from services.poller.reading.tree import items_of, local, parsed

_TOKEN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(/?)((?:[A-Za-z_][\w.-]*:)?(?:item|entry))(?=[\s/>])([^<>]*)>",
    re.DOTALL | re.IGNORECASE,
)
_ABOVE = re.compile(
    r"<((?:[A-Za-z_][\w.-]*:)?(?:rss|feed|rdf|channel))(?=[\s>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The items of a broken document.

    - `head`: what stands before the first item, as far as it can be read.
    - `items`: whole ones, and those whose end tag is missing before the next begins.
    - `last`: an item that the end of the document cut off, without the element that is half.
    - `n_broken`: items that are no XML.
    """

    head: etree._Element | None
    items: tuple[etree._Element, ...]
    last: etree._Element | None
    n_broken: int


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    has_end: bool


def pieces(text: str) -> Pieces:
    """Return the items of a document that is not well-formed."""
    found = list(_split(text))
    first = text.find(found[0].text) if found else len(text)
    head = text[:first]
    above = _ABOVE.findall(head)[:2]
    start = "".join(f"<{name}{attributes}>" for name, attributes in above)
    end = "".join(f"</{name}>" for name, _ in reversed(above))
    items, n_broken = list[etree._Element](), 0
    for piece in found:
        element, is_whole = _alone(start, piece.text, end)
        n_broken += not is_whole
        if element is not None:
            items.append(element)
    is_cut = bool(found) and not found[-1].has_end and len(items) == len(found)
    last = items.pop() if is_cut and not _closes_root(text, above) else None
    if last is not None:
        _drop_half(last, found[-1].text)
    root = parsed(f"{head}{end}".encode(), recover=True) if head.strip() else None
    return Pieces(root, tuple(items), last, n_broken)


def _split(text: str) -> Iterator[_Piece]:
    start = None
    for found in _TOKEN.finditer(text):
        if found[2] is None:
            continue
        if not found[1]:
            if start is not None:
                yield _Piece(text[start : found.start()], has_end=False)
            start = found.start()
            if found[3].endswith("/"):
                yield _Piece(found.group(), has_end=True)
                start = None
        elif start is not None:
            yield _Piece(text[start : found.end()], has_end=True)
            start = None
    if start is not None:
        yield _Piece(text[start:], has_end=False)


def _closes_root(text: str, above: list[tuple[str, str]]) -> bool:
    return bool(above) and f"</{above[0][0]}>" in text[-1000:]


def _drop_half(item: etree._Element, text: str) -> None:
    """Remove the element in which an item was cut off: half a text may say the opposite."""
    if len(item) and not text.rstrip().endswith((f"{local(item[-1])}>", "/>")):
        item.remove(item[-1])


def _alone(start: str, item: str, end: str) -> tuple[etree._Element | None, bool]:
    """Return an item parsed alone, and whether it is XML."""
    xml = f"{start or '<rss>'}{item}{end or '</rss>'}".encode()
    try:
        root, is_whole = parsed(xml), True
    except etree.XMLSyntaxError:
        root, is_whole = parsed(xml, recover=True), False
    found = items_of(root) if root is not None else []
    return (found[0] if found else None), is_whole
