"""What a page declares of its article: schema.org in JSON-LD, and the times in its head."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from lxml.html import HtmlElement

from services.text.markup import one_line, plain_text

MOST_NODES = 2000
"""Objects of JSON-LD that are looked at. A page has about ten."""

AHEAD = timedelta(days=1)
"""How far a declared time may lie after the fetch. Source: zones differ by at most 26 hours."""

EARLIEST = 1995
"""The first year that is believed. Source: there was hardly any news on the web before."""

LATEST = 9000
"""A year far enough from the last that Python knows for a time to be moved to another zone."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Analysis|Opinion|Review)$")
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.created",
    "pubdate",
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified")


@dataclass(frozen=True, slots=True)
class Declared:
    """The statements of a page's head and JSON-LD; empty where it makes none."""

    title: str = ""
    body: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    is_free: bool = True


def declared(tree: HtmlElement, at: datetime) -> Declared:
    """Return what a page fetched at `at` (news time) declares. Raises nothing."""
    metas = _metas(tree)
    article = _article(tree)
    title = _text(article, "headline") or metas.get("og:title", "")
    published = [_text(article, "datePublished"), *(metas.get(name, "") for name in _PUBLISHED)]
    updated = [_text(article, "dateModified"), *(metas.get(name, "") for name in _UPDATED)]
    return Declared(
        title=one_line(title),
        body=plain_text(_text(article, "articleBody")),
        published_at=_first(published, at),
        updated_at=_first(updated, at),
        is_free=str(article.get("isAccessibleForFree", True)).lower() != "false",
    )


def _metas(tree: HtmlElement) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if meta.get("content"):
            found.setdefault(name.lower(), meta.get("content"))
    return found


def _article(tree: HtmlElement) -> Mapping[str, object]:
    """Return the article of the page's JSON-LD: the one with the longest body."""
    found = [node for node in _nodes(tree) if _is_article(node)]
    return max(found, key=lambda node: len(_text(node, "articleBody")), default={})


def _nodes(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    left = MOST_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            open_nodes = [msgspec.json.decode((script.text or "").strip().encode())]
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            continue
        while open_nodes and left:
            node, left = open_nodes.pop(), left - 1
            if isinstance(node, list):
                open_nodes += node[::-1]
            elif isinstance(node, dict):
                yield node
                open_nodes += [node[k] for k in ("mainEntity", "@graph") if k in node]


def _is_article(node: Mapping[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE.search(name) for name in names)


def _text(node: Mapping[str, object], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _first(texts: list[str], at: datetime) -> datetime | None:
    return next((found for text in texts if (found := _time(text, at))), None)


def _time(text: str, at: datetime) -> datetime | None:
    """Return a time in its own zone. One without a zone, or that can't be true, is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    # The year is asked first: no zone can move a time out of the years that Python knows then.
    is_possible = found.tzinfo is not None and EARLIEST <= found.year < LATEST
    return found if is_possible and found <= at + AHEAD else None
