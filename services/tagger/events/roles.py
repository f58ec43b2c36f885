"""Roles: the patients and agents of a trigger, as tokens of its dependency tree."""

from services.messages import Frame
from services.tagger.events.casualties import among, identified, lives
from services.tagger.events.complements import set_verb
from services.tagger.events.noun_roles import noun_roles
from services.tagger.events.nouns import is_personal
from services.tagger.events.subjects import (
    absolute_subject,
    actors,
    behind_any,
    is_beside_speech,
    joined_before,
    shared_objects,
    subjects,
    whole,
)
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    has,
    is_a,
    is_noun,
    is_passive,
    is_quantity,
    is_relative,
    is_verb,
    is_when,
    kids,
    kids_of_all,
    lemma_of,
    undergoers,
    untimed,
)

_INSERTED_WORDS = 20
"""Tokens from the comma that opens an insertion to the one that ends it. Set by hand."""


def roles(event_type: EventType, token: Token, frame: Frame) -> tuple[list[Token], list[Token]]:
    """Return the heads of (patients, agents) of a trigger in its frame."""
    patients, agents = _roles_in_frame(event_type, token, frame)
    if event_type.is_deed and is_beside_speech(token):
        agents = absolute_subject(token)
    return patients, agents


def _roles_in_frame(
    event_type: EventType, token: Token, frame: Frame
) -> tuple[list[Token], list[Token]]:
    if frame == "noun":
        return noun_roles(event_type, token)
    if frame == "verb":
        return _verb_roles(event_type, token)
    if frame in ("actor", "object", "offer"):
        return _object_roles(event_type, token)
    if frame == "undergone":
        return subjects(token), _attackers(token)
    if frame == "thing":
        return behind_any(token, event_type.verb_prepositions), subjects(token)
    if frame == "identified":
        return identified(token), []
    if frame == "as":
        return _as_roles(token)
    if frame == "adjective" or (frame == "spared" and not is_verb(token)):
        return _adjective_subjects(token), []
    return among(token) or subjects(token), []


def _attackers(token: Token) -> list[Token]:
    """Return the agents of "came under fire from snipers", "under attack by rebels"."""
    found: list[Token] = []
    for head in (token, *kids_of_all(kids(token, "prep"))):
        found += behind(head, "from", "by")
    return found


def _object_roles(event_type: EventType, verb: Token) -> tuple[list[Token], list[Token]]:
    """Return the roles of a verb whose subject acts, with or without a set object."""
    by = by_phrase(verb)
    agents = by if by or is_passive(verb) else subjects(verb)
    if set_verb(event_type, verb) in event_type.object_undergoes:
        return undergoers(verb), agents
    benefiting = forms().benefiting if event_type.family == "custody" else frozenset()
    patients = behind_any(verb, event_type.verb_prepositions | benefiting | {"of"})
    if is_passive(verb) and has(verb, "dobj"):
        patients += subjects(verb)  # "NAME was given a sentence": a passive of two objects
    if event_type.harm == "death":
        patients += lives(verb)
    return patients, agents


def custodians(verb: Token) -> list[Token]:
    """Return the agents of "remanded him to police custody", "in the custody of the army"."""
    held = [g for g in kids_of_all(kids(verb, "prep")) if lemma_of(g) == "custody"]
    found = [c for c in kids_of_all(held, "compound", "poss") if c.pos_ != "PRON"]
    for noun in held:
        found += behind(noun, "of")
    return found


