"""Reality: whether a clause tells of an event that took place, or of one that is meant, ordered, asked, or yet to come.

Implicative verbs (Karttunen 1971) and those of going on keep what they govern real: "managed to escape", "began to shell".
"""

from spacy.tokens import Token

from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import has, is_a, is_verb, kids, lemma_of


def unrealised(trigger: Token, *, is_title: bool = False) -> tuple[str, Token] | None:
    """Return (why, the word that tells) for an event that its own clause does not make real, None for a real one.

    A title's infinitive ("Chief to resign") is its news, unless it says what is planned or how something is done.
    """
    invented = _invented(trigger)
    if invented is not None:
        return invented
    if is_title:
        return _planned(trigger)
    if not is_verb(trigger):
        return None
    verb = _first_of_joined(trigger)
    auxiliaries = {c.lower_: c for c in (*kids(verb), *kids(trigger)) if is_a(c, "aux", "auxpass")}
    for word in ("will", "wo", "shall", "'ll", "’ll"):
        if word in auxiliaries:
            return "future", auxiliaries[word]
    if "to" in auxiliaries and not ({"have", "having"} & set(auxiliaries)) and not _keeps_real(verb, auxiliaries["to"]):
        return "infinitive", auxiliaries["to"]
    if _is_imperative(verb):
        return "imperative", verb
    return None


def _planned(trigger: Token) -> tuple[str, Token] | None:
    """Return what makes a title's infinitive a plan or a recipe: "plan to seize NAME", "How to survive a flood"."""
    verb = _first_of_joined(trigger)
    if trigger.doc[0].lower_ == "how" and len(trigger.doc) > 1 and trigger.doc[1].lower_ == "to":
        return "how-to", trigger.doc[0]
    to = next((c for c in kids(verb, "aux") if c.lower_ == "to"), None)
    planned = is_a(verb, "acl", "relcl") and lemma_of(verb.head) in cues().possibilities
    return ("infinitive", to) if to is not None and planned else None


def _invented(trigger: Token) -> tuple[str, Token] | None:
    """Return the fiction or the exercise that frames a sentence: "In the film …", "The novel follows …", "In a drill …"."""
    for token in trigger.doc:
        lemma = lemma_of(token)
        inside = is_a(token, "pobj") and token.head.lower_ in ("in", "during") and token.head.i <= 1
        if (lemma in cues().fiction or lemma in cues().exercises) and inside:
            return "invented", token
        follows = is_a(token, "nsubj") and lemma_of(token.head) in cues().depicting
        if lemma in cues().fiction and follows and trigger.i > token.i:
            return "invented", token
    return None


def _first_of_joined(verb: Token) -> Token:
    """Return the verb whose auxiliaries hold for a joined one: "to attack and kill"."""
    while is_a(verb, "conj") and verb.tag_ == verb.head.tag_ and is_verb(verb.head):
        verb = verb.head
    return verb


def _keeps_real(verb: Token, to: Token) -> bool:
    governor = verb.head
    lemma = lemma_of(governor)
    if lemma in cues().implicative:
        return True
    if is_a(verb, "advcl") and (lemma_of(verb) in cues().expressive or _is_outcome(to)):
        return True
    if lemma in cues().passive_hedges | cues().say | {"know", "find", "see"}:
        return True
    if lemma in cues().permissive and governor.tag_ in ("VBD", "VBN"):
        return not any(c.tag_ == "MD" or c.lower_ == "to" for c in kids(governor, "aux"))
    attributes = [g for c in kids(governor, "attr") for g in kids(c)]
    return bool(
        {c.lower_ for c in (governor, *kids(governor), *attributes)} & {"first", "second", "last", "only", "latest", "next"}
    )


def _is_outcome(to: Token) -> bool:
    """Tell whether an infinitive says how it ended: "came home, only to be jailed"."""
    return bool(to.i > 0 and to.nbor(-1).lower_ == "only")


def _is_imperative(verb: Token) -> bool:
    bare = verb.tag_ == "VB" and not has(verb, "nsubj", "nsubjpass", "aux", "auxpass", "expl")
    return bare and (is_a(verb, "ROOT") or (is_a(verb, "conj") and _is_imperative(verb.head)))
