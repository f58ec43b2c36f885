"""Whose story it is: the wire service that a dateline credits, the outlet that a text says was told."""

import re

from services.messages import Origin
from services.tagger.mentions import Mentions
from services.text.names import name_key

_DATELINE = re.compile(r"[A-Z][\w .,'’-]{1,60}\s*\(([^)\n]{2,40})\)\s*[-–—]")
_CREDIT = re.compile(r"^\(([A-Z][\w .&-]{1,30})\)$|^[-–—] ?([A-Z][\w &]{1,30})$", re.MULTILINE)
_TOLD = re.compile(r"\b(?:told|quoted by|citing|reported by) (?:the )?$")


def find_origin(mentions: Mentions, title_end: int) -> Origin:
    """Return the credited wire with the span of its credit, or the outlet cited."""
    text = mentions.text
    body = title_end + (2 if text[title_end : title_end + 2] == "\n\n" else 0)
    match = _DATELINE.match(text, body) or _CREDIT.search(text, body)
    if match is not None:
        group = 1 if match.group(1) else 2
        start, end = match.span(group)
        known = mentions.at(start, end)
        return Origin(wire=(known.actor_id if known and known.actor_id else name_key(text[start:end])), credit=(start, end))
    for mention in mentions.in_order():
        actor = mentions.actors.by_id.get(mention.actor_id or "")
        if actor is not None and actor.kind == "media" and _TOLD.search(text[max(0, mention.start - 20) : mention.start]):
            return Origin(cited=actor.id)
    return Origin()