def _verb_roles(event_type: EventType, token: Token) -> tuple[list[Token], list[Token]]:
    by, objects = [*by_phrase(token), *_at_the_hands(token)], _own_or_shared(event_type, token)
    counted = list(filter(is_quantity, kids(token, "amod", "nummod")))
    if counted and is_a(token, "conj") and not undergoers(token):
        return counted, by
    members = among(token)
    if members:
        return members, by
    if has(token, "nsubjpass", "auxpass", "agent"):
        return subjects(token) or _before_auxiliary(token), by
    if _is_of_a_number(token):
        return [token.nbor(-1)], by
    if token.tag_ == "VBN" and is_a(token, "acl") and not objects:
        return _participle_roles(event_type, token)
    if objects and _undergoes_it(event_type, token, objects[0]):
        return list(map(_counted_beside, subjects(token))), by
    if objects:
        return _objects(token, objects), actors(token)
    needs_object = lemma_of(token) in event_type.needs_object
    is_past = token.tag_ in ("VBN", "VBD")
    upon = [] if needs_object and is_past else behind_any(token, event_type.verb_prepositions)
    if upon:
        return upon, actors(token)
    if is_past and (needs_object or event_type.no_object_is_passive):
        return subjects(token), []
    return [], actors(token)


def _own_or_shared(event_type: EventType, verb: Token) -> list[Token]:
    """Return the objects of a verb, else those of a verb joined behind it that it may have, too.

    A thing is not detained: "Protesters detained and lost their phones" is a passive.
    """
    shared = shared_objects(verb)
    if has(verb, "dobj") or "person" not in event_type.patient_is:
        return shared
    return list(filter(is_personal, shared))


def _undergoes_it(event_type: EventType, verb: Token, noun: Token) -> bool:
    """True if the subject undergoes a verb, and its object is the next toll or an office."""
    if _is_next_toll(noun) and any(map(_is_counted, subjects(verb))):
        return True
    return event_type.family == "office" and _is_bare_office(noun, verb)


def _is_bare_office(noun: Token, verb: Token) -> bool:
    """True for the office into which a headline puts its subject: "Olvin appointed mayor".

    Headlines leave out the auxiliary of the passive and tell in the present (Mårdh 1980), so a past
    form with a bare office is a passive; an active one is "appoints mayor", "appointed a mayor".
    """
    is_office = lemma_of(noun) in cues().roles | lemmas().posts and noun.tag_ == "NN"
    is_past = verb.tag_ in ("VBN", "VBD") and not has(verb, "aux")
    is_named = any(kid.pos_ == "PROPN" for kid in kids(noun, "compound", "nmod"))
    return is_office and is_past and not is_named and not has(noun, "det", "poss", "appos")


def _at_the_hands(verb: Token) -> list[Token]:
    """Return the agents of "killed at the hands of the militia"."""
    hands = [noun for noun in behind(verb, "at") if lemma_of(noun) == "hand"]
    return [owner for noun in hands for owner in behind(noun, "of")]


def _participle_roles(event_type: EventType, verb: Token) -> tuple[list[Token], list[Token]]:
    """Return the roles of a participle behind its noun ("the men killed")."""
    by = by_phrase(verb)
    is_passive_then = bool(by) or lemma_of(verb) in event_type.needs_object
    upon = [] if is_passive_then else behind_any(verb, event_type.verb_prepositions)
    if upon:
        # "A union called on the mayor to resign": the parser makes "called" a participle.
        return upon, [verb.head]
    noun = whole(verb.head)
    if "person" in event_type.patient_is:
        noun = _head_of_people(noun)
    return joined_before(noun), by


def _head_of_people(noun: Token) -> Token:
    """Return the people that a participle is about: the aide in "an aide to NAME killed".

    No restrictive participle modifies a name (Huddleston & Pullum 2002, ch. 5, §20.1), so the
    noun that the name complements is meant. In a title in small letters, names look like nouns.
    """
    above = noun.head.head
    is_complement = is_a(noun, "pobj") and noun.head.lower_ in forms().belonging
    if not is_complement or lemma_of(above) not in cues().person_nouns:
        return noun
    is_name = noun.pos_ == "PROPN" or noun.doc.text.islower()
    return above if is_name and lemma_of(noun) not in cues().person_nouns else noun


