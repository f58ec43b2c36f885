"""Events: triggers by lemma, and who did what to whom by the dependency frame around them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from spacy.tokens import Doc, Token

from services.messages import Mention
from services.tagger.events.blame import blame
from services.tagger.events.enumerations import is_plural, spread
from services.tagger.events.evidence import REFLEXIVE, holds_up, is_none, is_spoken_of
from services.tagger.events.found import Found
from services.tagger.events.intents import intent, is_vow
from services.tagger.events.means import deeds, doers, forces, is_attack
from services.tagger.events.nouns import is_abstract, is_personal, is_personal_by_its_form, is_thing
from services.tagger.events.roles import custodians, roles, subjects
from services.tagger.events.triggers import triggers
from services.tagger.events.upgrades import specify
from services.tagger.lexicon.ontology import Plover, meant_by
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.tree import behind, has, is_a, kids, kids_called, lemma_of, prepositions
from services.tagger.values.counts import count_of


def find_events(doc: Doc, mentions: Mentions, base: int, figures: AbstractSet[str] = frozenset()) -> list[Found]:
    """Return the events of one parsed sentence that starts at `base` of the text, in order of their triggers.

    `figures` are lemmas that are figures of speech in this text.
    """
    phrases = Phrases(mentions, base)
    found = []
    for token in doc:
        for event in _events_of(token, phrases, base, figures):
            found.append(event)
            found += [] if event.in_passing else _meant(event)
    specify(found, doc, mentions)
    # An offer may be read off its own verb and off what is offered.
    return list({(event.type.event, event.trigger.i): event for event in reversed(found)}.values())[::-1]


def _events_of(token: Token, phrases: Phrases, base: int, figures: AbstractSet[str]) -> Iterator[Found]:
    """Yield the first event that a word tells, and those that it speaks of in passing."""
    told: Found | None = None
    listed: list[Found] = []
    spoken_of: list[Found] = []
    for event_type, frame in triggers(token):
        event = Found(event_type, token, frame)
        if event.in_passing:
            listed.append(event)
            continue
        if told is not None:
            continue
        _fill(event, phrases, base)
        if lemma_of(token) in figures and _is_figure(event):
            continue
        if holds_up(event):
            told = event
        elif not event.figurative and is_spoken_of(event):
            event.frame = "passing"
            spoken_of.append(event)
    if told is not None:
        yield told
        yield from (event for event in listed if event.type is not told.type)
    else:
        yield from listed or spoken_of[:1]


def _is_figure(event: Found) -> bool:
    """Tell whether a word that may be a figure of speech in its text is one: nobody of a name undergoes it."""
    named = any(m.actor_id or m.is_name for m in event.patient)
    undergone = has(event.trigger, "dobj", "auxpass", "nsubjpass")
    return not (named and undergone)


def _meant(event: Found) -> list[Found]:
    """Return what it is to offer or to vow the event: an agreement (co-operation to come) or a threat (hostility to come).

    PLOVER codes statements of intent so: AGREE and THREATEN (Halterman et al. 2023).
    """
    governor = intent(event.trigger)
    if governor is None:
        return []
    plover, vowed = event.type.plover, is_vow(governor)
    if plover in _COOPERATIVE and not (plover == "RETREAT" and vowed):
        kind = meant_by("offer")
    elif plover in _HOSTILE and vowed:
        kind = meant_by("vow")  # "will withdraw unless": an ultimatum.
    else:
        return []
    if event.type is kind:
        return []
    agents, patients = list(event.agent), list(event.patient)
    meant = Found(kind, governor, "intent", agent=agents, patient=patients)
    return [meant] if meant.agent else []


_COOPERATIVE: frozenset[Plover] = frozenset({"AID", "CONSULT", "SUPPORT", "CONCEDE", "RETREAT", "AGREE"})
_HOSTILE: frozenset[Plover] = frozenset({"ASSAULT", "FIGHT", "COERCE", "SANCTION", "MOBILIZE", "RETREAT"})


def _fill(event: Found, phrases: Phrases, base: int) -> None:
    token = event.trigger
    patients, agents = roles(event.type, token, event.frame)
    event.blame = blame(token) if lemma_of(token) not in cues().person_nouns else None  # "accused of helping rioters"
    if event.blame is not None:
        # Who accuses is no perpetrator, though a parser's control makes it the subject of "accused X of killing".
        agents = [a for a in agents if a not in event.blame.accusers] if not event.blame.own else agents
        agents = [*agents, *(c for c in event.blame.culprits if c not in agents)]
    for noun in [*patients, *_companions(token, patients)]:
        _count(event, noun, base)
        for joined in spread(noun):
            _take_patient(event, joined, phrases, base)
    for noun in [*agents, *(custodians(token) if event.type.custodians_act else ())]:
        for joined in spread(noun):
            _take_agent(event, joined, phrases)
    _take_means(event, phrases)
    if event.frame == "noun" and event.type.counts and not event.counts and token.tag_ == "NNS" and lemma_of(token) != "wound":
        # "300 arrests": the number of the noun is that of the people; but one has many wounds.
        event.counts += filter(None, [count_of(token, event.type.event, base)])
    if event.frame == "noun" and event.type.noun_poss == "agent":
        event.agent += [m for m in phrases.modifiers(token) if m not in event.agent]
    _take_place(event, phrases)


def _companions(trigger: Token, patients: list[Token]) -> list[Token]:
    """Return who shares the patients' lot: "arrested the editor along with nine others", "ten died, including two boys"."""
    preps = [c for t in (trigger, *patients) for c in prepositions(t, "with") if c.i > 0]
    preps += [g for c in kids_called(trigger, "along", "together") for g in kids_called(c, "with")]
    joined = [p for p in preps if p.nbor(-1).lower_ in ("along", "together")]
    joined += [t for t in trigger.subtree if t.lower_ == "including" and t.i > trigger.i and not is_plural(t.head)]
    return list({g.i: g for p in joined for g in kids(p) if is_a(g, "pobj")}.values()) if patients else []


