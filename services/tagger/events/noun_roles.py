"""Roles of an event noun: its owner, its prepositions, its modifiers, and the verb above it."""

from services.tagger.events.casualties import bearers, toll
from services.tagger.events.subjects import behind_any, subjects
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    is_a,
    is_noun,
    is_when,
    kids,
    kids_of_all,
    lemma_of,
    prepositions,
    undergoers,
    untimed,
)


def noun_roles(event_type: EventType, noun: Token) -> tuple[list[Token], list[Token]]:
    """Return the heads of (patients, agents) of an event noun."""
    patients: list[Token] = []
    agents: list[Token] = []
    for child in [*kids(noun), *_behind_the_day(noun), *_owners_of_the_whole(noun)]:
        if is_a(child, "poss") or (child.lower_ == "of" and is_a(child, "prep")):
            owners = untimed([child] if is_a(child, "poss") else kids(child, "pobj"))
            (agents if _own_deeds(event_type, noun, child) else patients).extend(owners)
            agents += _actors_below(child, owners)
        elif _is_agent_before(event_type, child):
            agents.append(child)
        elif _is_patient_before(event_type, child):
            patients.append(child)
        elif is_a(child, "prep") and child.lower_ in forms().opposing:
            patients += untimed(kids(child, "pobj")) if event_type.harm != "wound" else []
        elif is_a(child, "prep", "agent") and child.lower_ in forms().acting:
            agents += kids(child, "pobj")
    head = noun.head
    if is_a(noun, "nsubj") and lemma_of(head) in event_type.nouns_of.get(lemma_of(noun), ()):
        # "A rocket hit the airport", "a mine killed two soldiers".
        patients += [*kids(head, "dobj"), *behind_any(head, forms().impact)]
    patients += _battered(event_type, noun)
    if noun.lower_ == "toll":
        patients = toll(noun)
    patients = _name_beside(noun) or [*patients, *_named_target(event_type, noun)]
    if event_type.harm == "wound" and not patients:
        patients = bearers(noun)
    return patients, agents + _agents_of_verbs(event_type, noun)


def _battered(event_type: EventType, hazard: Token) -> list[Token]:
    """Return what a force of nature strikes: "floods hit the coast", "was hit by a blizzard"."""
    verb = hazard.head
    if event_type.family != "hazard":
        return []
    if is_a(verb, "agent"):
        return undergoers(verb.head) if lemma_of(verb.head) in lemmas().battering else []
    strikes = is_a(hazard, "nsubj") and lemma_of(verb) in lemmas().battering
    return kids(verb, "dobj") if strikes else []


def _name_beside(noun: Token) -> list[Token]:
    """Return the name in "the death of its leader, NAME", if the parser hangs it on the death."""
    names = [word for word in kids(noun, "appos") if word.ent_type_ == "PERSON"]
    in_commas = [name for name in names if name.doc[name.left_edge.i - 1].text == ","]
    return in_commas if behind(noun, "of") else []


def _named_target(event_type: EventType, noun: Token) -> list[Token]:
    """Return whom a sentence calls the target or the victim of an event ("was the target of")."""
    above = noun.head.head
    if not is_a(noun, "pobj") or noun.head.lower_ != "of" or not is_a(above, "attr"):
        return []
    is_one = lemma_of(above) == "victim" or (lemma_of(above) == "target" and not event_type.harm)
    return kids(above.head, "nsubj") if is_one else []


def _actors_below(owner: Token, owners: list[Token]) -> list[Token]:
    """Return the gunmen of "the killing of a teacher by gunmen", if they hang on the teacher."""
    return [actor for who in owners for actor in behind(who, "by")] if owner.lower_ == "of" else []


def _own_deeds(event_type: EventType, noun: Token, owner: Token) -> bool:
    """True if the owner of an event noun is its agent: "the army's killing of three men".

    What stands behind "of" is the object of a nominalised transitive verb ("the shelling of NAME").
    """
    if event_type.noun_poss == "agent":
        return is_a(owner, "poss") or lemma_of(noun) not in event_type.of_undergoes
    return is_a(owner, "poss") and any(map(is_noun, behind(noun, "of")))


def _is_agent_before(event_type: EventType, word: Token) -> bool:
    """True for "police firing" and "police arrest"."""
    acts = event_type.noun_poss == "agent" or event_type.custodians_act
    return acts and is_a(word, "compound") and lemma_of(word) in cues().firing_parties


def _is_patient_before(event_type: EventType, word: Token) -> bool:
    """True for "the NAME murder", "teacher killings".

    "Police killings" may be by the police or of them.
    """
    if event_type.noun_poss != "patient" or not is_a(word, "compound"):
        return False
    if word.lower_ == "head":
        return False  # "head injuries"
    if word.lower_ in forms().police:
        return False
    return word.pos_ == "PROPN" or lemma_of(word) in cues().person_nouns


def _agents_of_verbs(event_type: EventType, noun: Token) -> list[Token]:
    """Return the agents that the verbs below and above an event noun have."""
    agents: list[Token] = []
    head, light = noun.head, cues().light
    if is_a(noun, "dobj") and event_type.claims_deed:
        agents += subjects(head)
    doing = any_of(light, lemmas().perpetrating)
    for clause in kids(noun, "acl"):
        agents += by_phrase(clause) if lemma_of(clause) in doing else []
    if event_type.mutual and is_a(noun, "nsubj"):
        # "Clashes erupted between protesters and police."
        agents += behind(head, "between")
    if lemma_of(head) in light and head.pos_ == "VERB" and is_a(noun, "dobj"):
        agents += subjects(head)
    if lemma_of(head) in doing and is_a(noun, "nsubjpass"):
        agents += by_phrase(head)
    return agents


def _behind_the_day(noun: Token) -> list[Token]:
    """Return the prepositions that the parser hangs on a day: "the murder on 2 March of NAME"."""
    below: dict[int, Token] = {}
    for day in kids_of_all(prepositions(noun, *forms().dating), "pobj"):
        if is_when(day):
            below |= {word.i: word for word in (day, *day.subtree)}
    return list(filter(_is_of_no_day, kids_of_all(below.values(), words=forms().befalling)))


def _is_of_no_day(preposition: Token) -> bool:
    """True unless a day stands behind a preposition ("the evening of 2 March")."""
    return not any(map(is_when, kids(preposition)))


def _owners_of_the_whole(noun: Token) -> list[Token]:
    """Return the owner of a noun that an event noun modifies: "the nuns' murder case"."""
    return kids(noun.head, "poss") if is_a(noun, "compound") else []
