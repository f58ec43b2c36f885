"""Evidence: whether a trigger has enough around it for a report, or is a passing mention."""

from services.messages import Mention
from services.tagger.events.casualties import bearers
from services.tagger.events.found import Found
from services.tagger.events.means import occurring
from services.tagger.events.spared import are_particular
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    has,
    has_called,
    is_a,
    is_noun,
    is_quantity,
    kids,
    kids_of_all,
    lemma_of,
    lemmas_of,
    phrase,
    undergoers,
    words_of,
)

_SIDES = 2
"""Parties of a deal."""


def holds_up(event: Found) -> bool:
    """True if enough is known of an event for a report.

    What befalls people needs a patient or an agent. A weak noun needs somebody in some role.
    """
    kind, trigger = event.type, event.trigger
    if event.figurative and not (event.patient or event.target):
        return False
    if any(map(is_none, kids(trigger, "nsubj"))):
        return False  # "Nobody fired a shot", "No group has claimed responsibility".
    if event.frame == "noun" and words_of(trigger) & kind.strong_nouns:
        return kind.family != "custody" or _is_made(trigger)
    if kind.patient_is:
        return _befalls_somebody(event)
    if kind.bare_verb_is_figure and event.frame == "verb" and not _has_whom_or_where(event):
        # "The film bombed" is a figure of speech.
        return _has_object(trigger) or has_called(trigger, *forms().reflexive)
    if _is_search(event) or _is_unmade(event):
        return False
    if event.frame == "offer":
        return any(map(_may_offer, event.agent))
    if event.frame == "object" and kind.object_needs_agent:
        return bool(event.agent)
    if kind.target_is:
        return any(_is_ground(m, of_any_thing="thing" in kind.target_is) for m in event.target)
    return event.frame in ("object", "thing", "undergone") or _stands_alone(event)


def _befalls_somebody(event: Found) -> bool:
    """True if an event that befalls people has a patient, or an agent or pronoun instead of one."""
    kind, trigger, frame = event.type, event.trigger, event.frame
    if event.befalls_speaker:
        return True
    if frame == "spared":
        return are_particular(event.patient, trigger) and not event.counts
    if lemma_of(trigger) in kind.passive_verbs | kind.amid:
        fits = any(m.type in kind.patient_is for m in event.patient)
        return fits or (frame == "verb" and _strikes_a_pronoun(trigger))
    if frame == "noun" and (_is_somebodys(trigger) or _is_counted_deed(event) or _is_borne(event)):
        return True
    if frame == "undergone" and _is_by_a_pronoun(trigger):
        return True
    aimed = lemma_of(trigger) in lemmas().aimed
    known = frame == "verb" and ((bool(event.agent) and not aimed) or _befalls_a_pronoun(trigger))
    known = known or (frame == "subject" and _is_by_a_pronoun(trigger))
    return bool(event.patient) or (known and not event.target and not _has_object(trigger))


def _stands_alone(event: Found) -> bool:
    """True if somebody has a role in the event, or its noun says enough by itself."""
    kind = event.type
    if event.patient or event.agent or event.target:
        return True
    if event.frame != "noun":
        return False
    if not kind.weak or event.place:
        return True
    if kind.stands_if_grave and _is_grave(event.trigger):
        return True
    return kind.mutual and _comes_about(event.trigger)


def _has_whom_or_where(event: Found) -> bool:
    return bool(event.target or event.patient or event.place)


def _may_offer(mention: Mention) -> bool:
    return mention.type in ("state", "group") or bool(mention.actor_id)


def _is_ground(mention: Mention, *, of_any_thing: bool) -> bool:
    """True for a target that somebody can take: a place, a state, or a thing."""
    if mention.type in ("place", "state"):
        return True
    return mention.form == "thing" and (of_any_thing or not _is_mind(mention))


def _is_mind(mention: Mention) -> bool:
    """True for what is captured and is no territory: hearts, a mood, a market, rifles."""
    for part in mention.surface.lower().split(" of "):
        if part and part.split()[-1] in cues().no_ground:
            return True
    return False


def _is_counted_deed(event: Found) -> bool:
    return bool(event.agent) and bool(event.counts or occurring(event.trigger))


def _is_made(noun: Token) -> bool:
    """True for acts that are counted or come about ("12 arrests", "arrests followed")."""
    head = noun.head
    counted = has(noun, "nummod") or any(map(is_quantity, kids(noun)))
    counted = counted or (is_a(noun, "pobj") and is_quantity(head.head))
    happens = lemma_of(head) in any_of(cues().light, cues().occurring)
    return counted or (happens and is_a(noun, "dobj", "nsubj", "nsubjpass"))


