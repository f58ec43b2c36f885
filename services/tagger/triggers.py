"""Triggers: which words of a parse speak of an event, by lemma, part of speech, and the words that complete them."""

from collections.abc import Iterator
from typing import Any

from services.tagger.dictionaries import EventType, cues, ontology


def triggers(token: Any) -> Iterator[tuple[EventType, str]]:
    """Yield (event type, frame) of every event that a token may speak of; frames: verb subject as adjective noun."""
    lemma, lower = token.lemma_.lower(), token.lower_
    for event_type in ontology():
        if token.pos_ in ("VERB", "AUX") or token.tag_.startswith("VB"):
            if _has_word(token, event_type.with_word.get(lemma, frozenset())):
                yield event_type, "verb"
            elif lemma in event_type.verbs and not _is_half(token):
                yield _upgraded(event_type, token), "verb"
            elif lemma in event_type.intransitive:
                yield event_type, "subject"
        if (lemma in event_type.as_verbs or lower.rstrip("s") in event_type.as_verbs) and _office(token) is not None:
            yield event_type, "as"
        if lower in event_type.adjectives and _predicated(token):
            yield event_type, "adjective"
        if token.pos_ in ("NOUN", "PROPN") and (lemma in event_type.nouns or lower in event_type.nouns):
            yield event_type, "noun"
        if token.pos_ in ("NOUN", "PROPN") and any(_ends_phrase(token, phrase) for phrase in event_type.noun_phrases):
            yield event_type, "noun"


def _has_word(token: Any, words: frozenset[str]) -> bool:
    """Tell whether one of the words completes a verb ("shot dead", "stabbed to death", "gunned down")."""
    near = [c for c in token.children if c.dep_ in ("oprd", "acomp", "advmod", "prt", "advcl", "amod", "prep")]
    inner = [g for c in near if c.dep_ == "prep" and c.lower_ == "to" for g in c.children]
    return bool(words and words & {t.lower_ for t in (*near, *inner)})


def _is_half(token: Any) -> bool:
    """Tell whether a verb is the first half of "shot and killed": the second says what came of it."""
    return token.lemma_.lower() in ("shoot", "stab") and any(
        c.dep_ == "conj" and c.lemma_.lower() in ("kill", "wound", "injure") for c in token.children
    )


def _upgraded(event_type: EventType, token: Any) -> EventType:
    """An attack by aircraft is an airstrike."""
    subjects = [c.lemma_.lower() for c in token.children if c.dep_ == "nsubj"]
    if event_type.event == "attack" and set(subjects) & cues()["aircraft"]:
        return next(t for t in ontology() if t.event == "airstrike")
    return event_type


def _predicated(token: Any) -> bool:
    """Tell whether an adjective says what became of somebody ("is dead", "left ten dead", "Ten dead in …")."""
    if token.head.lemma_ in cues()["predicating"] and token.dep_ in ("acomp", "oprd", "xcomp", "ccomp", "attr"):
        return True
    numbered = token.dep_ == "amod" and (token.head.pos_ == "NUM" or any(c.dep_ == "nummod" for c in token.head.children))
    return numbered and token.i > token.head.i


def _ends_phrase(token: Any, phrase: str) -> bool:
    first, last = phrase.split()
    return bool(token.lemma_.lower() == last and token.i > 0 and token.nbor(-1).lower_ == first)


def _office(token: Any) -> Any:
    """Return the office in "named NAME as its leader" or "elected NAME president"."""
    for child in token.subtree:
        if child.lemma_.lower() in cues()["roles"] and (
            child.dep_ == "oprd"
            or (child.dep_ == "pobj" and child.head.lower_ == "as")
            or (child.dep_ == "dobj" and child.head.i == token.i and _proper(child))
        ):
            return child
    return None


def _proper(noun: Any) -> bool:
    return any(c.dep_ == "compound" and c.pos_ == "PROPN" for c in noun.children)
