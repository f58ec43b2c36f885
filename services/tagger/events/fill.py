"""Roles of an event: its tokens become mentions, with counts, means, and places."""

from services.messages import Mention
from services.tagger.events.blame import blame
from services.tagger.events.casualties import wholes
from services.tagger.events.enumerations import is_part, is_plural, spread
from services.tagger.events.evidence import is_none
from services.tagger.events.found import Found
from services.tagger.events.locatives import places, places_of_speech, struck
from services.tagger.events.means import deeds, doers, forces, is_attack, users
from services.tagger.events.nouns import (
    is_abstract,
    is_personal,
    is_thing,
)
from services.tagger.events.roles import custodians, roles
from services.tagger.events.subjects import subjects
from services.tagger.events.sums import sum_of
from services.tagger.lexicon.ontology import types_by_word
from services.tagger.lexicon.words import any_of, cues, forms, is_for_people, lemmas
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    is_a,
    is_ruled_out,
    is_verb,
    kid,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    tokens_called,
)
from services.tagger.values.counts import count_of


def fill(event: Found, phrases: Phrases, base: int) -> None:
    """Set the roles, counts, and blame of an event by the parse around its trigger."""
    token = event.trigger
    patients, agents = roles(event.type, token, event.frame)
    if lemma_of(token) not in cues().person_nouns:  # "accused of helping rioters"
        agents = _blamed(event, agents)
    _take_patients(event, patients, phrases, base)
    if event.type.custodians_act:
        agents = [*agents, *custodians(token)]
    for noun in agents:
        for joined in spread(noun):
            if not is_ruled_out(joined):
                _take_agent(event, joined, phrases)
    _take_means(event, phrases)
    if event.frame == "noun":
        _take_own_words(event, phrases, base)
    _take_place(event, phrases)


def _take_patients(event: Found, patients: list[Token], phrases: Phrases, base: int) -> None:
    for noun in [*patients, *_companions(event.trigger, patients)]:
        total = sum_of(noun, event.type.event, phrases, base) if event.type.counts else None
        if total is None:
            _count(event, noun, base)
        is_deed = _is_deed_accused(event, noun)
        for joined in spread(noun):
            if not (is_deed and is_personal(joined)):
                _take_joined(event, joined, phrases, base)
        if total is not None:
            event.counts[:] = [total]
        _add(event.ruled_out, *map(phrases.of, filter(is_ruled_out, kids(noun, "appos"))))
    for whole in wholes(event.trigger):
        _count(event, whole, base)


def _is_deed_accused(event: Found, noun: Token) -> bool:
    """True for a deed: whom a parse joins to it are its victims ("the murder of NAME and two")."""
    return event.type.family == "accusation" and lemma_of(noun) in types_by_word()


def _take_joined(event: Found, noun: Token, phrases: Phrases, base: int) -> None:
    """Take a noun as a patient; of one that a contrast rules out, note that."""
    patient: Token | None = noun
    if is_ruled_out(noun):
        _add(event.ruled_out, phrases.of(noun))
        patient = _clefted(noun)
    if patient is not None and patient.lower_ in forms().first_person:
        event.befalls_speaker = True
    elif patient is not None:
        _take_patient(event, patient, phrases, base)


def _clefted(noun: Token) -> Token | None:
    """Return who it was in "it was a guard and not NAME who died", for the name."""
    while not is_verb(noun):
        if noun.head.i == noun.i:
            return None
        noun = noun.head
    return kid(noun, "attr") if lemma_of(noun) == "be" else None


def _blamed(event: Found, agents: list[Token]) -> list[Token]:
    """Set the blame of an event, and return its agents with the culprits, without the accusers.

    The parser makes the accuser the subject of both verbs of "accused X of killing".
    """
    event.blame = blamed = blame(event.trigger)
    if blamed is None:
        return agents
    if not blamed.own:
        agents = [a for a in agents if a not in blamed.accusers]
    return [*agents, *(c for c in blamed.culprits if c not in agents)]


