"""Evidence: whether a trigger has enough around it for a report, or is a passing mention."""

from spacy.tokens import Token

from services.messages import Mention
from services.tagger.events.casualties import bearers
from services.tagger.events.found import Found
from services.tagger.events.means import occurring
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import is_a, is_noun, is_quantity, kids, lemma_of, undergoers

REFLEXIVE = frozenset({"himself", "herself", "themselves"})


def holds_up(event: Found) -> bool:
    """Tell whether enough is known: what happens to people needs them or who did it, a weak noun needs somebody in some role."""
    kind, frame = event.type, event.frame
    if event.figurative and not (event.patient or event.target):
        return False
    if any(is_none(c) for c in kids(event.trigger, "nsubj")):
        return False  # "Nobody fired a shot", "No group has claimed responsibility".
    if frame == "noun" and {lemma_of(event.trigger), event.trigger.lower_} & kind.strong_nouns:
        return kind.family != "custody" or _is_made(event.trigger)
    if kind.patient_is:
        if lemma_of(event.trigger) in kind.passive_verbs | kind.amid:
            return any(m.type in kind.patient_is for m in event.patient) or (frame == "verb" and _strikes_somebody(event.trigger))
        if frame == "noun" and (_is_of_somebody(event.trigger) or (event.agent and (event.counts or occurring(event.trigger)))):
            return True
        aimed = lemma_of(event.trigger) in ("shoot", "stab")
        known = frame == "verb" and ((bool(event.agent) and not aimed) or _undergoes(event.trigger))
        if (frame == "undergone" and _is_by_a_pronoun(event.trigger)) or (frame == "noun" and _is_borne(event)):
            return True
        known = known or (frame == "subject" and _is_by_a_pronoun(event.trigger))
        return bool(event.patient) or (known and not event.target and not _has_object(event.trigger))
    if kind.bare_verb_is_figure and frame == "verb" and not (event.target or event.patient or event.place):
        # "The film bombed": of itself.
        return _has_object(event.trigger) or any(c.lower_ in REFLEXIVE for c in kids(event.trigger))
    if _is_search(event):
        return False
    if frame == "offer":
        return any(m.type in ("state", "group") or m.actor_id for m in event.agent)
    if frame == "object" and kind.object_needs_agent:
        return bool(event.agent)
    if kind.target_is:
        any_thing = "thing" in kind.target_is
        return any(m.type in ("place", "state") or (m.form == "thing" and (any_thing or not _is_mind(m))) for m in event.target)
    if frame in ("object", "thing"):
        return True
    if frame == "noun" and kind.stands_if_grave and _is_grave(event.trigger):
        return True
    if frame == "noun" and kind.mutual and _comes_about(event.trigger):
        return True
    somebody = bool(event.patient or event.agent or event.target)
    return somebody or (frame == "noun" and (bool(event.place) or not kind.weak))


def _is_made(noun: Token) -> bool:
    """Tell whether acts are counted or come about ("12 arrests", "dozens of arrests", "arrests followed"), not just spoken of."""
    head = noun.head
    counted = any(is_a(c, "nummod") or is_quantity(c) for c in kids(noun))
    counted = counted or (is_a(noun, "pobj") and is_quantity(head.head))
    comes = lemma_of(head) in cues().light | cues().occurring and is_a(noun, "dobj", "nsubj", "nsubjpass")
    return counted or comes


def _comes_about(noun: Token) -> bool:
    """Tell whether a verb says that it happens: "fighting broke out", "clashes were reported", "battles raged"."""
    verb = lemma_of(noun.head)
    return is_a(noun, "nsubj", "nsubjpass") and (verb in cues().occurring | cues().going_on or verb in ("report", "rage"))


def _is_grave(noun: Token) -> bool:
    """Tell whether words at an attack say that it was one: "the knife attack", "a terror attack", "the raid that killed two"."""
    if noun.tag_ in ("NNS", "NNPS"):
        return False  # "terror attacks" are of all times.
    beside = {lemma_of(c) for c in kids(noun, "amod", "compound", "nmod")}
    clauses = {lemma_of(c) for c in kids(noun, "relcl", "acl")}
    return bool(beside & cues().grave_attacks or clauses & cues().harm_done)


