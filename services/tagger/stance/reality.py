"""Reality: whether a clause tells of an event that took place, or of one that is meant, ordered, asked, or yet to come.

Implicative verbs (Karttunen 1971) and those of going on keep what they govern real: "managed to escape", "began to shell".
"""

from spacy.tokens import Token

from services.tagger.lexicon.words import cues


def unrealised(trigger: Token, *, is_title: bool = False) -> tuple[str, Token] | None:
    """Return (why, the word that tells) for an event that its own clause does not make real, None for a real one.

    A title's infinitive ("Chief to resign") is its news, unless it says what is planned or how something is done.
    """
    invented = _invented(trigger)
    if invented is not None:
        return invented
    if is_title:
        return _planned(trigger)
    if trigger.pos_ not in ("VERB", "AUX"):
        return None
    verb = _first_of_joined(trigger)
    auxiliaries = {c.lower_: c for c in (*verb.children, *trigger.children) if c.dep_ in ("aux", "auxpass")}
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
    to = next((c for c in verb.children if c.dep_ == "aux" and c.lower_ == "to"), None)
    planned = verb.dep_ in ("acl", "relcl") and verb.head.lemma_.lower() in cues()["possibilities"]
    return ("infinitive", to) if to is not None and planned else None


def _invented(trigger: Token) -> tuple[str, Token] | None:
    """Return the fiction or the exercise that frames a sentence: "In the film …", "The novel follows …", "In a drill …"."""
    for token in trigger.doc:
        lemma = token.lemma_.lower()
        inside = token.dep_ == "pobj" and token.head.lower_ in ("in", "during") and token.head.i <= 1
        if (lemma in cues()["fiction"] or lemma in cues()["exercises"]) and inside:
            return "invented", token
        follows = token.dep_ == "nsubj" and token.head.lemma_.lower() in cues()["depicting"]
        if lemma in cues()["fiction"] and follows and trigger.i > token.i:
            return "invented", token
    return None


def _first_of_joined(verb: Token) -> Token:
    """Return the verb whose auxiliaries hold for a joined one: "to attack and kill"."""
    while verb.dep_ == "conj" and verb.tag_ == verb.head.tag_ and verb.head.pos_ in ("VERB", "AUX"):
        verb = verb.head
    return verb


def _keeps_real(verb: Token, to: Token) -> bool:
    governor = verb.head
    lemma = governor.lemma_.lower()
    if lemma in cues()["implicative"]:
        return True
    if verb.dep_ == "advcl" and (verb.lemma_.lower() in cues()["expressive"] or _is_outcome(to)):
        return True
    if lemma in cues()["passive_hedges"] | cues()["say"] | {"know", "find", "see"}:
        return True
    if lemma in cues()["permissive"] and governor.tag_ in ("VBD", "VBN"):
        return not any(c.tag_ == "MD" or c.lower_ == "to" for c in governor.children if c.dep_ == "aux")
    attributes = [g for c in governor.children if c.dep_ == "attr" for g in c.children]
    return bool(
        {c.lower_ for c in (governor, *governor.children, *attributes)} & {"first", "second", "last", "only", "latest", "next"}
    )


def _is_outcome(to: Token) -> bool:
    """Tell whether an infinitive says how it ended: "came home, only to be jailed"."""
    return bool(to.i > 0 and to.nbor(-1).lower_ == "only")


def _is_imperative(verb: Token) -> bool:
    bare = verb.tag_ == "VB" and not any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "expl") for c in verb.children)
    return bare and (verb.dep_ == "ROOT" or (verb.dep_ == "conj" and _is_imperative(verb.head)))
