"""Takes away what can't be an article, before the extractor reads a page.

The extractor's time grows with the number of elements. A page without scripts, forms' fields, and
menus, narrowed to the element that holds most of its paragraphs, takes half of it, and leads it to
fewer sidebars.
"""

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

BODY_SHARE = 0.6
"""The share of a page's words in paragraphs that the article's element must hold.

Source: on 45 news pages, shares of .5 to .7 gave the same texts; from .8 on, pages with long
sidebars were read whole.
"""

_NO_TEXT_TAGS = (
    "script style noscript svg template iframe canvas object embed link meta select textarea "
    "button input video audio map area source track img picture hr nav footer"
)
_NO_TEXT = _NO_TEXT_TAGS.split()
_HOLDERS = etree.XPath(
    "//*[self::article or self::main or @itemprop='articleBody' or @role='main' or @role='article']"
)


def tree_of(html: str) -> HtmlElement | None:
    """Return the elements of a page without comments, or None if it has none."""
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def narrowed(tree: HtmlElement) -> HtmlElement:
    """Return the page's article, as a page of its own; else the page without its furniture.

    `tree` is changed. The article is the smallest element declared as one (`article`, `main`,
    `itemprop`) that holds `BODY_SHARE` of the characters in paragraphs.
    """
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    body = tree.find("body")
    total = _paragraph_chars(tree)
    if body is None or not total:
        return tree
    best, least = None, total
    for holder in _HOLDERS(tree):
        held = _paragraph_chars(holder)
        if BODY_SHARE * total <= held <= least:
            best, least = holder, held
    return tree if best is None or best in (tree, body) else page_of(best)


def page_of(*elements: HtmlElement) -> HtmlElement:
    """Return a page that holds only these elements. They leave their former one."""
    page = document_fromstring("<html><body></body></html>")
    for element in elements:
        element.tail = None
        page.find("body").append(element)
    return page


def _paragraph_chars(element: HtmlElement) -> int:
    return sum(len("".join(p.itertext()).strip()) for p in element.iter("p"))