def _companions(trigger: Token, patients: list[Token]) -> list[Token]:
    """Return more patients: "arrested the editor along with nine others", "ten died, including"."""
    if not patients:
        return []
    joining = kids_of_all((trigger, *patients), "prep", words=("with",))
    joining += kids_of_all(kids_called(trigger, *forms().joining), words=("with",))
    joining = list(filter(_is_together_with, joining))
    for including in tokens_called(trigger.doc, {"including"}):
        below = including.i > trigger.i and trigger.is_ancestor(including)
        if below and not is_plural(including.head):
            joining.append(including)
    return list({g.i: g for g in kids_of_all(joining, "pobj")}.values())


def _is_together_with(preposition: Token) -> bool:
    return preposition.i > 0 and preposition.nbor(-1).lower_ in forms().joining


def _take_patient(event: Found, noun: Token, phrases: Phrases, base: int) -> None:
    if noun.lower_ in forms().reflexive:
        _take_bomber(event, phrases, base)
        return
    parts = behind(noun, "of")
    if event.type.target_is and lemma_of(noun) in lemmas().parts and parts:
        noun = parts[0]
    if lemma_of(noun) in cues().no_victims or is_none(noun) or _is_of_which(noun):
        return
    if event.type.family in ("violence", "damage") and is_abstract(noun):
        event.figurative = True
        return
    mention = phrases.of(noun)
    if mention is None or (_is_open(mention) and not event.type.is_deed):
        return
    if "person" in event.type.patient_is:
        if _is_written_like_a_name(noun, mention, phrases):
            event.target.append(mention)
            return
        if mention.type in ("organisation", "place"):
            mention = phrases.as_person(mention)
    if _is_target(event, noun, mention):
        event.target.append(mention)
        return
    _add(event.patient, mention)
    _count(event, noun, base)


def _take_users(event: Found, means: Token, phrases: Phrases) -> None:
    # The users come first: the mention of "rebel fire" covers the rebels.
    for user in users(means):
        _take_agent(event, user, phrases)
    _add(event.instrument, phrases.of(means))


def _may_act(mention: Mention) -> bool:
    return not (mention.type == "place" or mention.form == "thing" or _is_open(mention))


def _is_open(mention: Mention) -> bool:
    """True for a pronoun before which nobody is named."""
    return mention.form == "pronoun" and not mention.key


def _take_bomber(event: Found, phrases: Phrases, base: int) -> None:
    """Take the subject of "blew himself up" as patient; a reflexive subject stands for nobody."""
    if not event.type.patient_is:
        return
    for subject in subjects(event.trigger):
        if subject.lower_ not in forms().reflexive:
            _take_patient(event, subject, phrases, base)


def _is_target(event: Found, noun: Token, mention: Mention) -> bool:
    """True for a thing or place that an event befalls, so no patient."""
    wanted = event.type.patient_is
    if is_thing(noun):
        return True
    if wanted:
        other = mention.is_name and mention.type not in wanted
        return other or (mention.form == "thing" and not is_personal(noun))
    bombed = event.type.bodies_are_sites and event.frame in ("thing", "object")
    return (
        mention.form == "thing"
        or not event.type.may_befall(mention.type)
        or (bombed and mention.type == "organisation")
    )


def _is_written_like_a_name(noun: Token, mention: Mention, phrases: Phrases) -> bool:
    """True for a common noun that only its capital makes a name: "two Lanterns", "these Items"."""
    if mention.type not in ("person", "organisation"):
        return False
    if mention.basis != "recogniser" and not phrases.is_person_by_verb(mention):
        return False
    if " " in mention.surface or mention.surface.isupper():
        return False
    described = any(c.i < noun.i for c in kids(noun, "det", "nummod"))
    return described and not is_for_people(lemma_of(noun))


def _is_of_which(noun: Token) -> bool:
    """True for a part of things named before ("ten shots, several of which hit")."""
    return "which" in forms_of(kids_of_all(kids_called(noun, "of")))


def _count(event: Found, noun: Token, base: int) -> None:
    whole = wholes(event.trigger)
    is_toll = noun in whole if whole else not is_part(noun)
    count = count_of(noun, event.type.event, base) if event.type.counts and is_toll else None
    if count is not None and count not in event.counts:
        event.counts.append(count)


