"""The packaged ontology of events, read once."""

from collections.abc import Iterator, Mapping
from functools import cache

import msgspec
import yaml

from services.tagger.lexicon.words import read_lexicon


class EventType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of the ontology; see the head of lexicon/events.yaml for the fields."""

    event: str
    about: str
    plover: str
    family: str
    cameo: str = ""
    verbs: frozenset[str] = frozenset()
    passive_verbs: frozenset[str] = frozenset()
    intransitive: frozenset[str] = frozenset()
    subject_verbs: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    with_word: dict[str, frozenset[str]] = {}
    amid: frozenset[str] = frozenset()
    hospital_verbs: frozenset[str] = frozenset()
    amid_phrases: tuple[str, ...] = ()
    with_object: dict[str, frozenset[str]] = {}
    undergone: frozenset[str] = frozenset()
    verb_prepositions: frozenset[str] = frozenset()
    as_verbs: frozenset[str] = frozenset()
    as_subject_verbs: frozenset[str] = frozenset()
    participles: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    nouns_of: dict[str, frozenset[str]] = {}
    nouns_of_people: frozenset[str] = frozenset()
    offer_verbs: frozenset[str] = frozenset()
    object_undergoes: frozenset[str] = frozenset()
    strong_nouns: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    noun_phrases: tuple[str, ...] = ()
    noun_poss: str = "patient"
    no_object_is_passive: bool = False
    patient_is: frozenset[str] = frozenset()
    target_is: frozenset[str] = frozenset()
    weak: bool = False
    counts: bool = False

    def stems(self) -> Iterator[str]:
        """Yield words that a sentence must hold one of to speak of the event, lower case."""
        groups = (
            self.verbs,
            self.passive_verbs,
            self.intransitive,
            self.subject_verbs,
            self.things,
            self.as_verbs,
            self.as_subject_verbs,
            self.amid,
            self.hospital_verbs,
        )
        for words in (
            *groups,
            self.participles,
            self.adjectives,
            self.nouns,
            self.with_word,
            self.with_object,
            self.nouns_of,
            self.nouns_of_people,
            self.offer_verbs,
            self.passing,
        ):
            yield from words
        yield from (phrase.split()[-1] for phrase in (*self.noun_phrases, *self.amid_phrases))


@cache
def ontology() -> tuple[EventType, ...]:
    """Return the event types, in order of precedence."""
    return tuple(msgspec.convert(yaml.safe_load(read_lexicon("events.yaml"))["events"], list[EventType]))


@cache
def type_named(name: str) -> EventType:
    """Return the event type of a name of the ontology."""
    return next(kind for kind in ontology() if kind.event == name)


@cache
def types_by_word() -> Mapping[str, frozenset[int]]:
    """Return, for every word of the ontology, the places in it of the event types that the word may speak of."""
    found: dict[str, set[int]] = {}
    for place, kind in enumerate(ontology()):
        for word in kind.stems():
            found.setdefault(word, set()).add(place)
    return {word: frozenset(places) for word, places in found.items()}
