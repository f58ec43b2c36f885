"""Reality: whether a clause tells of an event that took place, or of one that is meant, ordered, asked, or yet to come.

Implicative verbs (Karttunen 1971) and those of going on keep what they govern real: "managed to escape", "began to shell".
"""

from typing import Any

from services.tagger.dictionaries import cues


def unrealised(trigger: Any) -> tuple[str, Any] | None:
    """Return (why, the word that tells) for an event that its own clause does not make real, None for a real one."""
    if trigger.pos_ not in ("VERB", "AUX"):
        return _of_noun(trigger)
    verb = _first_of_joined(trigger)
    auxiliaries = {c.lower_: c for c in (*verb.children, *trigger.children) if c.dep_ in ("aux", "auxpass")}
    for word in ("will", "wo", "shall", "'ll", "’ll"):
        if word in auxiliaries:
            return "future", auxiliaries[word]
    if "to" in auxiliaries and not ({"have", "having"} & set(auxiliaries)) and not _keeps_real(verb):
        return "infinitive", auxiliaries["to"]
    if _is_imperative(verb):
        return "imperative", verb
    return None


def _first_of_joined(verb: Any) -> Any:
    """Return the verb whose auxiliaries hold for a joined one: "to attack and kill"."""
    while verb.dep_ == "conj" and verb.tag_ == verb.head.tag_ and verb.head.pos_ in ("VERB", "AUX"):
        verb = verb.head
    return verb


def _keeps_real(verb: Any) -> bool:
    governor = verb.head
    lemma = governor.lemma_.lower()
    if lemma in cues()["implicative"]:
        return True
    if lemma in cues()["passive_hedges"] | cues()["say"] | {"know", "find", "see"}:
        return True
    return bool({c.lower_ for c in (governor, *governor.children)} & {"first", "second", "last", "only", "latest", "next"})


def _is_imperative(verb: Any) -> bool:
    bare = verb.tag_ == "VB" and not any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "expl") for c in verb.children)
    return bare and (verb.dep_ == "ROOT" or (verb.dep_ == "conj" and _is_imperative(verb.head)))


def _of_noun(noun: Any) -> tuple[str, Any] | None:
    """Return what makes an event noun a mere possibility: "the threat of an attack", "plans for the murder of"."""
    preposition = noun.head
    if noun.dep_ != "pobj" or preposition.lower_ not in ("of", "for", "about", "against") or preposition.dep_ != "prep":
        return None
    governor = preposition.head
    return ("possibility", governor) if governor.lemma_.lower() in cues()["possibilities"] and governor.pos_ == "NOUN" else None
