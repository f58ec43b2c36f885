"""The spared: people of whom a sentence says that an event did not befall them.

"Is alive", "was found alive", "survived the blast": a report of the death that is denied. It takes
back what others said only of one person in particular; "six passengers survived" takes back none.
"""

from collections.abc import Sequence

from services.messages import Mention
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import cues, forms
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    has_called,
    is_a,
    is_passive,
    kids,
    lemma_of,
    lemmas_of,
)


def is_spared(event_type: EventType, token: Token) -> bool:
    """True if a token says that an event of the type did not befall somebody."""
    if token.lower_ in event_type.spared_adjectives:
        return _is_said_of_somebody(token)
    return lemma_of(token) in event_type.spared_verbs and _survives(token)


def _is_said_of_somebody(adjective: Token) -> bool:
    """True for an adjective behind whom it is said of ("found alive", "Judge alive")."""
    head = adjective.head
    if not is_a(adjective, "acomp", "oprd", "ccomp", "xcomp", "advcl", "amod", "ROOT"):
        return False
    if adjective.i < head.i and not has(adjective, "nsubj"):
        return False
    if lemma_of(head) in cues().lethal_alive or has_called(head, "last"):
        return False  # "burned alive", "last seen alive"
    return "dead" not in forms_of(kids(adjective, "conj")) and head.lower_ != "dead"


def _survives(verb: Token) -> bool:
    """True for a verb whose subject lives on; "survived by his wife" tells of the dead."""
    if is_passive(verb) or verb.tag_ == "VBG" or not has(verb, "nsubj"):
        return False
    outlived = lemmas_of(kids(verb, "dobj"))
    return not outlived or bool(outlived & cues().survivable)


def are_particular(patients: Sequence[Mention], trigger: Token) -> bool:
    """True for people whom a reader can tell: by name or its pronoun, or as "the judge"."""
    head = trigger.head
    subjects = kids(trigger, "nsubj") or kids(head, "dobj") or kids(head, "nsubj", "nsubjpass")
    if any(subject.tag_ == "NNS" for subject in subjects):
        return False
    return bool(patients) and all(map(_is_particular, patients))


def _is_particular(patient: Mention) -> bool:
    if patient.type != "person":
        return False
    first = patient.surface.split()[0].lower()
    return patient.is_particular or first not in forms().indefinite
