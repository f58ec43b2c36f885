"""The dateline that opens a story ("MERIS (Wire) - …"): where it was written, whom it credits, and where the words begin."""

import re
from dataclasses import dataclass

from services.messages import Span

_PLACE = r"(?P<place>[A-Z][\w.’'-]+(?:[ -][A-Z][\w.’'-]+){0,3})(?:, [A-Z][\w .]{1,25})?"
_CREDITED = re.compile(rf"{_PLACE}\s*\((?P<credit>[^)\n]{{2,40}})\)\s*[-–—]+\s*")
_BARE = re.compile(r"(?P<place>[A-Z][A-Z.’']+(?:[ -][A-Z.’']+){0,3})(?:, [A-Z][\w .]{1,25})?\s+[-–—]+\s+")


@dataclass(frozen=True)
class Dateline:
    """Spans in the canonical text; the first sentence starts at `end`."""

    place: Span
    credit: Span | None
    end: int


def find_dateline(text: str, title_end: int) -> Dateline | None:
    """Return the dateline of a canonical text's body, or None."""
    body = title_end + len(text[title_end:]) - len(text[title_end:].lstrip("\n"))
    match = _CREDITED.match(text, body)
    if match is not None and not _is_acronym(match["place"], match["credit"]):
        return Dateline(match.span("place"), match.span("credit"), match.end())
    bare = _BARE.match(text, body)
    return Dateline(bare.span("place"), None, bare.end()) if bare is not None else None


def _is_acronym(name: str, short: str) -> bool:
    """Tell whether `short` abbreviates `name` ("Orran Liberation Front (OLF) - …"): no dateline then."""
    initials = "".join(word[0] for word in re.split(r"[ -]", name) if word)
    return len(initials) > 1 and initials.casefold() == short.casefold()