def _is_mind(mention: Mention) -> bool:
    """Tell whether it is no ground that somebody takes: hearts, a mood, a market, rifles."""
    heads = (part.split()[-1] for part in mention.surface.lower().split(" of ") if part)
    return any(head in cues().no_ground for head in heads)


def is_spoken_of(event: Found) -> bool:
    """Tell whether a word names an event of which nothing is told: a noun, or a violent verb of whose object nothing is said.

    An object that can't undergo the event says that the verb means something else ("killed the project"); one arrest
    of nobody is one that is asked for or avoided.
    """
    is_bare = not event.target and not _has_object(event.trigger)
    as_noun = event.frame == "noun" and (event.type.family != "custody" or event.trigger.lower_ in event.type.strong_nouns)
    return as_noun or (event.frame == "verb" and event.type.family == "violence" and is_bare)


def _has_object(trigger: Token) -> bool:
    """Tell whether a thing undergoes a verb: its object, its passive subject, or the noun that a participle is of."""
    objects = undergoers(trigger)
    if not objects and is_a(trigger, "acl", "relcl") and trigger.tag_ == "VBN" and is_noun(trigger.head):
        objects.append(trigger.head)
    return any(c.pos_ != "PRON" or c.lower_ == "it" for c in objects)


def _is_of_somebody(noun: Token) -> bool:
    """Tell whether a noun is of a person whom only a pronoun names ("her arrest")."""
    return any(c.lower_ in ("his", "her", "their") for c in kids(noun, "poss"))


def _undergoes(trigger: Token) -> bool:
    """Tell whether a verb has a pronoun for its passive subject, or for whom it strikes: somebody undergoes it, whoever it is."""
    passive = (c for c in kids(trigger, "nsubjpass") if c.pos_ == "PRON")
    told = any(c.lower_ not in ("it", "this", "that", "which") and not is_none(c) for c in passive)
    return told or _strikes_somebody(trigger)


def _is_search(event: Found) -> bool:
    """Tell whether police raid a place: they search it, and attack nobody."""
    words = (set(m.surface.lower().split()) for m in event.agent)
    return (
        bool(event.agent)
        and event.trigger.lemma_ in event.type.searches
        and not event.patient
        and all(w & _POLICE for w in words)
    )


_POLICE = frozenset({"police", "policeman", "policemen", "officer", "officers", "detective", "detectives", "investigators"})


def _is_borne(event: Found) -> bool:
    """Tell whether a pronoun bears a wound ("She is recovering from burns", "Both are treated for injuries")."""
    who = bearers(event.trigger) if event.type.harm == "wound" else []
    return any(t.lower_ in ("he", "she", "they", "him", "her", "them", "both", "all") for t in who)


def _is_by_a_pronoun(trigger: Token) -> bool:
    """Tell whether a pronoun is the subject of a verb that its subject undergoes ("She died", "He suffered burns")."""
    return any(c.lower_ in ("he", "she", "they") for c in kids(trigger, "nsubj"))


def _strikes_somebody(trigger: Token) -> bool:
    """Tell whether a verb of shooting or striking has a pronoun for its object; to hurt or kill one may be a figure of speech."""
    return lemma_of(trigger) in _STRIKING and any(c.lower_ in _THEM for c in kids(trigger, "dobj"))


_THEM = frozenset({"me", "him", "her", "us", "them"})
_STRIKING = frozenset({"shoot", "stab", "wound", "injure", "hit", "strike", "graze"})


def is_none(noun: Token) -> bool:
    """Tell whether a noun or pronoun says that it befell nobody ("nobody was hurt", "no soldiers were killed")."""
    return noun.lower_ in ("nobody", "none", "no-one", "noone") or any(c.lower_ == "no" for c in kids(noun, "det", "neg"))
