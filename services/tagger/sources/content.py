"""The content of a cue: the clause, quotation, or topic that an attribution is about."""

from services.messages import Span
from services.tagger.lexicon.words import forms, speech
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    has_called,
    is_a,
    kid,
    kids,
    lemma_of,
    prepositions,
)
from services.tagger.sources.sentence import QuotingSentence

_GAP = 3
"""Characters between a quotation and the sentence that attributes it (“Go!” she said.)."""
_QUOTE_WORDS = 3
"""Words of a quotation that make a verb beside it one of speech; shorter ones are scare quotes."""
_CLAUSE_HEADS = ("VERB", "AUX", "NOUN", "PROPN", "ADJ", "ADV", "PRON", "NUM")
"""Parts of speech of a clause's head; the parser takes interjections and the like for clauses."""


def said(verb: Token, sentence: QuotingSentence) -> Span | None:
    """Return the span of what a verb of saying introduces.

    A clause, a quotation, the clause around a comment, a topic, or an object. "Say" without any of
    them has the whole sentence, as the parse of it failed; other verbs ("told him") have None.
    """
    clause = clause_of(verb)
    if clause is not None:
        return sentence.subtree(clause)
    start, end = sentence.span
    if _is_behind_content(verb):
        return (start, end)
    quoted = sentence.quotes.within(start - _GAP, end + _GAP)
    if quoted:
        return (quoted[0][0], quoted[-1][1])
    if (is_a(verb, "parataxis", "ccomp") or _is_comment(verb)) and verb.head.i != verb.i:
        return sentence.subtree(verb.head)
    if _is_before_colon(verb):
        return (start, end)
    thing = _topic_or_object(verb)
    if thing is not None:
        return sentence.subtree(thing)
    return (start, end) if lemma_of(verb) == "say" else None


def _is_behind_content(verb: Token) -> bool:
    """True for "she was killed, her father said" where a parse takes both clauses for joined ones.

    News joins no clauses by a comma alone (Quirk et al. 1985, 13.1), so what stands first is said.
    """
    if not is_a(verb, "conj") or verb.i < verb.head.i or not has(verb, "nsubj"):
        return False
    return not has(verb.head, "cc") and not has(verb, "dobj", "ccomp")


def clause_of(verb: Token) -> Token | None:
    """Return the complement clause of a verb by its head."""
    takes_infinitive = lemma_of(verb) in speech().with_infinitive
    for clause in kids(verb, "ccomp", "xcomp"):
        if is_a(clause, "xcomp"):
            if takes_infinitive:
                return clause
        elif clause.pos_ in _CLAUSE_HEADS:
            return clause
    return None


def object_of(verb: Token) -> Token | None:
    """Return the object of a verb, or the complement in its place."""
    return kid(verb, "dobj", "oprd", "attr")


def object_of_document(verb: Token, source: Token) -> Token | None:
    """Return the object of a verb whose source is a document ("the poll shows a lead")."""
    return object_of(verb) if lemma_of(source) in speech().documents else None


def passive_subject(verb: Token) -> Token | None:
    """Return the subject of a passive with a by-phrase ("a plan rejected by the mayor": plan)."""
    if not has(verb, "agent"):
        return None
    subject = kid(verb, "nsubjpass")
    return verb.head if subject is None and is_a(verb, "acl") else subject


def topic_of(token: Token) -> Token | None:
    """Return the preposition of a topic ("spoke of", "statement on")."""
    return next(iter(prepositions(token, *forms().topic_prepositions)), None)


def quotation_beside(verb: Token, source: Token, sentence: QuotingSentence) -> Span | None:
    """Return the longer quotation of a sentence by its main verb ("she shrugged: “…”").

    None where another word of the sentence attributes it.
    """
    if not is_a(verb, "ROOT") or sentence.is_quoted(source) or _has_other_cue(verb, sentence):
        return None
    first, last = sentence.span
    for start, end in sentence.quotes.within(first, last):
        quoted = sentence.doc.text[max(0, start - first) : end - first]
        if len(quoted.split()) >= _QUOTE_WORDS:
            return (start, end)
    return None


def _has_other_cue(verb: Token, sentence: QuotingSentence) -> bool:
    others = filter(_is_plain_cue, sentence.doc)
    return any(word.i != verb.i and not sentence.is_quoted(word) for word in others)


def _is_plain_cue(word: Token) -> bool:
    if word.lower_ == "according":
        return True
    lemma = lemma_of(word)
    return word.pos_ == "VERB" and (lemma in speech().say or lemma in speech().judge)


def _is_comment(verb: Token) -> bool:
    """True if a verb stands in a clause of comment ("as many experts have pointed out")."""
    return is_a(verb, "advcl") and is_marked_by(verb, "as")


def is_marked_by(clause: Token, word: str) -> bool:
    """True if a clause is introduced by a conjunction ("that", "as")."""
    return word in forms_of(kids(clause, "mark"))


def _is_before_colon(verb: Token) -> bool:
    return has_called(verb, ":")


def _topic_or_object(verb: Token) -> Token | None:
    """Return the topic of a verb of speaking ("spoke of peace"), else an object."""
    lemma = lemma_of(verb)
    topic = topic_of(verb) if lemma in speech().speak else None
    if topic is not None:
        return topic
    return object_of(verb) if lemma in speech().with_object else None
