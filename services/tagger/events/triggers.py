"""Triggers: which words of a parse speak of an event, by lemma, part of speech, and the words that complete them."""

from collections.abc import Iterator
from functools import lru_cache

from spacy.tokens import Token

from services.messages import Frame
from services.tagger.events.casualties import fate, is_fatal
from services.tagger.events.intents import offers
from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.ontology import EventType, ontology, types_by_word
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import (
    has,
    has_called,
    is_a,
    is_noun,
    is_passive,
    is_verb,
    kids,
    kids_called,
    kids_of_all,
    label_of,
    lemma_of,
    own_subjects,
    prepositions,
    undergoers,
)


def triggers(token: Token) -> Iterator[tuple[EventType, Frame]]:
    """Yield (event type, frame) of every event that a token may speak of."""
    lemma, lower = lemma_of(token), token.lower_
    told, spoken_of = fate(token), _spoken_of(lemma, lower)
    if told is None and not spoken_of:
        return
    verbal = is_verb(token) or token.tag_.startswith("VB")
    nominal = is_noun(token) or _is_of_sit_in(token)
    if told is not None:
        yield told, "identified"
    # A verb with its set object says more than the verb alone: who seizes power seizes nobody.
    for event_type in sorted(spoken_of, key=lambda kind: not (verbal and _has_set_object(kind, token, lemma))):
        if verbal:
            yield from _of_verb(event_type, token, lemma)
        named = lemma in event_type.as_verbs or lower.rstrip("s") in event_type.as_verbs
        if named and (_office(token) is not None or _to_lead(token)):
            yield event_type, "as"
        if lemma in event_type.as_subject_verbs and _takes_over(token):
            yield event_type, "subject"
        if (lower in event_type.adjectives and _predicated(token)) or _befell(event_type, token, lower):
            yield event_type, "adjective"
        if nominal and _is_figure(event_type, token):
            continue
        if event_type.harm == "wound" and nominal and is_fatal(token):
            continue
        if nominal and lemma in event_type.nouns_of and _is_of_workers(token, event_type.nouns_of[lemma]):
            yield event_type, "noun"
        if nominal and lemma in event_type.nouns_of_people and _undergone_by_people(token):
            yield event_type, "noun"
        if nominal and {lemma, lower} & event_type.nouns and not _only_modifies(token) and token.ent_type_ != "DATE":
            yield _upgraded(event_type, token), "noun"
        if nominal and any(_ends_phrase(token, phrase) for phrase in event_type.amid_phrases) and _names_violence(token):
            yield event_type, "noun"
        if (
            nominal
            and any(_ends_phrase(token, phrase) for phrase in event_type.noun_phrases)
            and not _is_set_object(event_type, token)
        ):
            yield event_type, "noun"
        if {lemma, lower} & event_type.passing or (nominal and lemma in event_type.nouns and _is_kind(event_type, token)):
            yield event_type, "passing"


def _is_of_sit_in(token: Token) -> bool:
    """Tell whether the tokeniser cut "sit-in" in three: its last part is the noun."""
    return token.i > 1 and token.lower_ in ("in", "ins") and token.nbor(-1).lower_ == "-" and token.nbor(-2).lower_ == "sit"


@lru_cache(maxsize=65_536)
def _spoken_of(lemma: str, lower: str) -> tuple[EventType, ...]:
    """Return the event types that hold one of a token's forms, in order of precedence: most tokens are of none."""
    by_word, types = types_by_word(), ontology()
    places = {place for word in (lemma, lower, lower.rstrip("s")) for place in by_word.get(word, ())}
    return tuple(types[place] for place in sorted(places))


def _of_verb(event_type: EventType, token: Token, lemma: str) -> Iterator[tuple[EventType, Frame]]:
    if lemma == "be" and event_type.claims_deed and not _is_own(token):
        return
    if _has_word(token, event_type.with_word.get(lemma, frozenset())) or (lemma in event_type.amid and _names_violence(token)):
        yield event_type, "undergone" if lemma in event_type.undergone else "verb"
    elif _has_set_object(event_type, token, lemma):
        yield event_type, "undergone" if lemma in event_type.undergone else "object"
    elif _is_done(event_type, token, lemma):
        yield _upgraded(event_type, token), "verb"
    elif lemma in event_type.offer_verbs and offers(token):
        yield event_type, "offer"
    elif lemma in event_type.intransitive:
        yield event_type, "subject"
    elif lemma in event_type.subject_verbs and not _is_taken_back(event_type, token) and not _is_sacked(token):
        yield event_type, "actor"
    elif lemma in event_type.things and not _is_mood(event_type, token):
        yield event_type, "thing"


