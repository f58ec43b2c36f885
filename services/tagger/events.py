"""Events: triggers by lemma, and who did what to whom by the dependency frame around them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from services.messages import Count, Mention
from services.tagger.counts import count_of
from services.tagger.dictionaries import EventType, cues, ontology
from services.tagger.mentions import Mentions
from services.tagger.phrases import Phrases


@dataclass
class Found:
    """An event in a sentence: its trigger token and the mentions in each role."""

    type: EventType
    trigger: Any
    rule: str
    patient: list[Mention] = field(default_factory=list)
    agent: list[Mention] = field(default_factory=list)
    target: list[Mention] = field(default_factory=list)
    instrument: list[Mention] = field(default_factory=list)
    place: list[Mention] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)


def find_events(doc: Any, mentions: Mentions, base: int) -> list[Found]:
    """Return the events of one parsed sentence that starts at `base` of the text, in order of their triggers."""
    phrases = Phrases(mentions, base)
    found = []
    for token in doc:
        for event_type, frame in _triggers(token):
            event = Found(event_type, token, f"event/{event_type.event}-{frame}@1")
            _fill(event, frame, phrases, base)
            if _holds_up(event, frame):
                found.append(event)
                break
    return found


def _triggers(token: Any) -> Iterator[tuple[EventType, str]]:
    lemma, lower = token.lemma_.lower(), token.lower_
    for event_type in ontology():
        if token.pos_ in ("VERB", "AUX") or token.tag_.startswith("VB"):
            if _has_word(token, event_type.with_word.get(lemma, frozenset())):
                yield event_type, "verb"
            elif lemma in event_type.verbs and not _is_half(token):
                yield _upgraded(event_type, token), "verb"
            elif lemma in event_type.intransitive:
                yield event_type, "subject"
        if (lemma in event_type.as_verbs or lower.rstrip("s") in event_type.as_verbs) and _office(token) is not None:
            yield event_type, "as"
        if lower in event_type.adjectives and _predicated(token):
            yield event_type, "adjective"
        if token.pos_ in ("NOUN", "PROPN") and (lemma in event_type.nouns or lower in event_type.nouns):
            yield event_type, "noun"
        if token.pos_ in ("NOUN", "PROPN") and any(_ends_phrase(token, phrase) for phrase in event_type.noun_phrases):
            yield event_type, "noun"


def _has_word(token: Any, words: frozenset[str]) -> bool:
    """Tell whether one of the words completes a verb ("shot dead", "stabbed to death", "gunned down")."""
    near = [c for c in token.children if c.dep_ in ("oprd", "acomp", "advmod", "prt", "advcl", "amod", "prep")]
    inner = [g for c in near if c.dep_ == "prep" and c.lower_ == "to" for g in c.children]
    return bool(words and words & {t.lower_ for t in (*near, *inner)})


def _is_half(token: Any) -> bool:
    """Tell whether a verb is the first half of "shot and killed": the second says what came of it."""
    return token.lemma_.lower() in ("shoot", "stab") and any(
        c.dep_ == "conj" and c.lemma_.lower() in ("kill", "wound", "injure") for c in token.children
    )


def _upgraded(event_type: EventType, token: Any) -> EventType:
    """An attack by aircraft is an airstrike."""
    subjects = [c.lemma_.lower() for c in token.children if c.dep_ == "nsubj"]
    if event_type.event == "attack" and set(subjects) & cues()["aircraft"]:
        return next(t for t in ontology() if t.event == "airstrike")
    return event_type


def _predicated(token: Any) -> bool:
    """Tell whether an adjective says what became of somebody ("is dead", "left ten dead", "Ten dead in …")."""
    if token.head.lemma_ in cues()["predicating"] and token.dep_ in ("acomp", "oprd", "xcomp", "ccomp", "attr"):
        return True
    numbered = token.dep_ == "amod" and (token.head.pos_ == "NUM" or any(c.dep_ == "nummod" for c in token.head.children))
    return numbered and token.i > token.head.i


def _adjective_subjects(token: Any) -> list[Any]:
    if token.dep_ == "amod":
        return [token.head]
    own = [c for c in token.children if c.dep_ == "nsubj"]
    objects = [c for c in token.head.children if c.dep_ == "dobj"]
    return own or objects or _subjects(token.head)


def _ends_phrase(token: Any, phrase: str) -> bool:
    first, last = phrase.split()
    return bool(token.lemma_.lower() == last and token.i > 0 and token.nbor(-1).lower_ == first)


def _office(token: Any) -> Any:
    """Return the office in "named NAME as its leader" or "elected NAME president"."""
    for child in token.subtree:
        if child.lemma_.lower() in cues()["roles"] and (
            child.dep_ == "oprd"
            or (child.dep_ == "pobj" and child.head.lower_ == "as")
            or (child.dep_ == "dobj" and child.head.i == token.i and _proper(child))
        ):
            return child
    return None


def _proper(noun: Any) -> bool:
    return any(c.dep_ == "compound" and c.pos_ == "PROPN" for c in noun.children)


def _fill(event: Found, frame: str, phrases: Phrases, base: int) -> None:
    token = event.trigger
    if frame == "noun":
        patients, agents = _noun_roles(event.type, token)
    elif frame == "verb":
        patients, agents = _verb_roles(event.type, token)
    elif frame == "as":
        patients, agents = _as_roles(token)
    else:
        patients, agents = _adjective_subjects(token) if frame == "adjective" else _subjects(token), []
    agents = [*agents, *_claimants(token)]
    for noun in patients:
        for joined in phrases.spread(noun):
            _take_patient(event, joined, phrases, base)
    for noun in agents:
        for joined in phrases.spread(noun):
            _take_agent(event, joined, phrases)
    _take_means(event, phrases)
    if frame == "noun" and event.type.noun_poss == "agent":
        event.agent += [m for m in phrases.modifiers(token) if m not in event.agent]
    _take_place(event, phrases)


def _claimants(token: Any) -> list[Any]:
    """Return who claimed responsibility for the trigger's event or the attack that brought it."""
    for _ in range(5):
        if token.lemma_ == "responsibility" and token.head.lemma_ in cues()["claims_responsibility"]:
            return _subjects(token.head)
        token = token.head
    return []


