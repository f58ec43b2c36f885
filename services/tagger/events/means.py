"""Means: the attacks that deaths and wounds came of, and whose they were ("killed in police firing", "when troops fired")."""

from collections.abc import Iterator

from spacy.tokens import Token

from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import has_called, is_a, kids, lemma_of

_COMING_ABOUT = frozenset({"take", "occur", "happen", "result", "come", "cause"})
_MEANS = frozenset({"in", "by", "during", "from", "after", "when", "to", "due"})


def doers(word: Token) -> list[Token]:
    """Return the subjects of an attack that the parser takes for a verb."""
    return kids(word, "nsubj") if word.pos_ == "VERB" else []


def deeds(trigger: Token) -> Iterator[Token]:
    """Yield the attacks that an event came of: "in police firing", "when troops fired", "the raid in which he was killed"."""
    heads = [trigger, *kids(trigger, "dobj", "attr"), *occurring(trigger)]
    for prep in (c for head in heads for c in kids(head)):
        if (is_a(prep, "prep", "agent") or prep.lower_ == "due") and prep.lower_ in _MEANS:
            below = [prep, *kids(prep, "prep", "pcomp")]
            yield from (c for b in below for c in (b, *kids(b)) if is_a(c, "pobj", "pcomp") and _is_deed(c))
            if is_a(trigger, "relcl") and is_attack(trigger.head) and any(c.tag_ == "WDT" for c in kids(prep)):
                yield trigger.head
        elif _is_when_they_fired(prep):
            yield prep


def occurring(noun: Token) -> list[Token]:
    """Return the verb that says that deaths came about: "12 of these deaths have taken place due to police firing"."""
    whole = noun.head.head if is_a(noun, "pobj") and noun.head.lower_ == "of" else noun
    verb = whole.head
    return [verb] if is_a(whole, "nsubj", "nsubjpass") and lemma_of(verb) in _COMING_ABOUT and noun.pos_ == "NOUN" else []


def _is_deed(noun: Token) -> bool:
    """Tell whether a noun is an attack, or a party that a participle says fired."""
    fires = lemma_of(noun) in cues().firing_parties and any(is_attack(c) for c in kids(noun, "acl"))
    return fires or is_attack(noun)


def _is_when_they_fired(clause: Token) -> bool:
    fired = is_a(clause, "advcl") and lemma_of(clause) in cues().firing_verbs
    return fired and has_called(clause, "when", "after", "as")


def is_attack(noun: Token) -> bool:
    """Tell whether a noun is of an attack."""
    return bool({lemma_of(noun), noun.lower_} & cues().attack_nouns)


def forces(noun: Token) -> list[Token]:
    """Return the police or army whose firing it was."""
    return [c for c in kids(noun, "compound", "poss", "nsubj") if lemma_of(c) in cues().firing_parties]
