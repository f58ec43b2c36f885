"""Repairs of a parse, where a small model is known to hang a word in the wrong place."""

from services.tagger.lexicon.words import speech
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import has, is_a, kids, lemma_of

_PAST = "VBD"


def repaired(sentence: Doc) -> Doc:
    """Hang a verb in a list of what was said on the first of the list, not on the verb of speech.

    "Olvin said that rebels seized a bus, killed a guard, and fled": a conjunct without a
    conjunction before it goes on with the nearest verb of its form, which the list began with.
    Changes the sentence, and returns it.
    """
    for verb in sentence:
        if is_a(verb, "conj") and verb.tag_ == _PAST and lemma_of(verb.head) in speech().say:
            first = _first_told(verb)
            if first is not None:
                _hang(verb, first)
    return sentence


def _first_told(verb: Token) -> Token | None:
    """Return the verb of the content clause that a conjunct of its verb of speech goes on with."""
    said = verb.head
    clauses = (c for c in kids(said, "ccomp") if said.i < c.i < verb.i and c.tag_ == _PAST)
    first = max(clauses, key=lambda clause: clause.i, default=None)
    if first is None or has(verb, "nsubj", "nsubjpass") or verb.nbor(-1).text != ",":
        return None
    joined = (*kids(said, "cc"), *kids(first, "cc"))
    return None if any(first.i < word.i < verb.i for word in joined) else first


def _hang(verb: Token, head: Token) -> None:
    verb.head.kids = [kid for kid in verb.head.kids if kid is not verb]
    verb.head = head
    head.kids = sorted([*head.kids, verb], key=lambda kid: kid.i)
