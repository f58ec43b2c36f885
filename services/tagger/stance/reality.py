"""Reality: whether a clause is about a real event, or about one intended, ordered, or to come.

Implicative verbs (Karttunen 1971) and verbs of going on keep their complement real: "managed to
escape", "began to shell".
"""

from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    is_a,
    is_verb,
    kids,
    kids_of_all,
    lemma_of,
    tokens_of_lemma,
    with_kids,
)


def unrealised(trigger: Token, *, is_title: bool = False) -> tuple[str, Token] | None:
    """Return (rule, cue word) for an event that its own clause leaves unreal; None for a real one.

    The infinitive of a title ("Chief to resign") is its news, but for a plan or a recipe.
    """
    invented = _invented(trigger)
    if invented is not None:
        return invented
    if is_title:
        return _planned(trigger)
    if not is_verb(trigger):
        return None
    verb = _first_of_joined(trigger)
    auxiliaries = [*kids(verb, "aux", "auxpass"), *kids(trigger, "aux", "auxpass")]
    by_form = {str(c.lower_): c for c in auxiliaries}
    for word, auxiliary in by_form.items():
        if word in forms().future:
            return "future", auxiliary
    to = by_form.get("to") if by_form.keys().isdisjoint(forms().perfect) else None
    if to is not None and not _keeps_real(verb, to):
        return "infinitive", to
    if _is_imperative(verb):
        return "imperative", verb
    return None


def _planned(trigger: Token) -> tuple[str, Token] | None:
    """Return the cue of a plan or a recipe in a title: "plan to seize NAME", "How to survive"."""
    verb, doc = _first_of_joined(trigger), trigger.doc
    if doc[0].lower_ == "how" and len(doc) > 1 and doc[1].lower_ == "to":
        return "how-to", doc[0]
    to = next(iter(kids_of_all([verb], "aux", words=("to",))), None)
    planned = is_a(verb, "acl", "relcl") and lemma_of(verb.head) in cues().possibilities
    return ("infinitive", to) if to is not None and planned else None


def _invented(trigger: Token) -> tuple[str, Token] | None:
    """Return the fiction or exercise around an event: "In the film …", "The novel follows …"."""
    fiction, exercises = cues().fiction, cues().exercises
    for token in tokens_of_lemma(trigger.doc, fiction | exercises):
        preposition = token.head
        if is_a(token, "pobj") and preposition.lower_ in forms().framing and preposition.i <= 1:
            return "invented", token
        depicts = is_a(token, "nsubj") and lemma_of(token.head) in cues().depicting
        if depicts and lemma_of(token) in fiction and trigger.i > token.i:
            return "invented", token
    return None


def _first_of_joined(verb: Token) -> Token:
    """Return the verb with the auxiliaries of a joined one: "to attack and kill"."""
    while is_a(verb, "conj") and verb.tag_ == verb.head.tag_ and is_verb(verb.head):
        verb = verb.head
    return verb


def _keeps_real(verb: Token, to: Token) -> bool:
    """True if the governor of an infinitive makes it real ("managed to", "the first to")."""
    governor, lemma = verb.head, lemma_of(verb.head)
    if lemma in cues().implicative:
        return True
    if is_a(verb, "advcl") and (lemma_of(verb) in cues().expressive or _is_outcome(to)):
        return True
    if lemma in any_of(cues().passive_hedges, cues().say, lemmas().perceiving):
        return True
    if lemma in cues().permissive and governor.tag_ in ("VBD", "VBN"):
        return not any(map(_is_modal_or_to, kids(governor, "aux")))
    near = [*with_kids([governor]), *kids_of_all(kids(governor, "attr"))]
    return bool(forms_of(near) & forms().ordinals)


def _is_modal_or_to(auxiliary: Token) -> bool:
    return auxiliary.tag_ == "MD" or auxiliary.lower_ == "to"


def _is_outcome(to: Token) -> bool:
    """True for an infinitive of outcome: "came home, only to be jailed"."""
    return to.i > 0 and to.nbor(-1).lower_ == "only"


def _is_imperative(verb: Token) -> bool:
    bare = verb.tag_ == "VB" and not has(verb, "nsubj", "nsubjpass", "aux", "auxpass", "expl")
    return bare and (is_a(verb, "ROOT") or (is_a(verb, "conj") and _is_imperative(verb.head)))