def _verb_roles(event_type: EventType, token: Any) -> tuple[list[Any], list[Any]]:
    children = {dep: [c for c in token.children if c.dep_ == dep] for dep in ("nsubjpass", "dobj", "nsubj", "auxpass", "agent")}
    by = [g for c in children["agent"] for g in c.children if g.dep_ == "pobj"]
    passive = bool(children["nsubjpass"] or children["auxpass"] or children["agent"])
    if passive:
        return children["nsubjpass"] or _subjects(token), by
    if token.tag_ == "VBN" and token.dep_ == "acl" and not children["dobj"]:
        return _with_heads(token.head), by
    if children["dobj"]:
        # "killing A and five others": the parser may join the second object to the verb.
        strays = [c for c in token.children if c.dep_ == "conj" and c.pos_ in ("NOUN", "PROPN")]
        return children["dobj"] + strays, children["nsubj"] or _subjects(token)
    if event_type.no_object_is_passive and token.tag_ in ("VBN", "VBD"):
        return children["nsubj"] or _subjects(token), []
    return [], children["nsubj"] or _subjects(token)


def _with_heads(noun: Any) -> list[Any]:
    """Return a noun with those it is joined to: "A and four commanders killed" undoes all."""
    while noun.dep_ == "conj" and noun.head.pos_ in ("NOUN", "PROPN"):
        noun = noun.head
    return [noun]


