"""Stance: the factuality of an event, by a walk from its trigger to the root of its sentence.

Operators are collected inner to outer: nested sources as in FactBank, polarity and certainty as in
De Facto. Relative and adverbial clauses presuppose their content: polarity and modality stop there,
sources go on.
"""

from services.messages import Stance
from services.tagger.lexicon.words import cues, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import kids, label_of, lemma_of
from services.tagger.stance.operators import (
    is_unconfirmed,
    leaves_out,
    none_word,
    note_condition_on_the_news,
    note_operators,
)
from services.tagger.stance.reading import Reading, Step, path
from services.tagger.stance.reality import unrealised
from services.tagger.stance.signatures import ASIDE, is_known, takes_for_granted
from services.tagger.stance.speech import note_according_to, note_participle, note_speech
from services.tagger.stance.talk import no_longer, untrue_talk


def read(trigger: Token, base: int, *, is_title: bool = False, is_spared: bool = False) -> Reading:
    """Return what the sentence at `base` of the text makes of the trigger's event.

    The infinitive of a title ("Chief to resign") is its news. A trigger such as "alive" says that
    the event did not befall somebody (`is_spared`).
    """
    reading = Reading(base, trigger, is_title)
    if is_spared:
        _note_spared(reading)
    if (unreal := unrealised(trigger, is_title=is_title)) is not None:
        reading.mark("unrealised", *unreal)
    granted = aside = False
    for step in path(trigger, is_title=is_title):
        word, below = step.word, step.below
        if step.is_preposition:
            if not granted and leaves_out(word):
                reading.mark("negation", "without", word)
            continue
        if below is not None and is_unconfirmed(word):
            # A speaker who could not confirm an event is no source of it.
            reading.mark("unverified", "not-confirmed", word)
            granted = True
            continue
        if below is not None and not granted and _is_granted(step, below):
            granted = True
            reading.known = is_known(below, step.inner, trigger)
        aside = aside or (below is not None and label_of(below) in ASIDE)
        denies = not granted and _note(reading, step)
        if granted and not aside and step.makes == "confirm":
            reading.mark("confirm", lemma_of(word), word)
        if below is not None:
            note_speech(reading, word, below, presupposed=granted, denies=denies)
    _note_around(reading, is_spared=is_spared)
    return reading


def _note_around(reading: Reading, *, is_spared: bool) -> None:
    """Note what the path as a whole says, and what stands beside it."""
    if is_spared and _is_sought_in_vain(reading):
        reading.kinds.add("unrealised")
    note_condition_on_the_news(reading, reading.trigger.doc)
    note_participle(reading, reading.trigger)
    note_according_to(reading, reading.trigger.doc)


def _note_spared(reading: Reading) -> None:
    reading.mark("negation", "spared", reading.trigger)
    if (longer := no_longer(reading.trigger)) is not None:
        reading.mark("negation", "no-longer", longer)


def _is_sought_in_vain(reading: Reading) -> bool:
    """True for who is not found alive, perhaps for not being found at all: neither dead nor alive.

    A negation holds of some part of its clause, and does not say of which (Huddleston and Pullum
    2002, ch. 9, 1.3).
    """
    finding = reading.trigger.head
    if lemma_of(finding) not in lemmas().coming_upon:
        return False
    is_by_nobody = any(none_word(finder) is not None for finder in kids(finding, "nsubj"))
    return is_by_nobody or not reading.negations % 2


def _note(reading: Reading, step: Step) -> bool:
    """Note what a word makes of an event that is not presupposed; True if it denies it."""
    untrue = untrue_talk(step)
    if untrue is not None:
        reading.mark(*untrue)
    note_operators(reading, step)
    return untrue is not None or step.makes == "denial"


def _is_share(denied: Token, trigger: Token) -> bool:
    """True for a share in an event: who denies it denies no event ("denied a role in the raid")."""
    return denied.i != trigger.i and lemma_of(denied) in cues().shares


def _is_granted(step: Step, below: Token) -> bool:
    """True if the sentence presupposes the event from this step on."""
    if step.makes == "taken" or (step.makes == "denial" and _is_share(below, step.trigger)):
        return True
    if step.makes is not None and step.makes != "unverified":
        return False
    return takes_for_granted(step.word, below, step.inner, step.trigger)


def stance(reading: Reading, *, claimed: bool) -> Stance:
    """Return the stance of a reading; `claimed`: its nearest source is an identified party."""
    kinds = reading.kinds
    if "forestalled" in kinds and reading.negations % 2:
        return "hypothetical"
    if kinds & {"condition", "modal", "intention", "unrealised"}:
        return "hypothetical"
    if reading.negations % 2:
        return "denied"
    if "unverified" in kinds:
        return "reported"
    if "confirm" in kinds and not reading.negations:
        return "confirmed" if "hedge" not in kinds else "reported"
    if "confirm" in kinds or "hedge" in kinds:
        return "reported"
    if reading.speakers and claimed:
        return "claimed"
    said = bool(reading.speakers) or "attribution" in kinds
    return "reported" if said and not reading.known else "asserted"
