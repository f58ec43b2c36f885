"""Triggers: the words that name an event, each with its frame.

Lemma, part of speech, and complements decide (`complements.py`); figures of speech and other
meanings of a word are left out (`figures.py`).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.messages import Frame
from services.tagger.events.casualties import fate, is_fatal, may_be_casualty
from services.tagger.events.complements import (
    appoints,
    brings_to_hospital,
    completes,
    compound_of,
    ends_phrase,
    has_complement,
    has_set_object,
    is_by_aircraft,
    is_predicated,
    is_set_object,
    is_undergone,
    names_harm,
    names_violence,
    takes_over,
)
from services.tagger.events.figures import (
    befalls_people,
    is_collapse_of_no_building,
    is_figure,
    is_half,
    is_sacking,
    is_silence,
    is_struggle,
    is_withdrawal_of_things,
    only_modifies,
)
from services.tagger.events.intents import offers
from services.tagger.events.spared import is_spared
from services.tagger.events.subjects import subjects
from services.tagger.lexicon.ontology import EventType, ontology, types_by_word
from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    is_a,
    is_noun,
    is_verb,
    kids,
    kids_of_all,
    lemma_of,
    lemmas_of,
    prepositions,
    tokens_of,
    undergoers,
    with_kids,
    words_of,
)


def triggers_in(doc: Doc) -> list[Token]:
    """Return the tokens of a sentence that may name an event, in text order; most name none."""
    return list(filter(_may_be_trigger, tokens_of(doc)))


def _may_be_trigger(token: Token) -> bool:
    return bool(_types_of(lemma_of(token), token.lower_)) or may_be_casualty(token)


def triggers(token: Token) -> Iterator[tuple[EventType, Frame]]:
    """Yield (event type, frame) of every event that a token may name."""
    verbal = is_verb(token) or token.tag_.startswith("VB")
    nominal = is_noun(token) or _is_of_sit_in(token)
    fated = fate(token)
    if fated is not None:
        yield fated, "identified"
    kinds = _types_of(lemma_of(token), token.lower_)
    if verbal and len(kinds) > 1:
        # A verb with its set object means more than the verb alone: "seized power" seizes nobody.
        kinds = sorted(kinds, key=lambda kind: not has_set_object(kind, token))
    for event_type in kinds:
        if verbal:
            yield from _of_verb(event_type, token)
        yield from _of_person(event_type, token)
        if not (nominal and _is_no_noun_of(event_type, token)):
            yield from _of_noun(event_type, token, nominal=nominal)


@lru_cache(maxsize=65_536)
def _types_of(lemma: str, lower: str) -> Sequence[EventType]:
    """Return the event types that hold one of a token's forms, in order of precedence."""
    by_word, types = types_by_word(), ontology()
    places: set[int] = set()
    for word in (lemma, lower, lower.rstrip("s")):
        places |= by_word.get(word, frozenset())
    return tuple(types[place] for place in sorted(places))


def _is_of_sit_in(token: Token) -> bool:
    """True for the last part of "sit-in", which the tokeniser cuts in three."""
    if token.i < 2 or token.lower_.rstrip("s") != "in":
        return False
    return token.nbor(-1).lower_ == "-" and token.nbor(-2).lower_ == "sit"


def _of_verb(event_type: EventType, token: Token) -> Iterator[tuple[EventType, Frame]]:
    lemma = lemma_of(token)
    with_object: Frame = "undergone" if lemma in event_type.undergone else "object"
    with_word: Frame = "undergone" if lemma in event_type.undergone else "verb"
    befalls_it = lemma in event_type.undergone and not has(token, "dobj")
    thing: Frame = "undergone" if befalls_it else "thing"
    if lemma == "be" and event_type.claims_deed and not _is_speakers_own(token):
        return
    if _is_completed(event_type, token):
        yield event_type, with_word
    elif has_set_object(event_type, token):
        yield event_type, with_object
    elif _is_done(event_type, token):
        yield _by_aircraft(event_type, token), "verb"
    elif lemma in event_type.offer_verbs and offers(token):
        yield event_type, "offer"
    elif lemma in event_type.intransitive:
        yield event_type, "subject"
    elif lemma in event_type.subject_verbs and _acts(event_type, token):
        yield event_type, "actor"
    elif _has_subject(event_type, token):
        yield event_type, "verb" if undergoers(token) else thing
    elif _is_of_thing(event_type, token) and not is_collapse_of_no_building(event_type, token):
        yield event_type, thing


def _is_of_thing(event_type: EventType, verb: Token) -> bool:
    """True if the subject of a verb is the thing itself ("the ship sank", "the jet came down")."""
    lemma = lemma_of(verb)
    with_particle = {f"{lemma} {particle.lower_}" for particle in kids(verb, "prt")}
    return not event_type.things.isdisjoint({lemma, *with_particle})


def _is_completed(event_type: EventType, token: Token) -> bool:
    """True if a complement, or a word of violence in its sentence, makes a verb name the event."""
    lemma = lemma_of(token)
    if has_complement(token, event_type.with_word.get(lemma, frozenset())):
        return not is_withdrawal_of_things(event_type, token)
    return lemma in event_type.amid and names_violence(token.doc)


def _has_subject(event_type: EventType, verb: Token) -> bool:
    """True if a verb has a subject with which it names the event ("the bus crashed")."""
    wanted = event_type.with_subject.get(lemma_of(verb))
    return wanted is not None and bool(wanted & lemmas_of(subjects(verb)))


