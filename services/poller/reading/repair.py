"""Mends what many feeds do wrong and what has one reading only.

Bare ampersands, entities of HTML, references to no character, prefixes without a declaration, and
text around the document. Such a feed is told of, and is not damaged: the same bytes always come.
"""

import re
from html.entities import html5

from services.text.counts import counted

MAX_REFERENCES = 200_000
"""Ampersands of a document up to which bare ones are mended.

Source: a feed of 2 MB of escaped HTML has 100,000; this many take 0.5 s.
"""

_PARTS = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?:&#[xX]([dD][89abAB][0-9a-fA-F]{2});&#[xX]([dD][c-fC-F][0-9a-fA-F]{2});)"
    r"|&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9.:_-]{0,40});)?",
    re.DOTALL,
)
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_START = re.compile(
    r"<\?xml\s|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|urlset|sitemapindex)[\s>]", re.IGNORECASE
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*")
_ROOT = re.compile(r"<((?:[\w.-]+:)?(?:rss|feed|rdf|channel|urlset|sitemapindex))(?=[\s>])", re.I)
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARED_PREFIX = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_REPLACEMENT = "&#xFFFD;"

PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
"""The namespaces that are read, by their usual prefixes."""


def without_declaration(text: str) -> str:
    """Return a document without its XML declaration, whose charset is no longer true."""
    found = _DECLARATION.match(text)
    return text[found.end() :] if found else text.lstrip()


def mended(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a document without these mistakes, and sentences about them."""
    text, problems = _alone(text)
    plain, n = _with_references(text)
    if n:
        problems.append(f"{counted(n, 'ampersand')} or references not those of XML, mended")
    plain, missing = _with_prefixes(plain)
    if missing:
        problems.append(f"prefixes without a declaration: {', '.join(missing)}")
    return plain, tuple(problems)


def _alone(text: str) -> tuple[str, list[str]]:
    """Return a document without what stands before and after it."""
    problems = []
    start = _START.search(text)
    if start and start.start() and not text.lstrip().startswith(("<!", "<?")):
        problems.append(f"{start.start()} characters stand before the document")
        text = without_declaration(text[start.start() :])
    root = _ROOT.search(text)
    end = text.rfind(f"</{root[1]}>") if root else -1
    if root and end > 0:
        end += len(root[1]) + 3
        if text[end:].strip():
            problems.append(f"{len(text) - end} characters stand after the document")
            text = text[:end]
    return text, problems


def _with_references(text: str) -> tuple[str, int]:
    if text.count("&") > MAX_REFERENCES:
        return text, 0
    n = 0

    def one(found: re.Match[str]) -> str:
        nonlocal n
        whole = found.group()
        if whole.startswith("<"):
            return whole
        high, low, number, name = found.groups()
        new = _pair(high, low) if high else _number(number) if number else _name(name, whole)
        n += new is not None
        return new or whole

    return _PARTS.sub(one, text), n


def _pair(high: str, low: str) -> str:
    """Return the character of two surrogates, as JavaScript and Java write emoji."""
    return f"&#{0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)};"


def _number(number: str) -> str | None:
    """Return None for a reference to a character of XML."""
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    is_good = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return None if is_good or 0x10000 <= code <= 0x10FFFF else _REPLACEMENT


def _name(name: str | None, whole: str) -> str | None:
    if name in _PREDEFINED:
        return None
    known = html5.get(f"{name};") if name else None
    return "".join(f"&#{ord(c)};" for c in known) if known else f"&amp;{whole[1:]}"


def _with_prefixes(text: str) -> tuple[str, list[str]]:
    """Declare the prefixes that have no declaration."""
    used = {a or b for a, b in _PREFIX.findall(text)}
    missing = sorted(used - set(_DECLARED_PREFIX.findall(text)) - {"xml", "xmlns"})
    root = _ROOT.search(text)
    if not missing or not root:
        return text, []
    new = "".join(f' xmlns:{p}="{PREFIXES.get(p.lower(), "urn:prefix:" + p)}"' for p in missing)
    return f"{text[: root.end()]}{new}{text[root.end() :]}", missing
