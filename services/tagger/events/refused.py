"""Refusals: words that may name an event, and why no report is made of them (for `--explain`)."""

from dataclasses import dataclass, field
from typing import Literal

from services.messages import Span
from services.tagger.events.evidence import is_none
from services.tagger.events.found import Found
from services.tagger.lexicon.ontology import EventType, ontology
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import kids, lemma_of

Reason = Literal[
    "another-meaning", "figure", "nobody", "no-person", "lacks-role", "in-passing", "outlived"
]
"""Why a word makes no report.

- another-meaning: its part of speech, or the words around it, make it something else.
- figure: a figure of speech ("killed the mood").
- nobody: the sentence says that nobody does it.
- no-person: it befalls people, and its object is none ("killed the bill").
- lacks-role: nobody is known whom it befalls, or who does it.
- in-passing: a title only mentions it.
- outlived: a wound that somebody dies of counts as the death.
"""


@dataclass(frozen=True)
class Refused:
    """A word, by its span in the text, and the type of event that it may have named."""

    span: Span
    event: str
    reason: Reason


@dataclass
class Notes:
    """What a reading leaves behind for its explanation; taken only where one is asked for."""

    read: set[Span] = field(default_factory=set)
    """The sentences that were parsed."""
    refused: list[Refused] = field(default_factory=list)


def refused(event: Found, base: int, reason: Reason) -> Refused:
    """Return the refusal of an event in a sentence that starts at `base`."""
    return Refused(_span(event.trigger, base), event.type.event, reason)


def why_not(event: Found) -> Reason:
    """Return why an event does not hold up."""
    if event.figurative:
        return "figure"
    if any(map(is_none, kids(event.trigger, "nsubj"))):
        return "nobody"
    is_of_a_thing = bool(event.target) and "person" in event.type.patient_is
    return "no-person" if is_of_a_thing else "lacks-role"


def misread(token: Token, base: int) -> Refused | None:
    """Return the refusal of a word that by itself names an event elsewhere, None for any other."""
    kind = next((kind for kind in ontology() if _is_named_by(kind, token)), None)
    if kind is None:
        return None
    return Refused(_span(token, base), kind.event, "another-meaning")


def _is_named_by(kind: EventType, token: Token) -> bool:
    words = kind.verbs | kind.intransitive | kind.subject_verbs | kind.nouns | kind.adjectives
    return lemma_of(token) in words


def _span(token: Token, base: int) -> Span:
    return base + token.idx, base + token.idx + len(token)
