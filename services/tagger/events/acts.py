"""Acts of speech, of office, and of assembly: whether their arguments are those of the event.

Somebody demands, threatens, or agrees who can be held to it; talks have parties; an office has a
person. FrameNet keeps the namesakes apart (Request and Requiring, Commitment and Warning, an
agreement on action and one in opinion).
"""

from collections.abc import Callable

from services.messages import Frame, Mention
from services.tagger.events.complements import brings_to_hospital, is_hospital
from services.tagger.events.found import Found
from services.tagger.events.nouns import is_personal
from services.tagger.events.senses import head_of, is_inert, offices, words_of
from services.tagger.events.subjects import subjects
from services.tagger.lexicon.ontology import Family
from services.tagger.lexicon.senses import senses
from services.tagger.lexicon.words import any_of, but_not, cues, forms, lemmas, speech
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    has,
    has_called,
    is_a,
    is_passive,
    is_relative,
    is_verb,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    lemmas_in,
    lemmas_of,
    prepositions,
    undergoers,
    with_kids,
)

_ACTING: tuple[Frame, ...] = ("verb", "actor")
"""Frames of a verb whose subject acts."""


def is_no_such_act(event: Found) -> bool:
    """True if a word of speech, office, or assembly has arguments of another sense."""
    return any(is_so(event) for is_so in _OTHER_SENSES)


def _is_of_nobody(event: Found) -> bool:
    """True for a verb of speech whose subject cannot speak ("the problem demands an answer")."""
    if event.type.family not in _SPOKEN or event.frame not in _ACTING or event.agent:
        return False
    verb = event.trigger
    doers = lemmas_of(kids(verb, "nsubj"))
    if is_a(verb, "relcl") and any(map(is_relative, kids(verb, "nsubj"))):
        doers = lemmas_of([verb.head])
    return bool(doers & but_not(cues().abstract, any_of(cues().talk, speech().nouns)))


_SPOKEN: tuple[Family, ...] = ("accusation", "threat", "demand", "support", "accord")
"""Families of what is done by speaking."""


def _is_naming(event: Found) -> bool:
    """True for "call" with an object, and for one whose "on" stands before it.

    "The race was called for the senator", "on Monday he called her a fraud".
    """
    verb = event.trigger
    if lemma_of(verb) != "call" or event.type.family != "demand":
        return False
    if undergoers(verb) or has(verb, "oprd"):
        return True
    asked = kids_called(verb, "for", *forms().controlling)
    return bool(asked) and all(word.i < verb.i for word in asked)


def _is_advice(event: Found) -> bool:
    """True for what is urged on private people ("urged drivers to stay at home")."""
    if event.type.family != "demand" or event.frame not in _ACTING:
        return False
    asked = [*event.patient, *event.target]
    return bool(asked) and all(head_of(m) in senses().public and not m.is_name for m in asked)


def _is_warning(event: Found) -> bool:
    """True for a warning of what somebody else may do or of what may come.

    Who warns somebody to do or not to do a thing threatens, and so does who warns of his own deed.
    """
    verb = event.trigger
    if event.type.family != "threat" or lemma_of(verb) != "warn":
        return False
    named = any(m.is_named or m.type in ("state", "group") for m in event.patient)
    if named and (has(verb, "xcomp") or prepositions(verb, "against")):
        return False
    clauses = kids(verb, "ccomp")
    return not forms_of(kids_of_all(clauses, "nsubj")) & forms().speakers_own


def _is_danger(event: Found) -> bool:
    """True for a threat that nobody utters: "a threat to the coast", "existential threats"."""
    return event.type.family == "threat" and event.frame == "noun" and not event.agent


def _is_opinion(event: Found) -> bool:
    """True for people who agree in opinion ("agreed with her", "agreed that it was late").

    A promise of deeds has an infinitive, an object, or one of "to", "on".
    """
    verb = event.trigger
    if lemma_of(verb) != "agree" or any(map(_is_body, event.agent)):
        return False
    if has(verb, "xcomp", "dobj", "nsubjpass") or prepositions(verb, "on", "to"):
        return False
    return not any(map(_is_of_deeds, kids(verb, "ccomp")))


def _is_of_deeds(clause: Token) -> bool:
    auxiliaries = forms_of(kids(clause, "aux"))
    return bool(auxiliaries & any_of(cues().hard_modals, forms().future)) or clause.tag_ == "VB"


def _is_body(mention: Mention) -> bool:
    return mention.type in ("state", "group", "organisation", "nationality")


def _is_no_meeting(event: Found) -> bool:
    """True for a meeting, a visit, or a reception of private people, and for a need that is met."""
    verb = event.trigger
    if lemma_of(verb) not in event.type.meets or event.frame != "verb":
        return False
    met = [*undergoers(verb), *behind(verb, "with")]
    if lemmas_of(met) & any_of(senses().standards, cues().abstract):
        return True
    if any(map(_is_public, [*event.agent, *event.patient, *event.target])):
        return False
    return not lemmas_of(with_kids([*met, *subjects(verb)])) & any_of(offices(), cues().bodies)