def _is_own(verb: Token) -> bool:
    """Tell whether a clause tells what its own speaker is or does ("said it was behind the raid", "denied its men were")."""
    speaks = is_a(verb, "ccomp") and lemma_of(verb.head) in cues().say | cues().deny | cues().confirm
    own = kids(verb, "nsubj") or kids(verb.head, "dobj")
    subjects = [w for c in own for w in (c, *kids(c))]
    return speaks and any(w.lower_ in ("it", "its", "they", "their", "we", "our", "he", "his", "she") for w in subjects)


def _is_done(event_type: EventType, token: Token, lemma: str) -> bool:
    """Tell whether a verb means the event by itself, in the passive, or because aircraft do it ("jets struck the port")."""
    if lemma in event_type.verbs_of_people:
        return _is_sacked(token)
    if lemma in event_type.verbs:
        return not _is_half(token) and not _is_struggle(event_type, token)
    if lemma in event_type.hospital_verbs:
        return _names_violence(token, cues().harmful_means) and _in_hospital(token)
    return lemma in event_type.passive_verbs and (_is_passive(token) or _by_aircraft(token))


def _is_figure(event_type: EventType, token: Token) -> bool:
    """Tell whether a noun is a figure of speech by the words at it: "a charm offensive", "an outbreak of joy", "a coup for"."""
    words = cues()
    beside = {lemma_of(c) for c in kids(token, "amod", "compound", "nmod")}
    inner = {lemma_of(g) for c in kids_called(token, "of") for g in kids(c)}
    if beside & words.figures or inner & words.figures_of:
        return True
    if event_type.gathering and lemma_of(token) in words.protesters and not is_a(token, "nsubj"):
        return True
    if event_type.gathering and lemma_of(token) == "rally" and beside & words.canvassing:
        return True
    if event_type.gathering and lemma_of(token.head) in words.custody:
        return is_a(token, "dobj", "nsubjpass")  # Of "released a protester" the release is the news.
    if event_type.for_is_figure:
        # "a coup for the minister", "an earthquake for the party"
        return any(_is_of_people(c) for c in prepositions(token, "for")) or bool(beside & words.realms)
    if event_type.mutual:
        return any(lemma_of(g) in words.ills for c in kids(token, "prep") for g in kids(c))
    return event_type.family == "hazard" and bool(beside & words.realms)


def _is_of_people(prep: Token) -> bool:
    return any(g.ent_type_ not in ("DATE", "TIME", "GPE", "LOC") for g in kids(prep, "pobj"))


def _is_of_workers(token: Token, words: frozenset[str]) -> bool:
    """Tell whether a noun is of, by, or over one of the words ("a strike by dockers", "the nurses' strike"), or does it."""
    own = kids(token, "poss", "compound", "nmod", "amod")
    behind = [g for c in kids(token, "prep", "agent") if c.lower_ in ("by", "of", "over", "at") for g in kids(c)]
    near = [*own, *behind, *(g for n in behind for g in kids(n, "compound", "conj", "amod"))]
    near += [token.head] if is_a(token, "nsubj", "dobj") else []
    near += prepositions(token, "with", "between")
    return bool(words & {w for t in near for w in (lemma_of(t), t.lower_)})


def _undergone_by_people(noun: Token) -> bool:
    """Tell whether people are behind a noun's "of": "the shooting of two women"."""
    whom = kids_of_all(prepositions(noun, "of"), "pobj")
    return any(g.ent_type_ == "PERSON" or lemma_of(g) in cues().person_nouns for g in whom)


def _is_mood(event_type: EventType, token: Token) -> bool:
    """Tell whether it is nothing that can break or burst that does so: a person, a truce, a quarrel."""
    subjects = own_subjects(token)
    if any(c.lower_ in ("i", "he", "she", "we", "they", "you") for c in subjects):
        return True
    return event_type.family == "hazard" and any(lemma_of(c) in cues().unbuilt for c in subjects)


def _is_taken_back(event_type: EventType, token: Token) -> bool:
    """Tell whether a thing, no force, is withdrawn ("withdrew its report")."""
    objects = {lemma_of(c) for c in kids(token, "dobj")}
    return event_type.forces_only and bool(objects) and not objects & (cues().forces | cues().person_nouns)


def _is_sacked(token: Token) -> bool:
    """Tell whether it is a person that somebody fires, not a gun."""
    whom = undergoers(token)
    people = cues().person_nouns | cues().roles
    return lemma_of(token) == "fire" and any(lemma_of(c) in people or c.ent_type_ == "PERSON" for c in whom)


