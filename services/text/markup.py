"""HTML to plain paragraphs."""

import html as entities
import re

from lxml import etree
from lxml.html import HTMLParser

from services.text.clean import clean

_DROPPED_TAGS = (
    "script style noscript template iframe object embed svg math form button select head"
)
DROPPED = frozenset(_DROPPED_TAGS.split())
"""Elements whose words are not for readers."""

_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s "
    "samp small span strike strong sub sup time tt u var wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())

_LEFT = re.compile(
    r"</(?:a|b|blockquote|div|em|figure|h[1-6]|i|li|ol|p|script|small|span|strong|style|"
    r"table|td|tr|u|ul)\s*>|<(?:br|p)\s*/?>",
    re.IGNORECASE,
)
"""Tags that no text for readers contains, unless it is about HTML."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


def without_markup(text: str) -> str:
    """Return a plain text without tags and entities that were left in it."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: entities.unescape(entity.group()), text)
    return plain_text(text.replace("\n\n", "<p>")) if "<" in text and _LEFT.search(text) else text


def plain_text(html: str) -> str:
    """Return the words of HTML or plain text: paragraphs with a blank line between, without markup.

    Nothing is fetched. Broken markup gives its readable parts.
    """
    text = clean(html)
    if "<" not in text:
        return paragraphs(entities.unescape(text) if "&" in text else text)
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    parser.feed(f"<div>{text}</div>".encode())
    return element_text(parser.close())


def element_text(root: etree._Element) -> str:
    """Return the words of a parsed element, of HTML or XHTML, as `plain_text` does."""
    return paragraphs(clean(_words(root)))


def one_line(markup: str) -> str:
    """Return a title's words on one line."""
    return " ".join(plain_text(markup).split())


def _words(root: etree._Element) -> str:
    """Walk without recursion: hostile pages nest a hundred thousand tags."""
    parts: list[str] = []
    dropped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if event == "start":
            dropped += tag in DROPPED
            if not dropped:
                parts += [gap_of(tag), _flat(element.text)]
            continue
        dropped -= tag in DROPPED
        if not dropped:
            parts += [gap_of(tag) if tag != "br" else "", _flat(element.tail)]
    return "".join(parts)


def gap_of(tag: str) -> str:
    """Return what parts the words before and after a tag: nothing, a blank, or a paragraph."""
    # A name with a colon is an element of an application, such as Word's `o:p`.
    if tag in _INLINE or tag == "img" or ":" in tag:
        return ""
    return " " if tag in ("td", "th") else "\n\n"


def _flat(text: str | None) -> str:
    """Replace line breaks, which are blanks in HTML source."""
    return (text or "").replace("\n", " ").replace("\t", " ")


def paragraphs(text: str) -> str:
    """Return lines as paragraphs, without blanks around them."""
    lines = text.split("\n")
    if text.replace("\n", " ").isprintable():
        # Every blank is a space: only runs of them need to be split.
        lines = [" ".join(line.split()) if "  " in line else line.strip(" ") for line in lines]
    else:
        lines = [" ".join(line.split()) for line in lines]
    return "\n\n".join([line for line in lines if line])
