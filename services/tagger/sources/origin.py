"""Whose story it is: the wire service that a dateline or the feed credits, the outlet that a text says was told."""

import re

from services.messages import Article, Origin
from services.tagger.layout.dateline import find_dateline
from services.tagger.names.mentions import Mentions
from services.text.names import fold, name_key
from services.text.outlets import family

_CREDIT = re.compile(r"^\(([A-Z][\w .&-]{1,30})\)$|^[-–—] ?([A-Z][\w &]{1,30})$", re.MULTILINE)
_TOLD = re.compile(r"\b(?:told|quoted by|citing|reported by) (?:the )?$")


def find_origin(article: Article, mentions: Mentions, title_end: int) -> Origin:
    """Return the credited wire with the span of its credit or, from the feed, without; else the outlet cited."""
    text = mentions.text
    dateline, line = find_dateline(text, title_end), _CREDIT.search(text, title_end)
    credit = dateline.credit if dateline else None
    if credit is None and line is not None:
        credit = line.span(1 if line.group(1) else 2)
    if credit is not None:
        start, end = credit
        known = mentions.at(start, end)
        return Origin(wire=(known.actor_id if known and known.actor_id else name_key(text[start:end])), credit=(start, end))
    source = article.source
    if source is not None and fold(source.name) != fold(article.outlet):
        return Origin(wire=family(source.name, source.url) or name_key(source.name))
    for mention in mentions.in_order():
        actor = mentions.actors.get(mention.actor_id)
        if actor is not None and actor.kind == "media" and _TOLD.search(text[max(0, mention.start - 20) : mention.start]):
            return Origin(cited=actor.id)
    return Origin()
