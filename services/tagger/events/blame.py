"""Blame: whom an accusation, a suspicion, or a claim of responsibility makes the agent of an event.

The verb above the trigger decides.
"""

from dataclasses import dataclass

from services.tagger.events.subjects import subjects
from services.tagger.lexicon.words import cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    by_phrase,
    is_a,
    is_noun,
    is_passive,
    kids,
    kids_of_all,
    lemma_of,
    lemmas_of,
    own_subjects,
    undergoers,
)


@dataclass(frozen=True)
class Blame:
    """The tokens of the culprits, of the cue, and of the accusers.

    `own`: the culprits claim the deed. `outright`: the text asserts it ("is responsible for").
    """

    culprits: list[Token]
    cue: Token
    accusers: list[Token]
    own: bool = False
    outright: bool = False


def blame(trigger: Token) -> Blame | None:
    """Return the blame that the governors of a trigger lay, innermost first; None without any."""
    below, token = trigger, trigger.head
    for _ in range(6):
        if token.i == below.i:
            return None
        found = _blame_of(token, below)
        if found is not None and found.culprits:
            return found
        below, token = token, token.head
    return None


def _blame_of(verb: Token, below: Token) -> Blame | None:
    lemma = lemma_of(verb)
    undergone = is_a(below, "dobj", "nsubjpass")
    is_of_deed = is_a(below, "prep") and below.lower_ in forms().accusing
    if is_of_deed and lemma in cues().accuse:
        return Blame(_accused(verb), verb, _accusers(verb))
    if is_of_deed and is_a(verb, "dobj") and lemma_of(verb.head) in cues().accuse:
        # The deed is a complement of the verb; parsers hang it on the object.
        return Blame([verb], verb.head, _accusers(verb.head))
    if lemma == "blame" and undergone:
        return Blame(_behind(verb, "on"), verb, _accusers(verb))
    if lemma in lemmas().ascribing and undergone:
        return Blame(_behind(verb, "to"), verb, _accusers(verb))
    if lemma == "responsibility" and lemma_of(verb.head) in cues().claims_responsibility:
        return Blame(_accusers(verb.head), verb.head, [], own=True)
    if below.lower_ == "for" and _claims_responsibility(verb):
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "claim" and undergone:
        return Blame(_accusers(verb), verb, [], own=True)
    if lemma == "responsible" and below.lower_ == "for":
        held = lemma_of(verb.head) == "hold"
        accusers = _accusers(verb.head) if held else []
        return Blame(_responsible(verb), verb, accusers, outright=not held)
    return None


def _claims_responsibility(verb: Token) -> bool:
    """True for "claimed responsibility", "took credit"."""
    if lemma_of(verb) not in cues().claims_responsibility:
        return False
    return bool(lemmas_of(kids(verb, "dobj")) & lemmas().merit)


def _accused(verb: Token) -> list[Token]:
    """Return the object, the subject of a passive, or the noun before a participle."""
    found = undergoers(verb)
    return found or ([verb.head] if is_a(verb, "acl") and is_noun(verb.head) else [])


def _accusers(verb: Token) -> list[Token]:
    """Return the subject, also of a verb that it is joined to; of a passive, the by-phrase."""
    by = by_phrase(verb)
    if by or is_passive(verb):
        return by
    return kids(verb, "nsubj") or (subjects(verb) if is_a(verb, "conj") else [])


def _behind(verb: Token, preposition: str) -> list[Token]:
    prepositions = kids_of_all([verb], "prep", "dative", words=(preposition,))
    return kids_of_all(prepositions, "pobj")


def _responsible(adjective: Token) -> list[Token]:
    """Return the culprit of "X is responsible for", "holds X responsible for"."""
    verb = adjective.head
    held = kids(verb, "dobj") or kids(adjective, "nsubj")
    return held or own_subjects(verb)
