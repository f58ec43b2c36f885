"""Searches over an index in memory: articles and claims as the indexer writes them."""

from collections.abc import Iterable
from typing import Any

from services.adapters.memory_index import MemoryIndex
from services.indexer.documents import BUILDERS
from services.indexer.templates import templates
from services.messages import Claim, TaggedArticle
from services.ports import SearchIndex
from services.search.asked import Asked, Filters, Kind, asked
from services.search.pages import every_row


def holding(*messages: TaggedArticle | Claim) -> MemoryIndex:
    """Return an index with the documents of these messages."""
    index = MemoryIndex()
    index.apply_templates(templates())
    write(index, messages)
    return index


def write(index: SearchIndex, messages: Iterable[TaggedArticle | Claim]) -> None:
    """Write the documents of messages."""
    topics = {TaggedArticle: "tagged-articles", Claim: "claims"}
    actions = [a for each in messages for a in BUILDERS[topics[type(each)]][1](each)]
    assert {outcome.outcome for outcome in index.bulk(actions)} <= {"stored"}


def search_of(kind: Kind = "articles", query: str = "", **filters: Any) -> Asked:
    """Return a search, as a command makes it."""
    return asked(kind, query, Filters(**filters))


def found(index: SearchIndex, wanted: Asked) -> list[str]:
    """Return the ids of all that a search finds, the newest first."""
    return [row.id for row in every_row(index, wanted)]
