"""The origin of an article: the wire service that it credits, or the outlet that it cites."""

import re

from services.messages import Article, Origin, Span
from services.tagger.layout.dateline import find_dateline
from services.tagger.names.mentions import Mentions
from services.text.names import fold, name_key
from services.text.outlets import family

_CREDIT = re.compile(r"^\(([A-Z][\w .&-]{1,30})\)$|^[-–—] ?([A-Z][\w &]{1,30})$", re.MULTILINE)
_CITED_WITHIN = 20
"""Characters before an outlet in which the words that cite it stand."""
_CITING = re.compile(r"\b(?:told|quoted by|citing|reported by) (?:the )?$")


def find_origin(article: Article, mentions: Mentions, title_end: int) -> Origin:
    """Return the origin of an article whose body starts behind `title_end`.

    A wire that the text credits comes with the span of its credit, one that the feed credits
    without. An outlet that the text cites ("told the Courier") is taken where neither does.
    """
    text = mentions.text
    credit = _credit(text, title_end)
    if credit is not None:
        known = mentions.at(*credit)
        actor_id = known.actor_id if known is not None else None
        return Origin(wire=actor_id or name_key(text[slice(*credit)]), credit=credit)
    source = article.source
    if source is not None and fold(source.name) != fold(article.outlet):
        return Origin(wire=family(source.name, source.url) or name_key(source.name))
    for mention in mentions.in_order():
        actor = mentions.actors.get(mention.actor_id)
        before = text[max(0, mention.start - _CITED_WITHIN) : mention.start]
        if actor is not None and actor.kind == "media" and _CITING.search(before):
            return Origin(cited=actor.id)
    return Origin()


def _credit(text: str, title_end: int) -> Span | None:
    """Return the span of the wire that a dateline credits, else that of a credit line."""
    dateline = find_dateline(text, title_end)
    if dateline is not None and dateline.credit is not None:
        return dateline.credit
    line = _CREDIT.search(text, title_end)
    return line.span(1 if line.group(1) else 2) if line is not None else None
