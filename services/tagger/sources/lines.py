"""Attributions by layout alone: "NAME: …" at the start of a line, "“…” ― NAME"."""

import re
from collections.abc import Iterator
from itertools import chain

from services.messages.tagged import AttributionSpan
from services.tagger.names.mentions import Mentions

_NAME = r"[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
_SPEAKER_LINE = re.compile(
    rf"^[“\"(\t ]?(?P<source>{_NAME})(?P<cue>:) (?P<content>[^\n]*(?: [^\n ]+){{3}})$", re.MULTILINE
)
"""A name, a colon, and at least four words: shorter lines are headings."""
_SIGNED = re.compile(rf"(?P<content>“[^“”\n]+”)\s?(?P<cue>[―—–]|--?) ?(?P<source>{_NAME})")
"""A quotation, a dash, and a name."""


def find_speaker_lines(text: str, mentions: Mentions) -> Iterator[AttributionSpan]:
    """Yield the attributions by layout: the lines of speakers, then the signed quotations."""
    for match in chain(_SPEAKER_LINE.finditer(text), _SIGNED.finditer(text)):
        mention = mentions.at(*match.span("source"))
        yield AttributionSpan(
            source=match.span("source"),
            mention=mention.id if mention else None,
            cue=match.span("cue"),
            content=match.span("content"),
        )
