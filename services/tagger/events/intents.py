"""Statements of intent: offers of cooperation, and vows or ultimatums of harm."""

from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has_called,
    is_a,
    kids,
    kids_of_all,
    lemma_of,
    words_of,
)


def intent(token: Token) -> Token | None:
    """Return the verb that offers, promises, or vows a trigger's event; None without any.

    A trigger in the future tense ("will") is its own verb of intent.
    """
    governor = token.head
    binding = any_of(cues().offers, cues().vows)
    if is_a(token, "xcomp", "ccomp", "dobj") and words_of(governor) & binding:
        return governor
    auxiliaries = forms_of(kids(token, "aux"))
    announced = bool(auxiliaries & forms().announcing)
    return token if announced or ("would" in auxiliaries and _is_conditional(token)) else None


def is_vow(token: Token) -> bool:
    """True if a verb of intent announces harm ("vowed to"), or a condition makes it an ultimatum.

    Such a condition is one of "unless".
    """
    return bool(words_of(token) & cues().vows) or "unless" in forms_of(kids_of_all(kids(token)))


def offers(token: Token) -> bool:
    """True if a verb offers to do something harmless ("offered to hand over the port")."""
    if not words_of(token) & cues().offers:
        return False
    return any(map(_is_harmless_infinitive, kids(token, "xcomp")))


def _is_harmless_infinitive(verb: Token) -> bool:
    return has_called(verb, "to") and lemma_of(verb) not in cues().harms


def _is_conditional(token: Token) -> bool:
    conditions = kids_of_all(kids(token, "advcl"))
    return bool(forms_of(conditions) & forms().conditional)
