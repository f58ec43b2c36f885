"""The packaged ontology of events, read once."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec
import yaml

from services.messages import MentionType
from services.tagger.lexicon.lists import LemmaSet
from services.tagger.lexicon.words import cues, read_lexicon

Family = Literal[
    "violence",
    "custody",
    "protest",
    "office",
    "control",
    "accord",
    "accusation",
    "threat",
    "demand",
    "sanction",
    "aid",
    "support",
    "movement",
    "displacement",
    "hazard",
    "damage",
]
"""Claims of one family and principal meet in one block."""

Plover = Literal[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "AID",
    "RETREAT",
    "DEMAND",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
    "FIGHT",
    "DISASTER",
    "INVESTIGATE",
]
"""Event classes after PLOVER (Halterman et al. 2023)."""

Circumstance = Literal[
    "aircraft", "armed-sides", "protesters", "suicide", "accident", "dispute", "turmoil"
]
"""Circumstances that make one type another; see `becomes` in the head of lexicon/events.yaml."""

_HARM: frozenset[Family] = frozenset({"violence", "damage"})
_SPEECH: frozenset[Family] = frozenset({"accusation", "demand", "support"})


class EventType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of the ontology; see the head of lexicon/events.yaml for the fields."""

    event: str
    about: str
    plover: Plover
    family: Family
    cameo: str = ""
    verbs: LemmaSet = frozenset()
    passive_verbs: LemmaSet = frozenset()
    intransitive: LemmaSet = frozenset()
    subject_verbs: LemmaSet = frozenset()
    things: frozenset[str] = frozenset()
    with_word: dict[str, frozenset[str]] = {}
    amid: LemmaSet = frozenset()
    hospital_verbs: LemmaSet = frozenset()
    amid_phrases: tuple[str, ...] = ()
    with_object: dict[str, frozenset[str]] = {}
    with_subject: dict[str, frozenset[str]] = {}
    undergone: LemmaSet = frozenset()
    verb_prepositions: frozenset[str] = frozenset()
    as_verbs: frozenset[str] = frozenset()
    as_subject_verbs: LemmaSet = frozenset()
    participles: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    spared_adjectives: frozenset[str] = frozenset()
    spared_verbs: LemmaSet = frozenset()
    nouns: frozenset[str] = frozenset()
    nouns_of: dict[str, frozenset[str]] = {}
    nouns_of_people: frozenset[str] = frozenset()
    offer_verbs: LemmaSet = frozenset()
    object_undergoes: frozenset[str] = frozenset()
    strong_nouns: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    noun_phrases: tuple[str, ...] = ()
    noun_poss: Literal["patient", "agent"] = "patient"
    of_undergoes: frozenset[str] = frozenset()
    no_object_is_passive: bool = False
    needs_object: LemmaSet = frozenset()
    patient_is: frozenset[MentionType] = frozenset()
    target_is: frozenset[MentionType] = frozenset()
    weak: bool = False
    counts: bool = False
    harm: Literal["death", "wound"] | None = None
    casualties: frozenset[str] = frozenset()
    violent: bool = False
    deed: bool = False
    claims_deed: bool = False
    custodians_act: bool = False
    fought: bool = False
    mutual: bool = False
    stands_if_grave: bool = False
    presses: bool = False
    searches: LemmaSet = frozenset()
    bare_verb_is_figure: bool = False
    bodies_are_sites: bool = False
    undergoers: frozenset[MentionType] = frozenset()
    object_needs_agent: bool = False
    gathering: bool = False
    for_is_figure: bool = False
    verbs_of_people: LemmaSet = frozenset()
    forces_only: bool = False
    set_objects_only: bool = False
    meets: LemmaSet = frozenset()
    made: bool = False
    ends: frozenset[str] = frozenset()
    meant_by: Literal["offer", "vow"] | None = None
    becomes: dict[Circumstance, str] = {}
    riotous: Literal["always", "brawl", "protesters"] | None = None

    @property
    def is_violent(self) -> bool:
        """True if it may be part of an incident of violence."""
        return self.family == "violence" or self.violent

    @property
    def is_deed(self) -> bool:
        """True if somebody did it to somebody or something."""
        return self.family in _HARM or self.deed

    @property
    def is_speech(self) -> bool:
        """True if it is done by saying it."""
        return self.family in _SPEECH

    def may_befall(self, mention_type: MentionType) -> bool:
        """Return whether a mention of a type can be a patient.

        What bodies own is a target of violence.
        """
        if self.undergoers:
            return mention_type in self.undergoers
        if mention_type == "organisation":
            return self.family not in _HARM
        return mention_type in ("person", "group", "state")

    def under(self, circumstance: Circumstance) -> "EventType":
        """Return the type that it is under a circumstance: itself if that changes nothing."""
        name = self.becomes.get(circumstance)
        return type_named(name) if name is not None else self

    def stems(self) -> Iterator[str]:
        """Yield the words, in lower case, of which a sentence about the event holds one."""
        for words in (
            self.verbs,
            self.passive_verbs,
            self.intransitive,
            self.subject_verbs,
            self.as_verbs,
            self.as_subject_verbs,
            self.amid,
            self.hospital_verbs,
            self.participles,
            self.adjectives,
            self.spared_adjectives,
            self.spared_verbs,
            self.nouns,
            self.with_word,
            self.with_subject,
            self.verbs_of_people,
            self.nouns_of,
            self.nouns_of_people,
            self.offer_verbs,
            self.passing,
        ):
            yield from words
        for verb in (*self.with_object, *self.things):
            yield verb.split()[0]
        for phrase in (*self.noun_phrases, *self.amid_phrases):
            yield phrase.split()[-1]