def _is_public(mention: Mention) -> bool:
    """True for bodies and states, and for people of a known office."""
    if mention.form == "thing":
        return False
    if mention.type != "person" and mention.type != "place":
        return True
    if mention.actor_id or mention.role or mention.affiliation or mention.form == "office":
        return True
    return bool(words_of(mention) & any_of(offices(), cues().bodies))


def _is_perception(event: Found) -> bool:
    """True for "recognised that": a clause is seen to be so, nobody is backed."""
    return event.type.family == "support" and event.frame == "verb" and _is_clausal(event.trigger)


def _is_clausal(verb: Token) -> bool:
    return has(verb, "ccomp") and not has(verb, "dobj")


def _is_silence(event: Found) -> bool:
    """True for "refused to comment": saying nothing rejects no proposal."""
    verb = event.trigger
    if lemma_of(verb) not in senses().refusing:
        return False
    return bool(lemmas_of(kids(verb, "xcomp", "acl")) & senses().words_refused)


def _is_showing(event: Found) -> bool:
    """True for "demonstrated her skill", "rallied supporters": what has an object is no protest."""
    kind, verb = event.type, event.trigger
    if not kind.gathering or event.frame not in _ACTING:
        return False
    if lemma_of(verb) not in senses().assembling:
        return False
    return has(verb, "dobj", "ccomp", "nsubjpass") or any(map(is_inert, subjects(verb)))


def _is_canvassing(event: Found) -> bool:
    """True for a candidate's rally: an election is named beside it, or somebody speaks at it."""
    noun = event.trigger
    if not event.type.gathering or lemma_of(noun) != "rally" or event.frame != "noun":
        return False
    words = lemmas_in(noun.doc)
    if words & senses().protesting:
        return False
    speaks = is_a(noun, "pobj") and lemma_of(noun.head.head) in any_of(speech().say, speech().speak)
    return speaks or bool(words & senses().electing)


def _is_of_no_office(event: Found) -> bool:
    """True for who elects to do a thing, a nomination for a prize, and who hires nobody known."""
    kind, trigger = event.type, event.trigger
    if kind.family != "office" or not kind.as_verbs:
        return False
    if lemma_of(trigger) == "elect" and not is_passive(trigger):
        to_do = [verb for verb in kids(trigger, "xcomp", "advcl") if has_called(verb, "to")]
        if to_do and not forms_of(to_do) & forms().leading:
            return True
    if lemmas_of(behind(trigger, "for")) & senses().prizes or _wins_a_part(event):
        return True
    if event.frame == "noun" and event.patient:
        # "The party's nomination": the office is nobody's yet.
        return all(head_of(m) in any_of(cues().party, cues().bodies) for m in event.patient)
    if lemma_of(trigger) in senses().hiring:
        return not any(m.is_named for m in event.patient)
    return False


def _wins_a_part(event: Found) -> bool:
    """True for "won a third of the votes"."""
    won = kids(event.trigger, "dobj")
    of_what = kids_of_all(kids_called(won[0], "of"), "pobj") if won else []
    wanted = event.type.with_object.get(lemma_of(event.trigger), frozenset())
    return bool(lemmas_of(of_what) & wanted) and not lemmas_of(won) & wanted


def _is_behind_somebody(event: Found) -> bool:
    """True for "is behind him in the polls": who is behind no deed claims none."""
    if not event.type.claims_deed or lemma_of(event.trigger) != "be":
        return False
    behind_what = behind(event.trigger, "behind")
    if not kids_called(event.trigger, "behind"):
        return False
    return not behind_what or any(map(is_personal, behind_what))


def _is_published(event: Found) -> bool:
    """True for the release of what is no prisoner: "a press release", "released the report"."""
    kind, trigger = event.type, event.trigger
    if kind.family != "custody" or lemma_of(trigger) != "release":
        return False
    near = [*kids(trigger, "compound", "amod"), *behind(trigger, "of"), *undergoers(trigger)]
    return bool(lemmas_of(near) & senses().published)


def _is_isolation(event: Found) -> bool:
    """True for "held in isolation": patients are no prisoners."""
    held = behind(event.trigger, "in", "under")
    return event.type.family == "custody" and bool(lemmas_of(held) & lemmas().isolating)


def _is_discharge(event: Found) -> bool:
    """True for "released from the hospital", "was treated and released"."""
    trigger = event.trigger
    if event.type.family != "custody" or lemma_of(trigger) != "release":
        return False
    if any(map(is_hospital, behind(trigger, "from"))):
        return True
    before = trigger.head
    is_joined = is_a(trigger, "conj") and is_verb(before)
    return is_joined and (lemma_of(before) in lemmas().treating or brings_to_hospital(before))


_OTHER_SENSES: tuple[Callable[[Found], bool], ...] = (
    _is_of_nobody,
    _is_naming,
    _is_advice,
    _is_warning,
    _is_danger,
    _is_opinion,
    _is_no_meeting,
    _is_perception,
    _is_silence,
    _is_showing,
    _is_canvassing,
    _is_of_no_office,
    _is_behind_somebody,
    _is_published,
    _is_discharge,
    _is_isolation,
)
