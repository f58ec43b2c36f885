"""Means: the attacks that deaths and wounds came of, and whose they were ("killed in police firing", "when troops fired")."""

from collections.abc import Iterator

from spacy.tokens import Token

from services.tagger.lexicon.words import cues

_COMING_ABOUT = frozenset({"take", "occur", "happen", "result", "come", "cause"})
_MEANS = frozenset({"in", "by", "during", "from", "after", "when", "to", "due"})


def doers(word: Token) -> list[Token]:
    """Return the subjects of an attack that the parser takes for a verb."""
    return [c for c in word.children if c.dep_ == "nsubj"] if word.pos_ == "VERB" else []


def deeds(trigger: Token) -> Iterator[Token]:
    """Yield the attacks that an event came of: "in police firing", "when troops fired", "the raid in which he was killed"."""
    heads = [trigger, *(c for c in trigger.children if c.dep_ in ("dobj", "attr")), *occurring(trigger)]
    for prep in (c for head in heads for c in head.children):
        if (prep.dep_ in ("prep", "agent") or prep.lower_ == "due") and prep.lower_ in _MEANS:
            below = [prep, *(c for c in prep.children if c.dep_ in ("prep", "pcomp"))]
            yield from (c for b in below for c in (b, *b.children) if c.dep_ in ("pobj", "pcomp") and _is_deed(c))
            if trigger.dep_ == "relcl" and is_attack(trigger.head) and any(c.tag_ == "WDT" for c in prep.children):
                yield trigger.head
        elif _is_when_they_fired(prep):
            yield prep


def occurring(noun: Token) -> list[Token]:
    """Return the verb that says that deaths came about: "12 of these deaths have taken place due to police firing"."""
    whole = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "of" else noun
    verb = whole.head
    return [verb] if whole.dep_ in ("nsubj", "nsubjpass") and verb.lemma_.lower() in _COMING_ABOUT and noun.pos_ == "NOUN" else []


def _is_deed(noun: Token) -> bool:
    """Tell whether a noun is an attack, or a party that a participle says fired."""
    fires = noun.lemma_.lower() in cues()["firing_parties"] and any(c.dep_ == "acl" and is_attack(c) for c in noun.children)
    return fires or is_attack(noun)


def _is_when_they_fired(clause: Token) -> bool:
    fired = clause.dep_ == "advcl" and clause.lemma_.lower() in cues()["firing_verbs"]
    return fired and any(c.lower_ in ("when", "after", "as") for c in clause.children)


def is_attack(noun: Token) -> bool:
    """Tell whether a noun is of an attack."""
    return bool({noun.lemma_.lower(), noun.lower_} & cues()["attack_nouns"])


def forces(noun: Token) -> list[Token]:
    """Return the police or army whose firing it was."""
    return [c for c in noun.children if c.dep_ in ("compound", "poss", "nsubj") and c.lemma_.lower() in cues()["firing_parties"]]
