"""The office of a person, from the words beside the name."""

import re

from services.messages import Span

OFFICE_REACH = 60
"""Characters beside a name in which the office of its bearer is looked for. A guess."""

_NO_OFFICE = (
    "by|to|when|where|while|that|which|who|said|says|told|tells|and|but|or|in|on|at|with|as|from|"
    "near|after|before"
)
_BEFORE = re.compile(rf"(?:(?!(?:{_NO_OFFICE})\b)[\w'’-]+\ ){{1,5}}$", re.IGNORECASE)
"""Up to five words right before a name, none of which opens another phrase."""

_SET_BEFORE = re.compile(
    rf"\b((?:the|his|her|its|their)\ (?:(?!(?:{_NO_OFFICE})\b)[\w'’-]+\ ?){{1,5}}),\ $",
    re.IGNORECASE,
)
"""An office to which a name is set in apposition ("the group's leader, NAME")."""

_WORD = re.compile(r"[\w-]+")
_BEHIND = re.compile(r",\ ((?:the|a|an|his|her|its|their)\ [^,.;:]{3,50}),", re.IGNORECASE)
"""An apposition right behind a name."""


def with_office(text: str, span: Span, *, is_person: bool) -> str:
    """Return a name with its office ("police chief Berit Sando", "Tilda Morn, village head")."""
    start, end = span
    near = text[max(0, start - OFFICE_REACH) : start]
    before = _BEFORE.search(near)
    set_before = _SET_BEFORE.search(near) if is_person else None
    behind = _BEHIND.match(text[end : end + OFFICE_REACH])
    parts = (
        set_before.group(1) if set_before else "",
        before.group() if before else "",
        text[start:end],
        behind.group(1) if behind else "",
    )
    return " ".join(filter(None, map(str.strip, parts)))


def kind_of(text: str, span: Span, nouns: frozenset[str]) -> frozenset[str]:
    """Return the nouns of a class that say beside a name what its bearer is.

    They stand right before it ("rebel leader NAME", but not "rebels killed NAME"), or in an
    apposition behind it (", a rebel commander,").
    """
    start, end = span
    found: set[str] = set()
    for word in reversed(_WORD.findall(text[max(0, start - OFFICE_REACH) : start].casefold())):
        if word not in nouns:
            break
        found.add(word)
    behind = _BEHIND.match(f"{text[end : end + OFFICE_REACH]},")
    if behind:
        found |= nouns.intersection(_WORD.findall(behind.group(1).casefold()))
    return frozenset(found)
