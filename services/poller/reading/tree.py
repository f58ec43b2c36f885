"""A document as libxml2 reads it, and the names of its elements.

An element's key is its name in lower case with the usual prefix of its namespace: `title` of RSS in
any version, `atom:title`, `content:encoded`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from services.poller.reading.repair import PREFIXES

Fields = dict[str, list[etree._Element]]
"""The children of an element by key, in their order."""

_USUAL = {uri.lower().rstrip("/#"): prefix for prefix, uri in PREFIXES.items()} | {
    "http://purl.org/atom/ns": "atom",
    "http://purl.org/atom/app": "app",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss/rss.html": "",
    "http://purl.org/rss/1.0": "",
    "http://purl.org/net/rss1.1": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://my.netscape.com/publish/formats/rss-0.91": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://search.yahoo.com/rss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
}
"""Namespaces in lower case without a last slash or hash, as feeds write them in many ways."""

ATOM_ROOTS = frozenset({"feed", "entry"})


def parsed(xml: bytes, *, recover: bool = False) -> etree._Element | None:
    """Return the root of a document in UTF-8; None if there is none.

    Nothing is fetched and no entity is expanded. Raises etree.XMLSyntaxError unless `recover`.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    root: etree._Element | None = etree.fromstring(xml, parser)
    return root


@dataclass(slots=True)
class Names:
    """The keys of the elements of one document.

    `default` is the prefix of elements without a known namespace.
    """

    default: str = ""
    _known: dict[str, str] = field(default_factory=dict)

    def key(self, element: etree._Element) -> str:
        """Return the key of an element; empty for what is no element."""
        tag = element.tag
        known = self._known.get(tag) if isinstance(tag, str) else ""
        if known is None:
            known = self._known[tag] = self._key(element, tag)
        return known

    def fields(self, element: etree._Element) -> Fields:
        """Return the children of an element by key."""
        found: Fields = {}
        known = self._known
        for child in element:
            key = known.get(child.tag) or self.key(child)
            found.setdefault(key, []).append(child)
        return found

    def _key(self, element: etree._Element, tag: str) -> str:
        uri, _, name = tag.rpartition("}")
        prefix = _USUAL.get(uri[1:].lower().rstrip("/#")) if uri else self.default
        if prefix is None:
            written = (element.prefix or "").lower()
            prefix = written if written else self.default
        name = name.lower()
        return f"{prefix}:{name}" if prefix else name


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def names_of(root: etree._Element) -> Names:
    """Return the keys of a document. Atom without a namespace is Atom."""
    return Names("atom" if local(root) in ATOM_ROOTS else "")


def items_of(root: etree._Element) -> list[etree._Element]:
    """Return all elements `item` and `entry` that stand in no other."""
    found = [*root.iter("{*}item", "{*}entry")] or [
        e for e in root.iter() if local(e) in ("item", "entry")
    ]
    own = set(found)
    return [e for e in found if not any(above in own for above in e.iterancestors())]


def text_of(element: etree._Element | None) -> str:
    """Return the words of an element without its children."""
    return (element.text or "").strip() if element is not None else ""


def inner(element: etree._Element) -> str:
    """Return the content of an element, with tags that a feed forgot to escape."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def first_text(fields: Fields, *keys: str) -> str:
    """Return the first text of these keys that is not empty."""
    return next((t for t in texts(fields, *keys)), "")


def texts(fields: Fields, *keys: str) -> Iterator[str]:
    """Yield the texts of these keys that are not empty."""
    for key in keys:
        for element in fields.get(key, ()):
            if text := text_of(element):
                yield text


XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
