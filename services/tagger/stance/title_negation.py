"""Scope of the negations of a title: its news, something beside the news, or nothing.

The parse gives the scope. The pseudo-negations are those of ConText (Harkema et al. 2009).
"""

from collections.abc import Iterator
from typing import Literal

from services.tagger.lexicon.words import cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    is_a,
    is_noun,
    is_verb,
    kids,
    label_of,
    lemma_of,
    tokens_called,
)
from services.tagger.stance.reading import Reading

_WORDS_TO_TRIGGER = 2
"""Words from a negation to a trigger that it negates, whatever the parse. Set by hand."""
_WORDS_FROM_SO = 4
"""Words before a negation among which "so" opens a clause of purpose."""
_BESIDE = frozenset({"relcl", "advcl", "acl", "appos"})

Scope = Literal["event", "aside", "idle"]
"""The news of the title, something beside it, or nothing ("not only")."""


def negations(doc: Doc) -> Iterator[tuple[Token, Scope]]:
    """Yield the negations of a title with their scope, in text order."""
    for token in tokens_called(doc, forms().negations):
        yield token, _scope(token)


def _scope(token: Token) -> Scope:
    before, after, verb, words = _before(token), _after(token), token.head, cues()
    if after in words.pseudo_negation_after or before in words.pseudo_negation_before:
        return "idle"
    if _is_between_parts(token) or is_purpose(token):
        return "idle"
    if after == "to" and lemma_of(verb.head) in words.intend:
        return "aside"
    if after in words.no_evidence:
        return "aside"
    if token.lower_ == "no" and not is_a(token, "det", "neg", "advmod", "intj"):
        return "idle"
    if is_a(verb, "pcomp") or lemma_of(verb) in words.goes_on:
        # An omission may be a reason ("fined for not paying"). An act that does not stop goes on.
        return "idle"
    if verb.tag_ == "VB" and before in forms().imperative and not has(verb, "nsubj", "nsubjpass"):
        return "idle"
    if lemma_of(verb) == "be" and not words.attitudes.isdisjoint(forms_of(kids(verb))):
        return "idle"
    if before in forms().negated_modals or lemma_of(verb) in words.not_of_the_event:
        return "aside"
    return "aside" if is_beside(verb) and not _copula_dropped(token) else "event"


def reaches(kind: str, cue: Token, reading: Reading, *, of_death: bool) -> bool:
    """True if a title's cue is about the event of a reading that the tree shows free of it.

    - "alive" is about a death.
    - A negation that hangs on another word negates that ("wounded, not killed").
    - A false person is no false news ("fake policeman").
    - A denial of a thing is about that thing ("denied bail"), and one by another party leaves what
      the first one says ("killed, army says; rebels deny").
    """
    if kind == "alive":
        return of_death
    if kind == "negation":
        return _is_just_before(cue, reading.trigger)
    if kind == "falsehood":
        described = cue.head if is_a(cue, "amod", "compound") else cue
        return lemma_of(described) not in cues().person_nouns
    return not is_verb(cue) or _denies_news(cue, reading)


def _is_just_before(negation: Token, trigger: Token) -> bool:
    """True for a negation next to its trigger, which the parser may hang elsewhere."""
    return 0 < trigger.i - negation.i <= _WORDS_TO_TRIGGER


def _denies_news(verb: Token, reading: Reading) -> bool:
    objects = kids(verb, "dobj")
    if verb.is_ancestor(reading.trigger):
        # "Rebels deny leader killed": a clause that the parser takes for a noun.
        is_clause = is_a(reading.trigger, "acl") and reading.trigger.head in objects
        return is_clause or "denial" in reading.kinds
    if objects:
        return any(lemma_of(o) in cues().talk or o.pos_ == "PRON" for o in objects)
    return not reading.speakers


def _before(token: Token, words: int = 1) -> str:
    return token.nbor(-words).lower_ if token.i >= words else ""


def _after(token: Token) -> str:
    return token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""


def _is_between_parts(token: Token) -> bool:
    """True for "or not", for a contrast ("a ticket, not arrest"), and for a slogan.

    A slogan: "Hands up, don't shoot".
    """
    before, two_before = _before(token), _before(token, 2)
    if two_before == "or" or (before == "," and token.lower_ == "not"):
        return True
    return two_before == "," and before in forms().imperative


def _copula_dropped(token: Token) -> bool:
    """True for a "not" right behind a noun ("Chief not dead"), on which the parser hangs it."""
    if token.lower_ != "not":
        return False
    before = next((t for t in reversed(token.doc[: token.i]) if t.pos_ != "ADV"), None)
    return before is not None and (is_noun(before) or before.text == ":")


def is_purpose(token: Token) -> bool:
    """True in a clause of purpose ("flees so he won't be seen", "so they could vote")."""
    return "so" in forms_of(token.doc[max(0, token.i - _WORDS_FROM_SO) : token.i])


def is_beside(token: Token) -> bool:
    """True in a clause behind the noun or verb that it modifies ("a friend who never came")."""
    for _ in range(20):
        if token.head.i == token.i:
            return False
        if label_of(token) in _BESIDE and token.i > token.head.i:
            return True
        token = token.head
    return False
