"""What a common noun stands for: people, things, or nothing that has a body."""

from spacy.tokens import Token

from services.tagger.events.casualties import is_found_body
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import kids, lemma_of

_PERSONAL = ("er", "or", "ist", "ian", "man", "men", "ee", "eer", "mate", "ant", "ent", "folk", "youth", "guy", "kid", "son")
_QUALITIES = ("ity", "ism", "ness", "ship", "tion", "sion", "ance", "ence", "acy")


def is_personal(noun: Token) -> bool:
    """Tell whether a common noun is one of people, by its lists, by how English makes such nouns, or by a "who" behind it."""
    lemma = lemma_of(noun)
    if is_found_body(noun):
        return True
    if noun.pos_ in ("PROPN", "NUM", "PRON") or noun.ent_type_ in ("PERSON", "NORP", "ORG"):
        return True
    if lemma in cues().person_nouns | cues().roles | cues().party | cues().official | cues().witness:
        return True
    who = any(g.lower_ in ("who", "whose", "whom") for c in kids(noun, "relcl") for g in kids(c))
    if noun.doc.text.islower():
        # Names can't be told from nouns by their looks here.
        return lemma not in cues().not_personal
    return who or is_personal_by_its_form(lemma)


def is_personal_by_its_form(lemma: str) -> bool:
    return lemma in cues().person_nouns or (lemma.endswith(_PERSONAL) and lemma not in cues().not_personal)


def is_thing(noun: Token) -> bool:
    return bool({lemma_of(noun), noun.lower_} & (cues().things | cues().sites))


def is_abstract(noun: Token) -> bool:
    """Tell whether a noun is of no body: by the lists, or by how English makes nouns of qualities."""
    lemma = lemma_of(noun)
    if noun.pos_ != "NOUN" and noun.ent_type_:
        return False
    made = lemma.endswith(_QUALITIES) and len(lemma) > 6
    return lemma in cues().abstract or (
        made and lemma not in cues().sites | cues().bodies | cues().person_nouns | cues().concrete
    )