def _subjects(token: Any) -> list[Any]:
    """Return the subject of a verb, its own or its governor's; of a relative clause the noun."""
    for _ in range(6):
        own = [c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")]
        if own:
            relative = own[0].tag_ in ("WDT", "WP") and token.dep_ == "relcl"
            return [token.head] if relative else own
        if token.dep_ not in ("conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "aux"):
            return [token.head] if token.dep_ in ("relcl", "acl") and token.head.pos_ in ("NOUN", "PROPN") else []
        token = token.head
    return []


def _noun_roles(event_type: EventType, token: Any) -> tuple[list[Any], list[Any]]:
    patients: list[Any] = []
    agents: list[Any] = []
    for child in token.children:
        objects = [g for g in child.children if g.dep_ == "pobj"]
        if child.dep_ == "poss" or (child.lower_ == "of" and child.dep_ == "prep"):
            (patients if event_type.noun_poss == "patient" else agents).extend([child] if child.dep_ == "poss" else objects)
        elif child.dep_ == "prep" and child.lower_ in ("on", "against"):
            patients.extend(g for g in objects if g.ent_type_ not in ("DATE", "TIME"))
        elif child.dep_ in ("prep", "agent") and child.lower_ in ("by", "between", "with"):
            agents.extend(objects)
    head = token.head
    if head.lemma_.lower() in cues()["light"] and head.pos_ == "VERB":
        if token.dep_ == "dobj":
            agents.extend(_subjects(head))
        elif token.dep_ == "nsubjpass":
            agents.extend(g for c in head.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj")
    return patients, agents


def _as_roles(token: Any) -> tuple[list[Any], list[Any]]:
    objects = [
        c for c in token.children if c.dep_ in ("dobj", "appos", "nsubjpass", "npadvmod") and c.ent_type_ not in ("DATE", "TIME")
    ]
    named = [c for c in token.children if c.dep_ in ("npadvmod", "appos", "oprd") and c.pos_ == "PROPN"]
    agents = [c for c in token.children if c.dep_ in ("nsubj", "compound")]
    if token.dep_ == "acl" and not agents and token.head.i < token.i:
        agents = [token.head]
    return named or objects, agents


def _take_patient(event: Found, noun: Any, phrases: Phrases, base: int) -> None:
    if noun.lemma_.lower() in cues()["no_victims"]:
        return
    mention = phrases.of(noun)
    if mention is None:
        return
    wanted = event.type.patient_is
    if "person" in wanted and mention.type in ("organisation", "place"):
        mention = phrases.as_person(mention)
    if wanted and (
        noun.lemma_.lower() in cues()["things"] or (mention.type not in wanted and not mention.rule.startswith("phrase/"))
    ):
        event.target.append(mention)
        return
    if not wanted and (mention.type not in ("person", "group", "organisation", "state") or _is_thing(mention)):
        event.target.append(mention)
        return
    if mention not in event.patient:
        event.patient.append(mention)
    count = count_of(noun, event.type.event, base) if event.type.counts else None
    if count is not None:
        event.counts.append(count)


def _is_thing(mention: Mention) -> bool:
    """A phrase that names neither people nor a body with a name: a farmhouse, a meeting."""
    return mention.rule == "phrase/noun@1" and mention.type == "organisation"


def _take_agent(event: Found, noun: Any, phrases: Phrases) -> None:
    if noun.lower_ in ("it", "they", "we"):
        for speaker in _speakers_above(noun):
            _take_agent(event, speaker, phrases)
        return
    lemma = noun.lemma_.lower()
    states = phrases.modifiers(noun)
    if (lemma in cues()["forces"] or lemma in cues()["things"]) and states:
        event.agent.extend(m for m in states if m not in event.agent)
    if lemma in cues()["things"]:
        thing = phrases.of(noun)
        if thing is not None:
            event.instrument.append(thing)
    elif not (lemma in cues()["forces"] and states):
        mention = phrases.of(noun)
        if mention is not None and mention.type != "place" and mention not in event.patient and mention not in event.agent:
            event.agent.append(mention)


def _speakers_above(pronoun: Any) -> list[Any]:
    """Return who a subject pronoun stands for when its clause is what somebody says ("The army says it killed X")."""
    clause = pronoun.head
    if clause.dep_ != "ccomp" or clause.head.lemma_.lower() not in cues()["say"]:
        return []
    return [c for c in clause.head.children if c.dep_ == "nsubj" and c.pos_ != "PRON"]


def _take_means(event: Found, phrases: Phrases) -> None:
    """Step through "in / by / during an ATTACK NOUN" to the noun as instrument and to whose it is as agent."""
    for prep in event.trigger.children:
        if prep.dep_ not in ("prep", "agent") or prep.lower_ not in ("in", "by", "during", "from", "after"):
            continue
        for noun in (c for c in prep.children if c.dep_ == "pobj" and _attack_noun(c)):
            thing = phrases.of(noun)
            if thing is not None and thing not in event.instrument:
                event.instrument.append(thing)
            event.agent.extend(m for m in phrases.modifiers(noun) if m not in event.agent)
            event.agent.extend(m for m in map(phrases.of, _forces(noun)) if m is not None and m not in event.agent)


def _attack_noun(noun: Any) -> bool:
    return bool({noun.lemma_.lower(), noun.lower_} & cues()["attack_nouns"])


def _forces(noun: Any) -> list[Any]:
    """Return the police or army whose firing it was."""
    return [c for c in noun.children if c.dep_ in ("compound", "poss") and c.lemma_.lower() in cues()["firing_parties"]]


def _take_place(event: Found, phrases: Phrases) -> None:
    trigger = event.trigger
    beside = trigger.head.children if trigger.dep_ in ("nsubj", "nsubjpass") else ()
    for prep in (*trigger.subtree, *beside):
        if prep.dep_ != "prep" or prep.lower_ not in cues()["place_prepositions"]:
            continue
        for noun in (c for c in prep.children if c.dep_ == "pobj" and c.pos_ == "PROPN"):
            mention = phrases.place_of(noun)
            if mention is not None and mention not in event.place:
                event.place.append(mention)


def _holds_up(event: Found, frame: str) -> bool:
    """Tell whether enough is known: an event on people needs them, a noun needs somebody in some role."""
    if event.type.patient_is:
        return bool(event.patient)
    return bool(event.patient or event.agent or event.target) or (
        frame == "noun" and (bool(event.place) or event.type.event in ("airstrike", "bombing"))
    )
