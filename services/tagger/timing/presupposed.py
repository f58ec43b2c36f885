"""Presupposition: the words by which a sentence takes an event for known.

A sentence asserts its main clause ("recalled", "shows", "were freed") and presupposes what stands
in a definite phrase of it (Huddleston and Pullum 2002, ch. 5, 6.1).
"""

from collections.abc import Iterator

from services.tagger.lexicon.words import forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    has_called,
    is_a,
    is_verb,
    kids_of_all,
    lemma_of,
    prepositions,
    undergoers,
)

LONGEST_PATH = 30
"""Words on a path. Labels of a broken parse may lead round in a circle."""


def presupposed_by(trigger: Token) -> Token | None:
    """Return the word that takes an event for known.

    It is remembered or talked of, its moment is shown, its means are found, or whom it befell is
    set free.
    """
    below = trigger
    for word in upwards(trigger.head) if trigger.head.i != trigger.i else ():
        is_remembered = lemma_of(word) in lemmas().remembering and is_verb(word)
        if is_remembered and not is_a(below, "nsubj", "advcl", "conj", "parataxis"):
            return word
        if _is_moment_of(word, below) or _is_talk_of(word, below) or _is_means_of(word, below):
            return word
        if _is_set_free(word, below):
            return word.head
        below = word
    return None


def upwards(word: Token) -> Iterator[Token]:
    """Yield a word and those above it."""
    for _ in range(LONGEST_PATH):
        yield word
        if word.head.i == word.i:
            return
        word = word.head


def _is_moment_of(noun: Token, clause: Token) -> bool:
    """True for "the moment when" as an object, or behind "of" ("footage of the moment")."""
    if lemma_of(noun) not in lemmas().moments or not is_a(clause, "relcl", "acl"):
        return False
    is_of = is_a(noun, "pobj") and noun.head.lower_ == "of"
    return (is_of or is_a(noun, "dobj")) and has_called(noun, *forms().definite)


def _is_talk_of(preposition: Token, noun: Token) -> bool:
    """True for the "of" of "spoke of the attack"."""
    is_definite = is_a(noun, "pobj") and has_called(noun, *forms().definite)
    is_about = preposition.lower_ in ("of", "about") and is_a(preposition, "prep")
    return is_definite and is_about and lemma_of(preposition.head) in lemmas().talking


def _is_means_of(noun: Token, clause: Token) -> bool:
    """True for "the pistol with which NAME was killed"."""
    behind = kids_of_all(prepositions(clause, "with"), "pobj") if is_a(clause, "relcl") else ()
    is_definite = has_called(noun, *forms().definite)
    return is_definite and any(word.lower_ == "which" for word in behind)


def _is_set_free(noun: Token, clause: Token) -> bool:
    """True for whom a clause describes who is set free: "the nurses seized in May were freed"."""
    if not is_a(clause, "relcl", "acl") or not has_called(noun, *forms().definite):
        return False
    return lemma_of(noun.head) in lemmas().freeing and noun in undergoers(noun.head)
