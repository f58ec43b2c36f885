"""Figures of speech and other meanings: words of an event type that name no such event."""

from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import any_of, cues, forms, is_for_people, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    has_called,
    is_a,
    is_passive,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    lemmas_of,
    own_subjects,
    prepositions,
    undergoers,
    words_of,
)


def is_figure(event_type: EventType, noun: Token) -> bool:
    """True for a figure of speech: "a charm offensive", "an outbreak of joy", "a coup for"."""
    words = cues()
    beside = lemmas_of(kids(noun, "amod", "compound", "nmod"))
    inner = lemmas_of(kids_of_all(kids_called(noun, "of")))
    if beside & words.figures or inner & words.figures_of:
        return True
    if event_type.gathering:
        if lemma_of(noun) in words.protesters and not is_a(noun, "nsubj"):
            return True
        if lemma_of(noun) == "rally" and beside & words.canvassing:
            return True
        if lemma_of(noun.head) in words.custody:
            # "released a protester": the release is the news.
            return is_a(noun, "dobj", "nsubjpass")
    if event_type.for_is_figure:
        # "a coup for the minister", "an earthquake for the party"
        return any(map(_is_before_people, prepositions(noun, "for"))) or bool(beside & words.realms)
    if event_type.mutual:
        return bool(lemmas_of(kids_of_all(prepositions(noun))) & words.ills)
    return event_type.family == "hazard" and bool(beside & words.realms)


def _is_before_people(preposition: Token) -> bool:
    return any(g.ent_type_ not in ("DATE", "TIME", "GPE", "LOC") for g in kids(preposition, "pobj"))


def is_collapse_of_no_building(event_type: EventType, verb: Token) -> bool:
    """True if a person, a truce, or a quarrel breaks or bursts."""
    subjects = own_subjects(verb)
    if forms_of(subjects) & forms().breakable_people:
        return True
    return event_type.family == "hazard" and bool(lemmas_of(subjects) & cues().unbuilt)


def is_withdrawal_of_things(event_type: EventType, verb: Token) -> bool:
    """True if a thing, no force, is withdrawn ("withdrew its report", "bodies were pulled out")."""
    objects = lemmas_of(undergoers(verb))
    if not event_type.forces_only or not objects:
        return False
    return not objects & any_of(cues().forces, cues().person_nouns)


def is_sacking(verb: Token) -> bool:
    """True if the object of "fire" is a person, not a gun."""
    return lemma_of(verb) == "fire" and befalls_people(verb)


def befalls_people(verb: Token) -> bool:
    """True if a person undergoes a verb ("slapped a guard", not "slapped a fine on the firm")."""
    return any(map(_is_person, undergoers(verb)))


def _is_person(noun: Token) -> bool:
    if noun.ent_type_ == "PERSON" or noun.lower_ in any_of(
        forms().people_objects, forms().people_subjects
    ):
        return True
    lemma = lemma_of(noun)
    return lemma in any_of(cues().person_nouns, cues().roles) or is_for_people(lemma)


def is_silence(verb: Token) -> bool:
    """True for a refusal to speak ("refused to comment"), which rejects nothing (CAMEO 011)."""
    return bool(lemmas_of(kids(verb, "xcomp")) & lemmas().informing)


def is_struggle(event_type: EventType, verb: Token) -> bool:
    """True for a fight against no people (an illness, a fire, a charge), or to reach something."""
    if not event_type.fought:
        return False
    if lemma_of(verb) == "engage" and not has(verb, "dobj", "nsubjpass"):
        return True  # "engaged in trade"
    objects = [*kids(verb, "dobj", "pobj"), *kids_of_all(kids(verb), "dobj", "pobj")]
    against_an_ill = bool(lemmas_of(objects) & cues().ills)
    return against_an_ill or (event_type.mutual and has(verb, "xcomp"))


def is_half(verb: Token) -> bool:
    """True for shots that are only aimed, at aircraft, or the first half of "shot and killed"."""
    if kids_of_all([verb], "prt", words=forms().upwards) or _is_aimed(verb):
        return True
    joined = lemmas_of(kids(verb, "conj"))
    return lemma_of(verb) in lemmas().aimed and bool(joined & lemmas().hitting)


def _is_aimed(verb: Token) -> bool:
    """True for shots at somebody, hit or not ("was shot at", "shot at the patrol").

    A place behind "at" is where they fell.
    """
    if lemma_of(verb) != "shoot" or has(verb, "dobj") or verb.i + 1 == len(verb.doc):
        return False
    at = verb.nbor(1)
    if at.lower_ not in forms().towards:
        return False
    aims = kids(at, "pobj")
    return not aims or (not is_passive(verb) and any(map(_is_aim, aims)))


def _is_aim(noun: Token) -> bool:
    if noun.pos_ == "PRON" or noun.ent_type_ == "PERSON":
        return True
    return bool(words_of(noun) & any_of(cues().person_nouns, cues().party, cues().vehicles))


def only_modifies(noun: Token) -> bool:
    """True for a noun that modifies another ("a murder charge"), and for a mere attempt."""
    lemma, above = lemma_of(noun), lemma_of(noun.head)
    if lemma in lemmas().homicides and has_called(noun, *forms().alleged):
        return True
    attempted = above == "attempt" or has_called(noun, "attempted")
    if attempted and lemma in lemmas().assassinations:
        return True
    return is_a(noun, "compound") and above not in cues().event_heads