def _take_patient(event: Found, noun: Token, phrases: Phrases, base: int) -> None:
    if noun.lower_ in REFLEXIVE:
        # Who blows himself up is the bomber; a reflexive that is its own subject stands for nobody.
        for subject in (s for s in subjects(event.trigger) if event.type.patient_is and s.lower_ not in REFLEXIVE):
            _take_patient(event, subject, phrases, base)
        return
    parts = behind(noun, "of")
    if event.type.target_is and lemma_of(noun) in ("part", "half", "most", "rest", "portion", "bit", "all") and parts:
        noun = parts[0]
    if lemma_of(noun) in cues().no_victims or is_none(noun) or _is_of_which(noun):
        return
    if event.type.family in ("violence", "damage") and is_abstract(noun):
        event.figurative = True
        return
    mention = phrases.of(noun)
    if mention is None:
        return
    wanted = event.type.patient_is
    if "person" in wanted and _is_written_like_a_name(noun, mention, phrases):
        event.target.append(mention)
        return
    if "person" in wanted and mention.type in ("organisation", "place"):
        mention = phrases.as_person(mention)
    a_thing = is_thing(noun) or (mention.form == "thing" and not wanted)
    if wanted and (
        a_thing or (mention.type not in wanted and mention.is_name) or (mention.form == "thing" and not is_personal(noun))
    ):
        event.target.append(mention)
        return
    bombed = event.type.bodies_are_sites and event.frame in ("thing", "object")
    is_site = mention.type == "organisation" and bombed
    if not wanted and (not event.type.may_befall(mention.type) or a_thing or is_site):
        event.target.append(mention)
        return
    if mention not in event.patient:
        event.patient.append(mention)
    _count(event, noun, base)