@cache
def ontology() -> tuple[EventType, ...]:
    """Return the event types, in order of precedence; ValueError where one becomes none of them."""
    raw = yaml.safe_load(read_lexicon("events.yaml"))["events"]
    types = tuple(msgspec.convert(raw, list[EventType]))
    named = set[str]()
    for kind in types:
        named.update(kind.becomes.values())
    unknown = named - {kind.event for kind in types}
    if unknown:
        raise ValueError(f"events.yaml: `becomes` names {sorted(unknown)}, which no entry defines")
    return types


@cache
def type_named(name: str) -> EventType:
    """Return the event type of a name of the ontology."""
    return next(kind for kind in ontology() if kind.event == name)


@cache
def death() -> EventType:
    """Return the type of deaths."""
    return next(kind for kind in ontology() if kind.harm == "death")


@cache
def meant_by(intent: Literal["offer", "vow"]) -> EventType:
    """Return the type of offers or of vows of other events."""
    return next(kind for kind in ontology() if kind.meant_by == intent)


@cache
def types_by_circumstance(circumstance: Circumstance) -> frozenset[str]:
    """Return the names of the types that other types are under a circumstance."""
    return frozenset(k.becomes[circumstance] for k in ontology() if circumstance in k.becomes)


@cache
def types_by_casualty() -> Mapping[str, EventType]:
    """Return, for every word for casualties, the type of what befell them."""
    found: dict[str, EventType] = {}
    for kind in ontology():
        found |= dict.fromkeys(kind.casualties, kind)
    return found


@cache
def types_by_word() -> Mapping[str, frozenset[int]]:
    """Return, for every word of the ontology, the numbers of the types that it may name."""
    found: dict[str, set[int]] = {}
    for place, kind in enumerate(ontology()):
        for word in kind.stems():
            found.setdefault(word, set()).add(place)
    return {word: frozenset(places) for word, places in found.items()}


@cache
def nouns_of(*families: Family) -> frozenset[str]:
    """Return the nouns of all types of some families."""
    kinds = (kind for kind in ontology() if kind.family in families)
    return frozenset[str]().union(*(kind.nouns for kind in kinds))


@cache
def compounds() -> Mapping[str, tuple[str, ...]]:
    """Return, by their last word, the compounds that are another thing than it ("hunger strike").

    They are those of cues.yaml and those that complete a verb of some type.
    """
    found: dict[str, tuple[str, ...]] = {}
    for head, before in cues().other_things.items():
        found[head] = tuple(f"{word} {head}" for word in sorted(before))
    for kind in ontology():
        for words in (*kind.with_word.values(), *kind.with_object.values()):
            for phrase in sorted(word for word in words if " " in word):
                head = phrase.split()[-1]
                found[head] = (*found.get(head, ()), phrase)
    return found
