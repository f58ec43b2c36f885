"""Blame: who is said to have done it by those who accuse, suspect, or claim responsibility, by the verb above an event."""

from dataclasses import dataclass

from spacy.tokens import Token

from services.tagger.lexicon.words import cues

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
    lemma = verb.lemma_.lower()
    if lemma in cues()["accuse"] and below.dep_ == "prep" and below.lower_ in ("of", "for", "in", "with"):
        return Blame(_objects(verb), verb, _accusers(verb))
    if lemma == "blame" and below.dep_ in ("dobj", "nsubjpass"):
        return Blame(_below(verb, "on"), verb, _accusers(verb))
    if lemma in ("attribute", "ascribe") and below.dep_ in ("dobj", "nsubjpass"):
        return Blame(_below(verb, "to"), verb, _accusers(verb))
    if lemma == "responsibility" and verb.head.lemma_.lower() in cues()["claims_responsibility"]:
        return Blame(_accusers(verb.head), verb.head, [], own=True)
    if below.lower_ == "for" and lemma in cues()["claims_responsibility"] and any(map(_is_responsibility, verb.children)):
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "claim" and below.dep_ in ("dobj", "nsubjpass"):
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "responsible" and below.lower_ == "for":
        held = verb.head.lemma_.lower() == "hold"
        return Blame(_responsible(verb), verb, _accusers(verb.head) if held else [], outright=not held)
    return None


def _is_responsibility(token: Token) -> bool:
    return token.dep_ == "dobj" and token.lemma_.lower() in ("responsibility", "credit")


def _objects(verb: Token) -> list[Token]:
    """Return who is accused: the object, the subject of a passive, the noun that a participle stands by."""
    found = [c for c in verb.children if c.dep_ in ("dobj", "nsubjpass")]
    return found or ([verb.head] if verb.dep_ == "acl" and verb.head.pos_ in _PARTIES else [])


def _accusers(verb: Token) -> list[Token]:
    """Return the subject, in a passive the one after "by"."""
    by = [g for c in verb.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"]
    return by or [c for c in verb.children if c.dep_ == "nsubj"]


def _below(verb: Token, preposition: str) -> list[Token]:
    return [
        g
        for c in verb.children
        if c.dep_ in ("prep", "dative") and c.lower_ == preposition
        for g in c.children
        if g.dep_ == "pobj"
    ]


def _responsible(adjective: Token) -> list[Token]:
    """Return who is responsible: "X is responsible for", "holds X responsible for"."""
    verb = adjective.head
    held = [c for c in verb.children if c.dep_ == "dobj"] or [c for c in adjective.children if c.dep_ == "nsubj"]
    return held or [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")]