def _is_written_like_a_name(noun: Token, mention: Mention, phrases: Phrases) -> bool:
    """Tell whether a capital alone made a name of a common noun that is no person: "two Lanterns", "the following Items"."""
    if mention.type not in ("person", "organisation"):
        return False
    if mention.basis != "recogniser" and not phrases.is_person_by_verb(mention):
        return False
    if " " in mention.surface or mention.surface.isupper():
        return False
    described = any(c.i < noun.i for c in kids(noun, "det", "nummod"))
    return described and not is_personal_by_its_form(lemma_of(noun))


def _count(event: Found, noun: Token, base: int) -> None:
    count = count_of(noun, event.type.event, base) if event.type.counts else None
    if count is not None and count not in event.counts:
        event.counts.append(count)


def _take_agent(event: Found, noun: Token, phrases: Phrases) -> None:
    if is_none(noun):
        return  # "No group has claimed the attack".
    if noun.lower_ in ("it", "they", "we"):
        for speaker in _speakers_above(noun):
            _take_agent(event, speaker, phrases)
        return
    lemma = lemma_of(noun)
    states = phrases.modifiers(noun)
    if (lemma in cues().forces or lemma in cues().things) and states:
        event.agent.extend(m for m in states if m not in event.agent)
    if lemma in cues().things:
        thing = phrases.of(noun)
        if thing is not None:
            event.instrument.append(thing)
    elif not (lemma in cues().forces and states):
        mention = phrases.of(noun)
        if mention is None or mention.type == "place" or mention.form == "thing":
            return
        for actor in (mention, *phrases.bodies_of(noun)):
            if actor not in event.patient and actor not in event.agent:
                event.agent.append(actor)


def _speakers_above(pronoun: Token) -> list[Token]:
    """Return who a subject pronoun stands for when its clause is what somebody says ("The army says it killed X")."""
    clause = pronoun.head
    if not is_a(clause, "ccomp") or lemma_of(clause.head) not in cues().say:
        return []
    return [c for c in kids(clause.head, "nsubj") if c.pos_ != "PRON"]


def _take_means(event: Found, phrases: Phrases) -> None:
    """Step through "in / by / during an ATTACK NOUN" to the noun as instrument and to whose it is as agent."""
    for noun in deeds(event.trigger):
        if is_attack(noun):
            _take_one_means(event, noun, phrases)
        elif lemma_of(noun) in cues().firing_parties:
            # "killed in police firing": to the parser it is the police, and they fire.
            _take_agent(event, noun, phrases)
        else:
            event.agent.extend(m for m in map(phrases.of, doers(noun)) if m is not None and m not in event.agent)


def _take_one_means(event: Found, noun: Token, phrases: Phrases) -> None:
    by = behind(noun, "by")
    parties = [phrases.of(t) for t in (*forces(noun), *by, *doers(noun))]  # Before "police firing" hides the police.
    thing = phrases.of(noun)
    if thing is not None and thing not in event.instrument:
        event.instrument.append(thing)
    event.agent.extend(m for m in phrases.modifiers(noun) if m not in event.agent)
    event.agent.extend(m for m in parties if m is not None and m.type != "place" and m not in event.agent)


def _take_place(event: Found, phrases: Phrases) -> None:
    trigger = event.trigger
    beside = kids(trigger.head) if is_a(trigger, "nsubj", "nsubjpass") else ()
    for prep in (*trigger.subtree, *beside):
        if not is_a(prep, "prep") or prep.lower_ not in cues().place_prepositions:
            continue
        for noun in (c for c in kids(prep, "pobj") if c.pos_ == "PROPN"):
            mention = phrases.place_of(noun)
            if mention is not None and mention not in event.place:
                event.place.append(mention)


def _is_of_which(noun: Token) -> bool:
    """Tell whether a noun is a number of things told before ("ten shots, several of which hit")."""
    return any(g.lower_ == "which" for c in kids_called(noun, "of") for g in kids(c))
