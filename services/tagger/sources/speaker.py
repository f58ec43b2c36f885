"""The source of a verb of speech: its subject, its by-phrase, or the subject that it shares."""

from services.tagger.lexicon.ontology import nouns_of
from services.tagger.lexicon.words import forms, lemmas, speech
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    by_phrase,
    has,
    is_a,
    is_noun,
    is_passive,
    kid,
    kids,
    lemma_of,
)
from services.tagger.sources.sentence import QuotingSentence

_MOST_VERBS = 4
"""Verbs between one without a subject and the verb whose subject it shares."""
_MOST_STEPS = 20
"""Steps from a verb up to a clause that it is the content of."""


def source_of(verb: Token, sentence: QuotingSentence) -> Token | None:
    """Return the noun whose speech a verb reports, None without one."""
    by = by_phrase(verb)
    if by:
        return by[0]
    if is_passive(verb) or is_bare_passive(verb):
        return _quoted_as(verb)
    office = _set_before(verb)
    if office is not None:
        return office
    for _ in range(_MOST_VERBS):
        subjects = (c for c in reversed(kids(verb, "nsubj")) if not sentence.is_quoted(c))
        subject = next(subjects, None)
        if subject is not None:
            return _antecedent(subject, verb)
        if verb.head.i == verb.i:
            return None
        if is_a(verb, "relcl", "acl"):
            return verb.head
        # The controller of an infinitive is its subject ("urged him to admit").
        controller = kid(verb.head, "dobj", "oprd", "attr") if is_a(verb, "xcomp") else None
        if controller is not None:
            return controller
        if not is_a(verb, "conj", "xcomp", "advcl", "pcomp", "prep", "ccomp", "parataxis"):
            return None
        verb = verb.head
    return None


def _set_before(verb: Token) -> Token | None:
    """Return the subject between commas that a parse hangs on the clause before it.

    "Six died in Meris, the town's mayor, Marta Olvin, said": the office is set beside the town.
    """
    comma = verb.nbor(-1) if verb.i > 0 else verb
    name = comma.nbor(-1) if comma.lower_ == "," and comma.i > 0 else verb
    is_office = is_a(name, "appos") and is_noun(name.head) and name.head.pos_ != "PROPN"
    return name.head if is_office and name.pos_ == "PROPN" and not has(verb, "nsubj") else None


def is_bare_passive(verb: Token) -> bool:
    """True if a participle is a passive without its auxiliary ("asked about it, they")."""
    return verb.tag_ == "VBN" and is_a(verb, "acl", "advcl") and not has(verb, "aux", "nsubj")


def is_content(verb: Token) -> bool:
    """True if a verb stands in the content of another attribution, and is no cue of its own."""
    for _ in range(_MOST_STEPS):
        if is_a(verb, "ccomp") and _takes_clause(verb.head):
            return True
        if verb.head.i == verb.i:
            return False
        verb = verb.head
    return False


def _takes_clause(verb: Token) -> bool:
    lemma, words = lemma_of(verb), speech()
    return lemma in words.say or lemma in words.think or lemma in words.show


def is_purpose(verb: Token) -> bool:
    """True if a verb is an infinitive of purpose ("a plan to urge"): nothing is said yet."""
    return is_a(verb, "acl", "advcl", "relcl") and "TO" in _auxiliaries(verb)


def is_unreal(verb: Token) -> bool:
    """True if a verb is modal, an infinitive, or negated: it has a source, but no content."""
    return has(verb, "neg") or not _auxiliaries(verb).isdisjoint(("MD", "TO"))


def _auxiliaries(verb: Token) -> set[str]:
    """Return the tags of a verb's auxiliaries: MD of a modal, TO of an infinitive's particle."""
    return {aux.tag_ for aux in kids(verb, "aux")}


def _quoted_as(verb: Token) -> Token | None:
    """Return the subject of "was quoted as saying"; others ("was asked") are no sources."""
    return kid(verb, "nsubjpass") if lemma_of(verb) in lemmas().quoting else None


def is_happening(noun: Token) -> bool:
    """True for a noun for violence, damage, or a hazard, which says nothing: "the blast"."""
    return noun.pos_ == "NOUN" and lemma_of(noun) in nouns_of("violence", "damage", "hazard")


def _antecedent(subject: Token, verb: Token) -> Token:
    """Return the noun that a relative pronoun refers to, any other subject itself."""
    if subject.lower_ in forms().relative_pronouns and is_a(verb, "relcl"):
        return verb.head
    return subject