def _is_struggle(event_type: EventType, token: Token) -> bool:
    """Tell whether a fight is one against no people: an illness, a fire, a charge; or one to reach something."""
    if not event_type.fought:
        return False
    if lemma_of(token) == "engage" and not has(token, "dobj", "nsubjpass"):
        return True  # "engaged in trade"
    objects = {lemma_of(g) for c in kids(token) for g in (c, *kids(c)) if is_a(g, "dobj", "pobj")}
    return bool(objects & cues().ills) or (event_type.mutual and has(token, "xcomp"))


def _has_set_object(event_type: EventType, token: Token, lemma: str) -> bool:
    return lemma in event_type.with_object and _has_object(token, event_type.with_object[lemma])


def _is_set_object(event_type: EventType, noun: Token) -> bool:
    """Tell whether a noun is the set object of a verb, which tells the event."""
    return lemma_of(noun) in event_type.with_object.get(lemma_of(noun.head), ()) and noun.head.pos_ == "VERB"


def _names_violence(token: Token, more: Words = frozenset()) -> bool:
    means = cues().violent_means | more
    return any(lemma_of(t) in means for t in token.doc)


def _has_object(token: Token, objects: frozenset[str]) -> bool:
    """Tell whether one of the nouns is the verb's object, also where the verb is passive or the noun has its own name for it."""
    for child in kids(token):
        if {lemma_of(c) for c in kids(child)} & cues().figures:
            continue
        if is_a(child, "dobj", "nsubjpass", "oprd", "attr"):
            heads = {lemma_of(child), *(lemma_of(c) for c in kids(child, "compound", "conj"))}
            inner = {lemma_of(g) for c in kids_called(child, "of") for g in kids(c)}
            if objects & (heads | inner):
                return True
        if is_a(child, "prep") and child.lower_ in ("to", "of") and objects & {lemma_of(g) for g in kids(child)}:
            return True
    return False


def _is_passive(token: Token) -> bool:
    if has_called(token, "responsible", "accountable"):
        return False
    if is_passive(token):
        return True
    return token.tag_ == "VBN" and is_a(token, "acl", "conj", "ROOT") and not has(token, "dobj", "aux")


def _only_modifies(token: Token) -> bool:
    """Tell whether a noun only tells what kind another one is ("a murder charge", "the attack helicopter"), or was but tried."""
    lemma = lemma_of(token)
    if lemma in ("murder", "homicide") and has_called(token, "attempted", "alleged", "suspected"):
        return True
    if lemma in ("murder", "assassination") and (lemma_of(token.head) == "attempt" or _is_attempted(token)):
        return True
    return is_a(token, "compound") and lemma_of(token.head) not in cues().event_heads


def _is_attempted(noun: Token) -> bool:
    return has_called(noun, "attempted")


def _is_kind(event_type: EventType, token: Token) -> bool:
    """Tell whether a noun of harm to people says what kind another one is of ("the homicide rate")."""
    return event_type.harm is not None and is_a(token, "compound") and lemma_of(token.head) != "attempt"


def _has_word(token: Token, words: frozenset[str]) -> bool:
    """Tell whether one of the words completes a verb ("shot dead", "stabbed to death", "taken into custody", "baton-charged")."""
    if not words:
        return False
    beside = ("oprd", "acomp", "advmod", "prt", "advcl", "amod", "prep", "compound", "npadvmod")
    near = [c for c in kids(token) if label_of(c) in beside]
    objects = undergoers(token)
    preps = [c for n in (token, *objects) for c in kids(n) if (is_a(c, "prep") and c.lower_ in _COMPLETING) or is_a(c, "agent")]
    inner = [g for c in preps for g in kids(c)]
    # "shot dead 30 rioters": the parser gives the word to the noun behind it.
    behind = [t for t in token.doc[token.i + 1 : token.i + 2] if t.lower_ == "dead"]
    return bool(words & {t.lower_ for t in (*near, *inner, *behind)})


_COMPLETING = frozenset({"to", "into", "on", "in", "under", "behind", "for", "as"})


def _befell(event_type: EventType, token: Token, lower: str) -> bool:
    """Tell whether a participle before a noun says what befell it ("the arrested men", "15 injured villagers")."""
    return lower in event_type.participles and is_a(token, "amod") and token.i < token.head.i