def _objects(verb: Token, objects: list[Token]) -> list[Token]:
    """Return the objects of a verb, and the nouns that the parser joins to the verb.

    "Killing A and five others" may be parsed so. A relative pronoun gives way to its noun.
    """
    is_clause = is_a(verb, "relcl")
    found = [verb.head if is_clause and is_relative(noun) else noun for noun in objects]
    return found + list(filter(is_noun, kids(verb, "conj")))


def _is_next_toll(number: Token) -> bool:
    """True for a number with a participle: "10 civilians killed 15 injured", "… tens injured"."""
    if not is_quantity(number):
        return False
    behind_it = [*kids(number, "acl"), *kids(number.head, "conj")]
    return any(p.i == number.i + 1 and p.tag_ == "VBN" for p in behind_it)


def _is_counted(noun: Token) -> bool:
    return has(_counted_beside(noun), "nummod")


def _counted_beside(noun: Token) -> Token:
    """Return the toll that a headline sets beside a place ("Kostria 20 civilians killed …")."""
    tolls = (beside for beside in kids(noun, "appos") if has(beside, "nummod"))
    return noun if has(noun, "nummod") else next(tolls, noun)


def _is_of_a_number(participle: Token) -> bool:
    """True for a participle behind a number: "left five dead and 20 wounded"."""
    if participle.tag_ not in ("VBN", "VBD") or participle.i == 0:
        return False
    if has(participle, "nsubj", "dobj"):
        return False
    number = participle.nbor(-1)
    return number.pos_ == "NUM" and not is_when(number) and is_a(number, "conj", "dobj", "pobj")


def _before_auxiliary(participle: Token) -> list[Token]:
    """Return the noun before "was" or "were" of a passive whose subject the parser misplaced."""
    while is_a(participle, "conj") and not has(participle, "auxpass"):
        participle = participle.head
    helpers = kids(participle, "aux", "auxpass", "neg")
    at = helpers[0].i - 1 if helpers else -1
    doc = participle.doc
    if at > 0 and doc[at].text == ",":
        at = _before_insertion(participle, at)
    if at < 0 or doc[at].pos_ not in ("NOUN", "PROPN", "NUM"):
        return []
    noun = doc[at]
    while is_a(noun, "conj", "compound", "pobj") and _is_joined_before(noun):
        noun = noun.head
    return [noun] if noun.pos_ != "ADP" and not is_when(noun) else []


def _is_joined_before(noun: Token) -> bool:
    return noun.head.i < noun.i and noun.head.pos_ in ("NOUN", "PROPN", "NUM", "ADP")


def _before_insertion(participle: Token, at: int) -> int:
    """Return the token before an insertion that ends at a comma; -1 for none.

    "A farmer, known as NAME, was killed". An insertion holds no finite verb.
    """
    doc = participle.doc
    for start in range(at - 1, max(1, at - _INSERTED_WORDS) - 1, -1):
        if doc[start].tag_ in ("VBD", "VBZ", "VBP"):
            return -1
        if doc[start].text == ",":
            return start - 1
    return -1


def _as_roles(token: Token) -> tuple[list[Token], list[Token]]:
    """Return the roles of an appointment ("named NAME as its leader")."""
    names = kids(token, "npadvmod", "appos", "oprd")
    named = [c for c in names if c.pos_ == "PROPN"]
    agents = kids(token, "nsubj", "compound")
    if is_a(token, "acl") and not agents and token.head.i < token.i:
        agents = [token.head]
    return named or untimed(kids(token, "dobj", "appos", "nsubjpass", "npadvmod")), agents


def _adjective_subjects(adjective: Token) -> list[Token]:
    """Return the noun before or behind an adjective of fate, or the number that stands for it."""
    if is_a(adjective, "amod"):
        return [adjective.head]
    numbers = kids(adjective, "nummod")
    if numbers:
        return numbers  # "left four dead"
    own = kids(adjective, "nsubj", "nsubjpass") or kids(adjective.head, "dobj")
    return own or subjects(adjective.head)
