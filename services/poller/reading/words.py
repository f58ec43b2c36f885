"""The words of titles and texts: HTML, XHTML, or plain."""

import re
from html import unescape

from lxml import etree

from services.poller.reading.tree import inner
from services.text.clean import clean
from services.text.markup import DROPPED, element_text, gap_of, paragraphs, plain_text

LONG_TAG = 2000
"""Characters of a tag in an entry's HTML above which its attributes are dropped.

The HTML parser's time grows with the square of their number, and they hold no text. Source: 2,000
characters hold 400 attributes, which take it 1 ms.
"""

MAX_LESS_THAN = 100_000
"""Signs `<` in a text up to which those that open no tag are kept as words.

Source: an article of 10,000 words has about 2,000; this many take 0.3 s.
"""

_LONG_TAG = re.compile(rf"<([A-Za-z][\w:-]*)[^<>]{{{LONG_TAG},}}")
_HTML_NAMES = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink "
    "blockquote body br button canvas caption center cite code col colgroup data datalist dd del "
    "details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame "
    "frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd keygen label "
    "legend li link main map mark marquee math menu menuitem meta meter nav nobr noembed noframes "
    "noscript object ol optgroup option output p param picture plaintext pre progress q rb rp rt "
    "rtc ruby s samp script section select slot small source spacer span strike strong style sub "
    "summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul "
    "var video wbr xmp"
)
_GAPS = {
    form.format(name): gap_of(name) if name != "br" or form[0] != "/" else ""
    for name in _HTML_NAMES.split()
    if name not in DROPPED
    for form in ("{}", "/{}", "{}/")
}
"""What stands for a tag between words."""

_NO_TAG = re.compile(
    rf"<(?!/?(?:{'|'.join(_HTML_NAMES.split())})(?=[\s/>])|/?[a-z][a-z0-9]*[:-][\w:.-]*[\s/>]|!--|!\[|\?)",
    re.IGNORECASE,
)
"""A `<` that opens no tag: of "a < b", "<ACME.N>", "<unnamed>".

Tags are the elements of HTML with the obsolete ones (WHATWG HTML 16.2), and names with a colon or a
hyphen, which are elements of applications.
"""

_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {c: bytes([c]).decode("cp1252", "ignore") or None for c in range(0x80, 0xA0)}
"""Windows-1252 for the controls C1, as HTML reads references to them (WHATWG HTML 13.2.5.80)."""

_BREAK = re.compile(r"\n[ \t\r]*\n\s*")


def html_words(html: str) -> str:
    """Return the words of HTML, with a blank line between paragraphs."""
    words = _quick_words(html)
    if words is None:
        html = _LONG_TAG.sub(r"<\1", _without_c1(html))
        few = html.count("<") <= MAX_LESS_THAN
        words = plain_text(_NO_TAG.sub("&lt;", html) if few else html)
    return words


def _quick_words(html: str) -> str | None:
    """Return the words of ordinary HTML, in a tenth of the time of a parser.

    None if they need one: at a comment, a script, a tag that is not closed, or none of HTML.
    """
    if "<" not in html:
        return paragraphs(_tidy(html))
    first, *parts = html.replace("\r\n", " ").replace("\n", " ").replace("\r", " ").split("<")
    words = [first]
    for part in parts:
        tag, end, rest = part.partition(">")
        gap = _GAPS.get(tag)
        if gap is None:
            gap = _GAPS.get(tag.partition(" ")[0].lower())
            is_quoted = tag.count('"') % 2 == 0 and ('"' in tag or "'" not in tag)
            if gap is None or not end or not is_quoted:
                return None
        words += gap, rest
    return paragraphs(_tidy("".join(words)))


def _tidy(text: str) -> str:
    """Return a text without entities, invisible characters, and controls C1."""
    text = unescape(text) if "&" in text else text
    tidy = clean(text)
    return tidy if len(tidy) == len(text) else clean(_without_c1(text))


def text_words(text: str) -> str:
    """Return a plain text as it stands: only a blank line parts paragraphs."""
    parts = (" ".join(part.split()) for part in _BREAK.split(clean(_without_c1(text))))
    return "\n\n".join(part for part in parts if part)


def construct_words(element: etree._Element) -> str:
    """Return the words of a text construct of Atom (RFC 4287 3.1), by its declared type."""
    kind = (element.get("type") or "text").lower()
    mode = (element.get("mode") or "").lower()  # Atom 0.3
    if mode == "escaped" and kind not in ("text", "text/plain"):
        return html_words(inner(element))
    if kind == "xhtml" and len(element) == 1 and not (element.text or "").strip():
        words = _quick_words(etree.tostring(element[0], encoding="unicode"))
        if words is not None:
            return words
    if kind == "xhtml" or (mode == "xml" and len(element)) or kind.endswith(("+xml", "/xml")):
        return _without_c1(element_text(element))
    if "html" in kind or len(element):
        return html_words(inner(element))
    return text_words(element.text or "")


def one_line(words: str) -> str:
    """Return words on one line."""
    return " ".join(words.split())


def _without_c1(text: str) -> str:
    return text if text.isascii() or not _C1.search(text) else text.translate(_WINDOWS)
