"""Make-believe: words of harm for what befalls nobody's body.

    "killed in the season finale" · "hanged in effigy" · "shot by a photographer" ·
    "politically dead"

A story, a likeness, a picture, or a domain adverb (the viewpoint subjuncts of Quirk et al. 1985,
8.89) holds the event; WordNet has the nouns (fiction, likeness, image maker, institution).
"""

from collections.abc import Callable

from spacy.lang.lex_attrs import is_quote

from services.tagger.events.found import Found
from services.tagger.events.senses import names_force
from services.tagger.lexicon.senses import senses
from services.tagger.lexicon.words import any_of
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    has,
    is_a,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    lemmas_of,
    own_subjects,
    undergoers,
)


def is_make_believe(event: Found) -> bool:
    """True for harm in a story, to a likeness, by a camera, or in one domain of life only."""
    return any(is_so(event) for is_so in _WAYS)


def _is_of_a_domain(event: Found) -> bool:
    """True for "politically dead" and "is dead, politically"."""
    if event.type.harm is None:
        return False
    trigger = event.trigger
    beside = kids(trigger, "advmod")
    if trigger.i + 2 < len(trigger.doc) and trigger.nbor().text == ",":
        beside.append(trigger.nbor(2))
    return any(word.tag_ == "RB" and word.lower_ in senses().domain_adverbs for word in beside)


def _is_fiction(event: Found) -> bool:
    """True for what happens in a story, or in a part of a work whose title stands in quotes."""
    if event.type.family not in ("violence", "custody"):
        return False
    settings = behind(event.trigger, "in", "during")
    return any(lemma_of(s) in senses().stories or _is_part_of_a_story(s) for s in settings)


def _is_part_of_a_story(noun: Token) -> bool:
    """True for "the season finale", "the last episode of 'WORK'"."""
    if lemma_of(noun) not in senses().parts_of_stories:
        return False
    whole = kids_of_all(kids_called(noun, "of"), "pobj")
    of_a_story = lemmas_of([*kids(noun, "compound"), *whole]) & senses().serials
    return bool(of_a_story) or any(map(_is_title_of_a_work, whole))


def _is_title_of_a_work(name: Token) -> bool:
    """True for a name in quotation marks."""
    first = name.left_edge
    return name.pos_ == "PROPN" and any(
        is_quote(word.text) for word in (first, *first.doc[max(0, first.i - 1) : first.i])
    )


def _is_of_a_likeness(event: Found) -> bool:
    """True for "hanged an effigy of NAME", "hanged and burned an effigy", "burned in effigy"."""
    trigger = event.trigger
    if event.type.harm is None and event.type.family != "violence":
        return False
    verbs = [trigger, *kids(trigger, "conj")] if not undergoers(trigger) else [trigger]
    near = [*kids_of_all(verbs, "dobj", "nsubjpass"), *behind(trigger, "in")]
    return bool(lemmas_of(near) & senses().likenesses)


def _is_photographed(event: Found) -> bool:
    """True for who is shot by a photographer, where no word of force stands beside it."""
    if lemma_of(event.trigger) != "shoot" or names_force(event.trigger):
        return False
    by = by_phrase(event.trigger)
    return bool(lemmas_of([*by, *kids_of_all(by, "compound", "appos")]) & senses().image_makers)


def _is_flop(event: Found) -> bool:
    """True for a work that bombs: the subject of a verb that without an object is a figure."""
    if not event.type.bare_verb_is_figure or has(event.trigger, "dobj"):
        return False
    trigger = event.trigger
    works = own_subjects(trigger) or ([trigger.head] if is_a(trigger, "acl") else [])
    return bool(lemmas_of(works) & any_of(senses().stories, senses().performances))


def _is_set_phrase(event: Found) -> bool:
    """True for "alive and kicking"."""
    trigger = event.trigger
    return is_a(trigger, "conj") and trigger.tag_ == "VBG" and trigger.head.lower_ == "alive"


def _is_end_of_an_institution(event: Found) -> bool:
    """True for who kills his own party: an institution that is no band of people."""
    if event.type.harm is None or event.frame != "verb":
        return False
    killed = undergoers(event.trigger)
    return bool(killed) and all(map(_is_institution, killed))


def _is_institution(noun: Token) -> bool:
    return lemma_of(noun) in senses().institutions and not behind(noun, "of")


_WAYS: tuple[Callable[[Found], bool], ...] = (
    _is_of_a_domain,
    _is_fiction,
    _is_of_a_likeness,
    _is_photographed,
    _is_flop,
    _is_set_phrase,
    _is_end_of_an_institution,
)