def _comes_about(noun: Token) -> bool:
    """True for the subject of a verb of happening: "fighting broke out", "battles raged"."""
    verb = lemma_of(noun.head)
    happens = verb in any_of(cues().occurring, cues().going_on, lemmas().surfacing)
    return happens and is_a(noun, "nsubj", "nsubjpass")


def _is_grave(noun: Token) -> bool:
    """True for a noun with a word of harm: "the knife attack", "the raid that killed two"."""
    if noun.tag_ in ("NNS", "NNPS"):
        return False  # "terror attacks" are of all times.
    beside = lemmas_of(kids(noun, "amod", "compound", "nmod"))
    clauses = lemmas_of(kids(noun, "relcl", "acl"))
    return bool(beside & cues().grave_attacks or clauses & cues().harm_done)


def is_spoken_of(event: Found) -> bool:
    """True for a passing mention: a noun, or a violent verb whose object the sentence leaves out.

    An object that can't undergo the event gives the verb another meaning ("killed the project").
    One arrest of nobody is one that is asked for or avoided.
    """
    if event.frame == "noun":
        return event.type.family != "custody" or event.trigger.lower_ in event.type.strong_nouns
    is_bare = not event.target and not _has_object(event.trigger)
    return event.frame == "verb" and event.type.family == "violence" and is_bare


def _is_unmade(event: Found) -> bool:
    """True for a deal that is only spoken of: it neither comes about nor has two sides."""
    kind, noun = event.type, event.trigger
    if event.frame != "noun" or not kind.made:
        return False
    verb = lemma_of(noun.head)
    comes_about = verb in any_of(cues().light, cues().occurring, cues().creating, cues().going_on)
    if comes_about and is_a(noun, "dobj", "nsubj", "nsubjpass", "pobj"):
        return False
    made = lemmas_of(kids(noun, "acl", "relcl")) & any_of(cues().light, cues().creating)
    sides = behind(noun, "between", "with")
    return not made and not sides and len(event.agent) < _SIDES


def _has_object(trigger: Token) -> bool:
    """True if a thing undergoes a verb: an object, a passive subject, or a participle's noun."""
    objects = undergoers(trigger)
    if not objects and is_a(trigger, "acl", "relcl") and trigger.tag_ == "VBN":
        objects = [trigger.head] if is_noun(trigger.head) else []
    return any(c.pos_ != "PRON" or c.lower_ == "it" for c in objects)


def _is_somebodys(noun: Token) -> bool:
    """True for an event noun with a personal pronoun ("her arrest")."""
    return bool(kids_of_all([noun], "poss", words=forms().people_owners))


def _befalls_a_pronoun(trigger: Token) -> bool:
    """True if a pronoun is the passive subject of a verb, or the object of a verb of striking."""
    return any(map(_is_somebody, kids(trigger, "nsubjpass"))) or _strikes_a_pronoun(trigger)


def _is_somebody(subject: Token) -> bool:
    if subject.pos_ != "PRON" or is_none(subject):
        return False
    return subject.lower_ not in forms().impersonal


def _is_search(event: Found) -> bool:
    """True if police raid a place: they search it, and attack nobody."""
    if event.patient or lemma_of(event.trigger) not in event.type.searches:
        return False
    return bool(event.agent) and all(map(_is_police, event.agent))


def _is_police(mention: Mention) -> bool:
    return not forms().police.isdisjoint(mention.surface.lower().split())


def _is_borne(event: Found) -> bool:
    """True if a pronoun bears a wound ("She is recovering from burns")."""
    bearing = bearers(event.trigger) if event.type.harm == "wound" else []
    people = any_of(forms().people_subjects, forms().people_objects, forms().all_of_them)
    return bool(forms_of(bearing) & people)


def _is_by_a_pronoun(trigger: Token) -> bool:
    """True if a pronoun is the subject of a verb that befalls it ("She died")."""
    return bool(kids_of_all([trigger], "nsubj", words=forms().people_subjects))


def _strikes_a_pronoun(trigger: Token) -> bool:
    """True if a verb of shooting or striking has a pronoun for its object.

    With other verbs it may be a figure of speech ("it kills me").
    """
    struck = kids_of_all(
        [trigger], "dobj", words=any_of(forms().people_objects, forms().first_person_objects)
    )
    return bool(struck) and lemma_of(trigger) in lemmas().striking


def _is_reciprocal(noun: Token) -> bool:
    """True for "each other" and "one another", which name nobody besides the subject."""
    starts = (max(0, noun.i - 1), noun.i)
    return any(phrase(noun.doc[at : at + 2]) in forms().reciprocal for at in starts)


def is_none(noun: Token) -> bool:
    """True for a noun or pronoun that means nobody ("nobody was hurt", "no soldiers")."""
    if noun.lower_ in forms().nobody or _is_reciprocal(noun):
        return True
    return bool(kids_of_all([noun], "det", "neg", words=("no",)))
