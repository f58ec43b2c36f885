"""Means: the attacks that caused deaths and wounds, and the parties that made them."""

from collections.abc import Iterator

from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    has_called,
    is_a,
    kids,
    lemma_of,
    with_kids,
    words_of,
)


def doers(word: Token) -> list[Token]:
    """Return the subjects of an attack that the parser takes for a verb."""
    return kids(word, "nsubj") if word.pos_ == "VERB" else []


def deeds(trigger: Token) -> Iterator[Token]:
    """Yield the attacks that caused an event.

    They are nouns ("in police firing", "the raid in which he was killed") or clauses ("when
    troops fired").
    """
    for head in (trigger, *kids(trigger, "dobj", "attr"), *occurring(trigger)):
        for child in kids(head):
            if _introduces_means(child):
                yield from _behind(child)
                if is_a(trigger, "relcl") and is_attack(trigger.head) and _has_which(child):
                    yield trigger.head
            elif _is_when_they_fired(child):
                yield child


def _introduces_means(word: Token) -> bool:
    return word.lower_ in forms().causal and (is_a(word, "prep", "agent") or word.lower_ == "due")


def _behind(preposition: Token) -> Iterator[Token]:
    for token in with_kids([preposition, *kids(preposition, "prep", "pcomp")]):
        if is_a(token, "pobj", "pcomp") and _is_deed(token):
            yield token


def _has_which(preposition: Token) -> bool:
    return any(c.tag_ == "WDT" for c in kids(preposition))


def occurring(noun: Token) -> list[Token]:
    """Return the verb of "12 of these deaths have taken place due to police firing"."""
    whole = noun.head.head if is_a(noun, "pobj") and noun.head.lower_ == "of" else noun
    verb = whole.head
    comes_about = is_a(whole, "nsubj", "nsubjpass") and lemma_of(verb) in lemmas().coming_about
    return [verb] if comes_about and noun.pos_ == "NOUN" else []


def _is_deed(noun: Token) -> bool:
    """True for an attack, and for a party with a participle of attack ("troops firing")."""
    fires = lemma_of(noun) in cues().firing_parties and any(map(is_attack, kids(noun, "acl")))
    return fires or is_attack(noun)


def _is_when_they_fired(clause: Token) -> bool:
    fired = is_a(clause, "advcl") and lemma_of(clause) in cues().firing_verbs
    return fired and has_called(clause, *forms().simultaneous)


def is_attack(word: Token) -> bool:
    """True for a noun of attack."""
    return bool(words_of(word) & cues().attack_nouns)


def users(means: Token) -> list[Token]:
    """Return those who used a means: "a bomb planted by rebels", "rebel fire", "fire from rebels".

    A means that somebody found, blamed, or condemned is not theirs.
    """
    verbs = any_of(lemmas().using, lemmas().perpetrating, cues().light)
    used = (clause for clause in kids(means, "acl") if lemma_of(clause) in verbs)
    found = [user for clause in used for user in by_phrase(clause)]
    return [*found, *behind(means, "from"), *forces(means)]


def forces(noun: Token) -> list[Token]:
    """Return the police or army before a noun of attack ("police firing")."""
    parties = kids(noun, "compound", "poss", "nsubj")
    return [c for c in parties if lemma_of(c) in cues().firing_parties]
