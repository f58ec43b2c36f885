"""Statements of intent: who offers to cooperate, and who vows, or says that he will unless somebody complies, to do harm."""

from spacy.tokens import Token

from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import has_called, is_a, kids, lemma_of


def intent(token: Token) -> Token | None:
    """Return the verb that offers, promises, or vows what a trigger names, or the trigger itself where it is to come ("will")."""
    governor = token.head
    if is_a(token, "xcomp", "ccomp", "dobj") and _forms(governor) & (cues().offers | cues().vows):
        return governor
    auxiliaries = {c.lower_ for c in kids(token, "aux")}
    if auxiliaries & {"will", "'ll", "shall"} or ("would" in auxiliaries and _is_conditional(token)):
        return token
    return None


def is_vow(token: Token) -> bool:
    """Tell whether a verb of intent is one that announces harm ("vowed to"), or a condition makes it an ultimatum ("unless")."""
    return bool(_forms(token) & cues().vows) or any(g.lower_ == "unless" for c in kids(token) for g in kids(c))


def offers(token: Token) -> bool:
    """Tell whether a verb offers, promises, or pledges to do something that is no harm ("offered to hand over the port")."""
    if not _forms(token) & cues().offers:
        return False
    return any(has_called(c, "to") and lemma_of(c) not in cues().harms for c in kids(token, "xcomp"))


def _is_conditional(token: Token) -> bool:
    return any(has_called(c, "if", "unless") for c in kids(token, "advcl"))


def _forms(token: Token) -> set[str]:
    """Return a verb's lemma and its form: the parser's lemma of "sworn" is "sworn"."""
    return {lemma_of(token), token.lower_}