def _is_half(token: Token) -> bool:
    """Tell whether a verb only aims ("shot at her"), shoots aircraft down, or is the first half of "shot and killed"."""
    if any(c.lower_ in ("down", "up") for c in kids(token, "prt")) or _is_aimed(token):
        return True
    return lemma_of(token) in ("shoot", "stab") and any(lemma_of(c) in ("kill", "wound", "injure") for c in kids(token, "conj"))


def _is_aimed(token: Token) -> bool:
    """Tell whether shots are at somebody, hit or not ("was shot at", "shot at the patrol"); a place is but where they fell."""
    at = next((t for t in token.doc[token.i + 1 : token.i + 2] if t.lower_ in ("at", "toward", "towards")), None)
    if lemma_of(token) != "shoot" or at is None or has(token, "dobj"):
        return False
    aims = kids(at, "pobj")
    if not aims:
        return True
    passive = is_passive(token)
    known = cues().person_nouns | cues().party | cues().vehicles
    return not passive and any(c.pos_ == "PRON" or c.ent_type_ == "PERSON" or {lemma_of(c), c.lower_} & known for c in aims)


def _in_hospital(token: Token) -> bool:
    """Tell whether a verb brings somebody to hospital ("sent two people to hospital", "were put in intensive care")."""
    preps = [c for c in kids(token, "prep", "dative") if c.lower_ in ("to", "in", "into")]
    return any(_heals(g) for c in preps for g in kids(c))


def _heals(place: Token) -> bool:
    """Tell whether people are treated at a place ("a clinic", "the Lakeside Medical Center", "a trauma unit")."""
    if lemma_of(place) in ("hospital", "care", "clinic", "infirmary"):
        return True
    kinds = {c.lower_ for c in kids(place, "compound", "amod")}
    return lemma_of(place) in ("center", "centre", "unit", "facility") and bool(kinds & {"medical", "trauma", "health", "burn"})


def _upgraded(event_type: EventType, token: Token) -> EventType:
    """An attack by aircraft is an airstrike."""
    flown = event_type.under("aircraft")
    return flown if flown is not event_type and _by_aircraft(token) else event_type


def _by_aircraft(token: Token) -> bool:
    """Tell whether aircraft are who does what a verb says, as its subject or behind "by"."""
    doers = kids(token, "nsubj", "poss", "compound")
    if is_a(token, "dobj") and lemma_of(token.head) in cues().light:
        doers += kids(token.head, "nsubj")  # "jets carried out raids"
    doers += [g for c in kids_called(token, "by") for g in (*kids(c), *(n for o in kids(c) for n in kids(o)))]
    return any({lemma_of(d), d.lower_.rstrip("s")} & cues().aircraft for d in doers)


def _predicated(token: Token) -> bool:
    """Tell whether an adjective says what became of somebody ("is dead", "left ten dead", "Ten dead in …")."""
    if token.head.lemma_ in cues().predicating and is_a(token, "acomp", "oprd", "xcomp", "ccomp", "attr"):
        return True
    if token.head.lemma_ == "leave" and is_a(token, "dobj"):
        return has(token, "nummod")
    numbered = is_a(token, "amod") and (token.head.pos_ == "NUM" or has(token.head, "nummod"))
    return numbered and token.i > token.head.i


def _ends_phrase(token: Token, phrase: str) -> bool:
    *before, last = phrase.split()
    if lemma_of(token) != last:
        return False
    words = [t.lower_ for t in token.doc[max(0, token.i - 2 * len(before)) : token.i] if t.lower_ != "-"]
    return words[-len(before) :] == before


def _office(token: Token) -> Token | None:
    """Return the office in "named NAME as its leader" or "elected NAME president"."""
    for child in token.subtree:
        if lemma_of(child) in cues().roles and (
            is_a(child, "oprd")
            or (is_a(child, "pobj") and child.head.lower_ == "as")
            or (is_a(child, "dobj") and child.head.i == token.i and _proper(child))
        ):
            return child
    return None


def _to_lead(token: Token) -> bool:
    """Tell whether somebody is chosen "to succeed", "to lead", or "to head"."""
    return any(lemma_of(c) in ("succeed", "lead", "head", "replace", "command") for c in kids(token, "xcomp"))


def _takes_over(token: Token) -> bool:
    """Tell whether somebody "succeeds NAME as OFFICE" or "takes over as OFFICE"."""
    people = [c for c in kids(token, "nsubj", "dobj") if c.ent_type_ == "PERSON"]
    is_over = any(c.lower_ == "over" for c in kids(token, "prt"))
    return bool(people) and (lemma_of(token) != "take" or is_over) and _office(token) is not None


def _proper(noun: Token) -> bool:
    return any(c.pos_ == "PROPN" for c in kids(noun, "compound"))
