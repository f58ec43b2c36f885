"""The kinds of common nouns: people, things, and abstract nouns."""

from services.tagger.events.casualties import is_found_body
from services.tagger.lexicon.words import any_of, cues, endings, forms, is_for_people
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import forms_of, kids, kids_of_all, lemma_of, words_of

SHORTEST_QUALITY = 7
"""Letters of a noun that its ending makes abstract: "city" is shorter. Set by hand."""


def is_personal(noun: Token) -> bool:
    """True for a noun for people: by the word lists, by its ending, or by a "who" behind it."""
    lemma = lemma_of(noun)
    if is_found_body(noun):
        return True
    if noun.pos_ in ("PROPN", "NUM", "PRON") or noun.ent_type_ in ("PERSON", "NORP", "ORG"):
        return True
    known = cues()
    if lemma in any_of(known.person_nouns, known.roles, known.party, known.official, known.witness):
        return True
    if noun.doc.text.islower():
        # Names look like nouns in a sentence without capitals.
        return lemma not in cues().not_personal
    relatives = forms_of(kids_of_all(kids(noun, "relcl")))
    return bool(relatives & forms().who) or is_for_people(lemma)


def is_thing(noun: Token) -> bool:
    """True for a noun for a thing or a building."""
    return bool(words_of(noun) & any_of(cues().things, cues().sites))


def is_abstract(noun: Token) -> bool:
    """True for a noun without a body: by the word list, or by its ending."""
    if noun.pos_ != "NOUN" and noun.ent_type_:
        return False
    known, lemma = cues(), lemma_of(noun)
    if lemma in known.abstract:
        return True
    concrete = any_of(known.sites, known.bodies, known.person_nouns, known.concrete)
    made = lemma.endswith(endings().qualities) and len(lemma) >= SHORTEST_QUALITY
    return made and lemma not in concrete
