"""From an item of RSS or RDF, or an entry of Atom, to an `Entry`, by the specifications."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree
from lxml.html import fragment_fromstring

from services.poller.reading.dates import Dating, NoDate, read_date
from services.poller.reading.entry import Entry, TextSource
from services.poller.reading.links import absolute, base_of, web_link
from services.poller.reading.tree import (
    RDF_ABOUT,
    XML_LANG,
    Fields,
    Names,
    first_text,
    inner,
    text_of,
    texts,
)
from services.poller.reading.words import construct_words, html_words, one_line
from services.text.counts import counted

PUBLISHED = (
    "pubdate", "atom:published", "dc:date", "dcterms:issued", "dcterms:available",
    "dcterms:created", "atom:issued", "atom:created", "news:publication_date", "published", "date",
)  # fmt: skip
UPDATED = ("atom:updated", "atom:modified", "dcterms:modified", "updated", "modified")
_ORIGINAL, _LINKS = "feedburner:origlink", ("link", "rdf:link")
_TITLES = ("title", "atom:title", "dc:title")
_CONTENTS = ("content:encoded", "atom:content", "xhtml:body", "xhtml:div", "content", "fulltext")
_DESCRIPTIONS = ("description", "atom:summary", "dc:description", "summary", "dcterms:abstract")
_EXTRAS = (
    "media:description", "media:text", "itunes:summary", "itunes:subtitle", "googleplay:description"
)  # fmt: skip

MAX_OUTLET_WORDS = 6
"""Words beside the link of a line that may be an outlet's name.

Source: "The New York Times International Edition" has six.
"""


@dataclass(slots=True)
class Frame:
    """What stands around the items of one document, and what is found wrong in them."""

    names: Names
    base: str
    dating: Dating
    dates: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Why dates could not be used: how many, and the first of them."""

    def date(self, found: Iterable[str]) -> datetime | None:
        """Return the first date that can be used."""
        for text in found:
            try:
                return read_date(text, self.dating)
            except NoDate as error:
                n, first = self.dates.get(str(error), (0, text[:60]))
                self.dates[str(error)] = n + 1, first
        return None

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each reason why dates are left out."""
        for reason, (n, first) in self.dates.items():
            yield f"{counted(n, 'date')} left out, as {first!r}: {reason}"


def read_item(item: etree._Element, frame: Frame) -> Entry:
    """Return what an item holds."""
    fields = frame.names.fields(item)
    base = base_of(item, frame.base)
    guid, is_permalink = _guid(item, fields)
    source_name, source_url = _source(fields, frame, base)
    text, text_source = _text(fields, frame, is_of_aggregator=source_name is not None)
    published, updated = (frame.date(texts(fields, *keys)) for keys in (PUBLISHED, UPDATED))
    return Entry(
        guid=guid,
        url=_url(fields, base, _ORIGINAL, *_LINKS) or (absolute(guid) if is_permalink else None),
        title=without_outlet(_title(fields, frame), source_name),
        text=text,
        published_at=published or updated,
        source_name=source_name,
        source_url=source_url,
        guid_is_permalink=is_permalink,
        text_source=text_source,
        updated_at=updated,
        language=language(
            first_text(fields, "dc:language", "news:language", "language") or item.get(XML_LANG)
        ),
        enclosure_url=_enclosure(fields, base),
        plain_url=_url(fields, base, *_LINKS) if _ORIGINAL in fields else None,
    )


def language(code: str | None) -> str | None:
    """Return a language of ISO 639 ("en" of "en-GB")."""
    short = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", code or "")
    return short[1].lower() if short else None


def without_outlet(title: str, outlet: str | None) -> str:
    """Return an aggregator's title without the outlet at its end ("Bridge closed - Herald")."""
    if outlet and title.casefold().endswith(outlet.casefold()):
        shorter = title[: -len(outlet)].rstrip()
        if shorter[-1:] in ("-", "–", "—", "|") and shorter[:-1].strip():
            return shorter[:-1].rstrip()
    return title


def _guid(item: etree._Element, fields: Fields) -> tuple[str | None, bool]:
    """Return the id, and whether RSS declares it as the item's address (its default)."""
    for element in fields.get("guid", ()):
        if guid := text_of(element):
            is_permalink = (element.get("isPermaLink") or "true").strip().lower() != "false"
            return guid, is_permalink and absolute(guid) is not None
    guid = (
        first_text(fields, "atom:id", "id", "dc:identifier") or (item.get(RDF_ABOUT) or "").strip()
    )
    return guid or None, False


