"""Blame: who is said to have done it by those who accuse, suspect, or claim responsibility, by the verb above an event."""

from dataclasses import dataclass

from spacy.tokens import Token

from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import by_phrase, is_a, kids, lemma_of, own_subjects, undergoers

_PARTIES = frozenset({"NOUN", "PROPN"})


@dataclass(frozen=True)
class Blame:
    """The tokens of those blamed, of the word that says so, and of those who blame.

    `own`: they say it of themselves; `outright`: the text says it of them, and leaves no doubt ("is responsible for").
    """

    culprits: list[Token]
    cue: Token
    accusers: list[Token]
    own: bool = False
    outright: bool = False


def blame(trigger: Token) -> Blame | None:
    """Return whom the governors of a trigger blame for its event, None where nobody is."""
    below, token = trigger, trigger.head
    for _ in range(6):
        if token.i == below.i:
            return None
        found = _blame(token, below)
        if found is not None and found.culprits:
            return found
        below, token = token, token.head
    return None


def _blame(verb: Token, below: Token) -> Blame | None:
    lemma = lemma_of(verb)
    if lemma in cues().accuse and is_a(below, "prep") and below.lower_ in ("of", "for", "in", "with"):
        return Blame(_objects(verb), verb, _accusers(verb))
    if lemma == "blame" and is_a(below, "dobj", "nsubjpass"):
        return Blame(_below(verb, "on"), verb, _accusers(verb))
    if lemma in ("attribute", "ascribe") and is_a(below, "dobj", "nsubjpass"):
        return Blame(_below(verb, "to"), verb, _accusers(verb))
    if lemma == "responsibility" and lemma_of(verb.head) in cues().claims_responsibility:
        return Blame(_accusers(verb.head), verb.head, [], own=True)
    if below.lower_ == "for" and lemma in cues().claims_responsibility and any(map(_is_responsibility, kids(verb))):
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "claim" and is_a(below, "dobj", "nsubjpass"):
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "responsible" and below.lower_ == "for":
        held = lemma_of(verb.head) == "hold"
        return Blame(_responsible(verb), verb, _accusers(verb.head) if held else [], outright=not held)
    return None


def _is_responsibility(token: Token) -> bool:
    return is_a(token, "dobj") and lemma_of(token) in ("responsibility", "credit")


def _objects(verb: Token) -> list[Token]:
    """Return who is accused: the object, the subject of a passive, the noun that a participle stands by."""
    found = undergoers(verb)
    return found or ([verb.head] if is_a(verb, "acl") and verb.head.pos_ in _PARTIES else [])


def _accusers(verb: Token) -> list[Token]:
    """Return the subject, in a passive the one after "by"."""
    by = by_phrase(verb)
    return by or kids(verb, "nsubj")


def _below(verb: Token, preposition: str) -> list[Token]:
    return [g for c in kids(verb, "prep", "dative") if c.lower_ == preposition for g in kids(c, "pobj")]


def _responsible(adjective: Token) -> list[Token]:
    """Return who is responsible: "X is responsible for", "holds X responsible for"."""
    verb = adjective.head
    held = kids(verb, "dobj") or kids(adjective, "nsubj")
    return held or own_subjects(verb)
