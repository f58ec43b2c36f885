"""Where an event happened, as its own clause says: the locative phrases around its trigger.

A locative adjunct belongs to the smallest clause that it stands in (Huddleston & Pullum 2002, ch.
8). So the phrases below the trigger are taken first, then those of the words above it, up to the
border of the clause: a verb of saying, an earlier event ("after the attack in Meris"), or the
person that a relative clause describes.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from services.messages import Mention
from services.tagger.events.senses import offices
from services.tagger.lexicon.gazetteer import place_words
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    is_a,
    is_noun,
    is_verb,
    is_when,
    kids,
    lemma_of,
    undergoers,
)

_FURTHEST = 6
"""Words above a trigger that are looked at: more than a clause is deep."""


def places_of_speech(verb: Token, phrases: Phrases) -> list[Mention]:
    """Return where something was said: the places behind the prepositions of the verb itself.

    In "condemned the murder of NAME in Meris" the place is that of the murder.
    """
    return _behind(kids(verb), phrases, is_patient=False)


def places(trigger: Token, phrases: Phrases) -> list[Mention]:
    """Return the places that the clause of a trigger gives, the nearest first.

    Those of the clauses below it are the next best ("killed when a bomb went off in Meris").
    """
    is_patient = lemma_of(trigger) in any_of(lemmas().dying, lemmas().enduring)
    for head, below in _levels(trigger):
        found = _behind(_within(head, below), phrases, is_patient=is_patient)
        if found:
            return found
    return _behind(trigger.subtree, phrases, is_patient=is_patient)


def _behind(words: Iterable[Token], phrases: Phrases, *, is_patient: bool) -> list[Mention]:
    """Return the places behind the locative prepositions among some words.

    Who dies, or has wounds, in a hospital was brought there: neither it nor what is behind it is
    the place.
    """
    found: dict[str, Mention] = {}
    for preposition in (word for word in words if is_a(word, "prep") and not _is_of_a_source(word)):
        for noun in kids(preposition, "pobj"):
            if is_patient and lemma_of(noun) in lemmas().clinics:
                return list(found.values())
            located = _located(noun, preposition, phrases)
            is_post = _is_of_a_post(preposition)
            found |= {p.id: p for p in located if not (is_post and p.precision == "site")}
    return list(found.values())


def _is_of_a_source(word: Token) -> bool:
    """True inside "according to …": the place is the source's ("experts at Meris University")."""
    above = islice(word.ancestors, _FURTHEST - 1)
    return any(token.lower_ in forms().citing for token in (word, *above))


def _is_of_a_post(preposition: Token) -> bool:
    """True for a phrase that tells where somebody works, lives, or is treated.

    "A guard at the embassy", "soldiers stationed at the base", "treated at the Osk Center".
    """
    head = lemma_of(preposition.head)
    if is_verb(preposition.head):
        return head in any_of(lemmas().residing, lemmas().treating)
    return head in offices()


def struck(trigger: Token, phrases: Phrases) -> list[Mention]:
    """Return the places that an event strikes or takes: "captured the town of X", "raid on X"."""
    objects = undergoers(trigger)
    nouns = [*objects, *(noun for one in (trigger, *objects) for noun in behind(one, "of", "on"))]
    named = (_named(noun, phrases, is_located=False) for noun in nouns if is_noun(noun))
    return list({place.id: place for place in chain.from_iterable(named)}.values())


def _levels(trigger: Token) -> Iterator[tuple[Token, Token | None]]:
    """Yield the trigger and the words above it in its clause, each with the word it came from."""
    head, below = trigger, None
    for _ in range(_FURTHEST):
        yield head, below
        if head.head.i == head.i or _is_border(head):
            return
        head, below = head.head, head


def _is_border(token: Token) -> bool:
    """True for a word above which another clause or event begins."""
    if is_a(token, "ccomp", "csubj", "parataxis"):
        return True
    if is_a(token, "relcl", "acl"):
        return token.head.ent_type_ == "PERSON" or lemma_of(token.head) in cues().person_nouns
    marks = (*kids(token, "mark"), *kids(token, "advmod"))
    if is_a(token, "advcl") and any(mark.lower_ in forms().temporal for mark in marks):
        return True
    if is_a(token, "prep", "pcomp") and token.lower_ in forms().temporal:
        return True
    return is_a(token, "conj") and bool(kids(token, "nsubj", "nsubjpass"))


def _located(noun: Token, preposition: Token, phrases: Phrases) -> list[Mention]:
    """Return the places behind a preposition, if it is one of place."""
    if is_when(noun):
        return []
    word, parts = preposition.lower_, place_words().part_nouns
    if word == "of" and not is_noun(preposition.head):  # "10 km north of X"
        return _named(noun, phrases) if lemma_of(preposition.head) in parts else []
    if word in cues().place_prepositions:
        return _named(noun, phrases)
    if lemma_of(noun) in parts and not (word == "of" and _is_somebody(preposition.head)):
        return _named(noun, phrases)
    if word in cues().spot_prepositions:
        return [place for place in _named(noun, phrases) if place.precision == "site"]
    return []


def _is_somebody(token: Token) -> bool:
    """True for a name, a noun for a person, and an age: they live in a street behind "of"."""
    if token.pos_ in ("PROPN", "NUM"):
        return True
    return lemma_of(token) in any_of(cues().person_nouns, cues().roles)


def _within(head: Token, below: Token | None) -> Iterator[Token]:
    """Yield a word and what hangs below it in its own clause, the nearest first."""
    waiting = [head]
    while waiting:
        token = waiting.pop(0)
        yield token
        for kid in kids(token):
            is_away = below is not None and kid.i == below.i
            if not is_away and not _starts_clause(kid):
                waiting.append(kid)


def _starts_clause(token: Token) -> bool:
    if is_a(token, "relcl", "ccomp", "csubj", "parataxis"):
        return True
    return is_a(token, "conj", "advcl") and is_verb(token)


def _named(noun: Token, phrases: Phrases, *, is_located: bool = True) -> list[Mention]:
    """Return the places that a noun names: "the village of X", "X airport", X alone.

    `is_located`: it stands behind a preposition of place.
    """
    found = phrases.places_of(noun, is_located=is_located) if noun.pos_ == "PROPN" else []
    if noun.pos_ == "NOUN":
        site = phrases.site(noun)
        found += [site] if site is not None else []
        for part in kids(noun, "compound", "poss", "nmod", "appos"):
            found += phrases.places_of(part, is_located=False)
        for part in behind(noun, "of") if _is_kind(noun) else ():
            found += phrases.places_of(part)
    for joined in kids(noun, "conj"):
        found += _named(joined, phrases, is_located=is_located) if is_noun(joined) else ()
    return found


def _is_kind(noun: Token) -> bool:
    """True for a noun whose "of" names the place: "the village of X", "the outskirts of X"."""
    lemma, words = lemma_of(noun), place_words()
    return lemma in words.part_nouns or any(lemma in of for of in words.kinds.values())