def _take_agent(event: Found, noun: Token, phrases: Phrases) -> None:
    if is_none(noun):
        return  # "No group has claimed the attack".
    is_pronoun = noun.lower_ in forms().speaking_subjects
    speakers = _speakers_above(noun) if is_pronoun or _are_own_forces(noun) else []
    for speaker in speakers:
        _take_agent(event, speaker, phrases)
    if speakers or is_pronoun:
        return
    lemma, states = lemma_of(noun), phrases.modifiers(noun)
    is_force, is_means = lemma in cues().forces, lemma in cues().things
    if is_force or is_means:
        _add(event.agent, *states)
    if is_means:
        _take_users(event, noun, phrases)
    elif not (is_force and states):
        mention = phrases.of(noun)
        if mention is None or not _may_act(mention):
            return
        for actor in (mention, *phrases.bodies_of(noun)):
            if actor not in event.patient:
                _add(event.agent, actor)


def _are_own_forces(noun: Token) -> bool:
    """True for "its soldiers": in reported speech, who has them speaks of itself."""
    owners = kids_of_all([noun], "poss", words=forms().owning_bodies)
    return bool(owners) and lemma_of(noun) in cues().forces


def _speakers_above(pronoun: Token) -> list[Token]:
    """Return whom a subject means in reported speech: "The army says it", "its soldiers"."""
    clause = pronoun.head
    saying = any_of(cues().say, cues().confirm, cues().deny)
    if not is_a(clause, "ccomp") or lemma_of(clause.head) not in saying:
        return []
    is_one = pronoun.lower_ in forms().speaking_bodies  # "They shot him, NAME said"
    speakers = [c for c in kids(clause.head, "nsubj") if c.pos_ != "PRON"]
    return [c for c in speakers if not (is_one and c.ent_type_ == "PERSON")]


def _take_means(event: Found, phrases: Phrases) -> None:
    """Take the noun of "in / by / during an ATTACK NOUN" as instrument, and its owner as agent."""
    for noun in deeds(event.trigger):
        if is_attack(noun):
            _take_attack(event, noun, phrases)
        elif lemma_of(noun) in cues().firing_parties:
            # "killed in police firing": the parser makes "police" the object of "in".
            _take_agent(event, noun, phrases)
        elif event.type.family != "custody":
            # Of "was arrested after a boy shot his sister" the boy arrested nobody.
            _add(event.agent, *map(phrases.of, doers(noun)))


def _take_attack(event: Found, noun: Token, phrases: Phrases) -> None:
    # The parties come first: the mention of "police firing" covers the police.
    parties = list(map(phrases.of, (*forces(noun), *behind(noun, "by"), *doers(noun))))
    if event.type.family != "custody":
        # An arrest has no instrument (FrameNet, Arrest): a raid is its occasion.
        _add(event.instrument, phrases.of(noun))
    _add(event.agent, *phrases.modifiers(noun))
    for party in parties:
        if party is not None and party.type != "place":
            _add(event.agent, party)


def _take_own_words(event: Found, phrases: Phrases, base: int) -> None:
    """Take the number and the modifiers of an event noun: "300 arrests", "the NAME raid"."""
    token, kind = event.trigger, event.type
    # One person may have many wounds, so their number is not that of the people.
    counted = kind.counts and token.tag_ == "NNS" and lemma_of(token) != "wound"
    if counted and not event.counts:
        _count(event, token, base)
    if kind.noun_poss == "agent":
        _add(event.agent, *phrases.modifiers(token))


def _take_place(event: Found, phrases: Phrases) -> None:
    """Take the place of an event: what it strikes or takes, if that is one, and its locatives."""
    if event.frame == "spared" and not is_verb(event.trigger):
        return  # Where somebody is alive, nobody died.
    if event.type.family in ("violence", "damage", "control"):
        _add(event.place, *struck(event.trigger, phrases))
    find = places_of_speech if event.type.is_speech else places
    _add(event.place, *find(event.trigger, phrases))


def _add(mentions: list[Mention], *found: Mention | None) -> None:
    """Add the mentions that are not yet among those of a role."""
    for mention in found:
        if mention is not None and mention not in mentions:
            mentions.append(mention)