def _is_speakers_own(verb: Token) -> bool:
    """True for a clause about its own speaker ("said it was behind the raid")."""
    if not is_a(verb, "ccomp"):
        return False
    if lemma_of(verb.head) not in any_of(cues().say, cues().deny, cues().confirm):
        return False
    subjects = with_kids(kids(verb, "nsubj") or kids(verb.head, "dobj"))
    return bool(forms_of(subjects) & forms().speakers_own)


def _is_done(event_type: EventType, token: Token) -> bool:
    """True if a verb names the event by itself, in the passive, or with aircraft as its subject."""
    lemma = lemma_of(token)
    if lemma in event_type.verbs_of_people:
        return befalls_people(token)
    if lemma in event_type.verbs:
        return not is_half(token) and not is_struggle(event_type, token)
    if lemma in event_type.hospital_verbs:
        return names_harm(token.doc) and brings_to_hospital(token)
    return lemma in event_type.passive_verbs and (is_undergone(token) or is_by_aircraft(token))


def _acts(event_type: EventType, token: Token) -> bool:
    """True if the subject of a verb does the event."""
    if event_type.set_objects_only and (undergoers(token) or is_silence(token)):
        return False  # "refused food" refuses no offer.
    return not is_withdrawal_of_things(event_type, token) and not is_sacking(token)


def _by_aircraft(event_type: EventType, token: Token) -> EventType:
    """Return the type of an attack: by aircraft it is an airstrike."""
    flown = event_type.under("aircraft")
    return flown if flown is not event_type and is_by_aircraft(token) else event_type


def _of_person(event_type: EventType, token: Token) -> Iterator[tuple[EventType, Frame]]:
    """Yield the frames of appointments, and of adjectives and participles of people."""
    lemma, lower = lemma_of(token), token.lower_
    names = lemma in event_type.as_verbs or lower.rstrip("s") in event_type.as_verbs
    if names and appoints(token):
        yield event_type, "as"
    if lemma in event_type.as_subject_verbs and takes_over(token):
        yield event_type, "subject"
    if is_spared(event_type, token):
        yield event_type, "spared"
    predicated = lower in event_type.adjectives and is_predicated(token)
    if predicated or (lower in event_type.participles and _stands_before_its_noun(token)):
        yield event_type, "adjective"


def _stands_before_its_noun(participle: Token) -> bool:
    """True for "the arrested men", "15 injured villagers"."""
    return is_a(participle, "amod") and participle.i < participle.head.i


def _is_no_noun_of(event_type: EventType, noun: Token) -> bool:
    """True for a figure of speech, and for the wound of a death ("died of his injuries")."""
    return is_figure(event_type, noun) or (event_type.harm == "wound" and is_fatal(noun))


def _of_noun(
    event_type: EventType, token: Token, *, nominal: bool
) -> Iterator[tuple[EventType, Frame]]:
    lemma, words = lemma_of(token), words_of(token)
    if event_type.harm is not None and completes(event_type, token):
        return
    if nominal:
        workers = event_type.nouns_of.get(lemma, frozenset())
        if _is_of_workers(token, workers) and compound_of(token) is None:
            yield event_type, "noun"
        if lemma in event_type.nouns_of_people and _undergone_by_people(token):
            yield event_type, "noun"
        if words & event_type.nouns and not only_modifies(token) and token.ent_type_ != "DATE":
            yield _by_aircraft(event_type, token), "noun"
        if _ends_one_of(token, event_type.amid_phrases) and names_violence(token.doc):
            yield event_type, "noun"
        if _ends_one_of(token, event_type.noun_phrases) and not is_set_object(event_type, token):
            yield event_type, "noun"
    is_kind = nominal and lemma in event_type.nouns and _is_kind(event_type, token)
    if is_kind or words & event_type.passing:
        yield event_type, "passing"


def _ends_one_of(token: Token, phrases: tuple[str, ...]) -> bool:
    return any(ends_phrase(token, phrase) for phrase in phrases)


def _is_of_workers(noun: Token, words: frozenset[str]) -> bool:
    """True if a noun has one of the words as owner or agent: "a strike by dockers".

    They stand before it, behind its prepositions, or above it as its verb.
    """
    if not words:
        return False
    agents = kids_of_all([noun], "prep", "agent", words=forms().employing)
    behind = kids_of_all(agents)
    near = kids(noun, "poss", "compound", "nmod", "amod")
    near += [*behind, *kids_of_all(behind, "compound", "conj", "amod")]
    near += prepositions(noun, "with", "between")
    if is_a(noun, "nsubj", "dobj"):
        near.append(noun.head)
    return bool(words & (lemmas_of(near) | forms_of(near)))


def _undergone_by_people(noun: Token) -> bool:
    """True if people stand behind a noun's "of": "the shooting of two women"."""
    return any(map(_is_person, kids_of_all(prepositions(noun, "of"), "pobj")))


def _is_person(noun: Token) -> bool:
    return noun.ent_type_ == "PERSON" or lemma_of(noun) in cues().person_nouns


def _is_kind(event_type: EventType, token: Token) -> bool:
    """True for a noun of harm to people that modifies another noun ("the homicide rate")."""
    harms = event_type.harm is not None
    return harms and is_a(token, "compound") and lemma_of(token.head) != "attempt"
