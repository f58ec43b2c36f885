"""Repairs of a parse, where a small model is known to hang a word in the wrong place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.tagger.lexicon.words import speech

if TYPE_CHECKING:
    from services.tagger.parse.doc import Token

_PAST = "VBD"


def repair(words: Sequence["Token"]) -> None:
    """Hang a verb in a list of what was said on the first of the list, not on the verb of speech.

    "Olvin said that rebels seized a bus, killed a guard, and fled": a conjunct without a
    conjunction before it goes on with the nearest verb of its form, which the list began with.
    """
    for verb in words:
        if verb.dep == "conj" and verb.tag_ == _PAST and verb.head.lemma in speech().say:
            first = _first_told(verb)
            if first is not None:
                _hang(verb, first)


def _first_told(verb: "Token") -> "Token | None":
    """Return the verb of the content clause that a conjunct of its verb of speech goes on with."""
    said = verb.head
    told = [k for k in said.kids if k.dep == "ccomp" and said.i < k.i < verb.i and k.tag_ == _PAST]
    has_own_subject = any(kid.dep in ("nsubj", "nsubjpass") for kid in verb.kids)
    before = verb.nbor(-1) if not has_own_subject else None
    if not told or before is None or before.text != ",":
        return None
    is_joined = any(
        k.dep == "cc" and told[-1].i < k.i < verb.i for k in (*said.kids, *told[-1].kids)
    )
    return None if is_joined else told[-1]


def _hang(verb: "Token", head: "Token") -> None:
    verb.head.kids = [kid for kid in verb.head.kids if kid is not verb]
    verb.head = head
    head.kids = sorted([*head.kids, verb], key=lambda kid: kid.i)