def _url(fields: Fields, base: str, *keys: str) -> str | None:
    for text in texts(fields, *keys):
        if found := web_link(text, base):
            return found
    return link_of(fields, "alternate", base)


def link_of(fields: Fields, rel: str, base: str) -> str | None:
    """Return the first link of Atom with this relation."""
    return next(iter(links_of(fields, rel, base)), None)


def links_of(fields: Fields, rel: str, base: str) -> Iterator[str]:
    """Yield the links of Atom with this relation; pages before other documents."""
    found = [
        link
        for key in ("atom:link", "link")
        for link in fields.get(key, ())
        if (link.get("rel") or "alternate").strip().lower() == rel
    ]
    found.sort(key=lambda link: "html" not in (link.get("type") or "html"))
    for link in found:
        if url := web_link(link.get("href") or link.text, base_of(link, base)):
            yield url


def _title(fields: Fields, frame: Frame) -> str:
    for key in _TITLES:
        for element in fields.get(key, ()):
            words = _words(element, key)
            if words:
                return one_line(words)
    return one_line(html_words(first_text(_media(fields, frame), "media:title", "itunes:title")))


def _words(element: etree._Element, key: str) -> str:
    if key.startswith("atom:"):
        if (element.get("mode") or "").lower() == "base64":
            return html_words(_from_base64(element.text or ""))
        return construct_words(element)
    return html_words(inner(element))


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _text(fields: Fields, frame: Frame, *, is_of_aggregator: bool) -> tuple[str, TextSource]:
    """Return the words of content or description, whichever has more, and where they stand."""
    best: tuple[str, TextSource] = "", "none"
    kinds: tuple[tuple[TextSource, tuple[str, ...]], ...] = (
        ("content", _CONTENTS),
        ("description", _DESCRIPTIONS),
    )
    for kind, keys in kinds:
        for key in keys:
            for element in fields.get(key, ()):
                if best[0] and not len(element) and len(element.text or "") <= len(best[0]):
                    continue  # Markup holds no more words than characters.
                words = _words(element, key)
                if len(words) > len(best[0]) and not (
                    is_of_aggregator and only_headlines(inner(element))
                ):
                    best = words, kind
    if best[0] or is_of_aggregator:
        return best
    for words in map(html_words, texts(_media(fields, frame), *_EXTRAS)):
        if words:
            return words, "media"
    return best


def _media(fields: Fields, frame: Frame) -> Fields:
    """Return an item's fields with those inside its media."""
    found = dict(fields)
    groups = [*fields.get("media:group", ()), *fields.get("media:content", ())]
    for group in groups:
        for key, elements in frame.names.fields(group).items():
            found[key] = [*found.get(key, ()), *elements]
            if key == "media:content":
                groups += elements
    return found


def only_headlines(html: str) -> bool:
    """Return True for lines of linked headlines, each with an outlet's name at most.

    Aggregators put the headlines of several outlets into the text of one item.
    """
    if "<a" not in html:
        return False
    try:
        root = fragment_fromstring(html, create_parent="div")
    except (etree.ParserError, ValueError):
        return False
    links = list(root.iter("a"))
    n_linked = sum(len(" ".join(link.itertext()).split()) for link in links)
    n_words = len(" ".join(root.itertext()).split())
    return bool(links) and n_words - n_linked <= MAX_OUTLET_WORDS * len(links)


def _source(fields: Fields, frame: Frame, base: str) -> tuple[str | None, str | None]:
    for element in fields.get("source", ()):
        if name := one_line(html_words(inner(element))):
            return name, web_link(element.get("url"), base)
    for element in fields.get("atom:source", ()):
        inside = frame.names.fields(element)
        name = _title(inside, frame)
        url = link_of(inside, "alternate", base) or link_of(inside, "self", base)
        if name:
            return name, url
    return None, None


def _enclosure(fields: Fields, base: str) -> str | None:
    for key in ("enclosure", "media:content"):
        for element in fields.get(key, ()):
            if url := web_link(element.get("url"), base):
                return url
    return link_of(fields, "enclosure", base)
