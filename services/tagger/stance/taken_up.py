"""Denials of talk that a clause before told: "The rumours proved false", "The army denied it"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from services.messages import AFFIRMING_STANCES
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    is_a,
    is_noun,
    kids,
    kids_of_all,
    lemma_of,
    lemmas_in,
    tokens_called,
    tokens_of_lemma,
    with_kids,
)
from services.tagger.stance.reading import Reading
from services.tagger.stance.walk import read, stance


@cache
def untrue_pattern() -> re.Pattern[str]:
    """Return a pattern that a sentence which calls talk before it untrue matches in lower case."""
    false = "|".join(sorted(map(re.escape, cues().falsehood)))
    true = "|".join(sorted(re.escape(word) for word in any_of(cues().truth, forms().so_it_is)))
    return re.compile(rf"\b(?:{false}|(?:not|n['’]t)(?: the)? (?:{true}))\b")


def taken_up(sentence: Doc, base: int) -> Iterator[Reading]:
    """Yield what a sentence at `base` makes of talk told before, where it denies that.

    The trigger of the reading is the word that takes the talk up: a pronoun, or a noun of talk that
    does not say what it is about.
    """
    words = cues()
    untrue = words.falsehood | words.deny | words.withdraw | words.truth | forms().so_it_is
    if untrue.isdisjoint(lemmas_in(sentence)):
        return
    nouns = filter(_is_bare, tokens_of_lemma(sentence, words.talk - words.allegations))
    pronouns = filter(_is_pronoun, tokens_called(sentence, forms().taking_up))
    for token in (*nouns, *pronouns):
        reading = read(token, base)
        is_denial = "denial" in reading.kinds or _is_untrue(token)
        is_standing = is_denial and not _is_earlier(token)
        if is_standing and stance(reading, claimed=True) == "denied":
            yield reading


def of_wellbeing(sentence: Doc, base: int) -> Iterator[Reading]:
    """Yield "she is well", said of one person: a death that was told before is none."""
    for adjective in tokens_of_lemma(sentence, cues().wellbeing):
        verb = adjective.head
        subjects = kids_of_all([verb], "nsubj", words=forms().people_subjects)
        if is_a(adjective, "acomp", "advmod") and lemma_of(verb) == "be" and subjects:
            reading = read(adjective, base)
            if stance(reading, claimed=True) in AFFIRMING_STANCES:
                yield reading


class Elided(NamedTuple):
    """A negated auxiliary whose verb is left out, and its subject ("His brother was not")."""

    verb: Token
    subject: Token

    @property
    def is_active(self) -> bool:
        return lemma_of(self.verb) != "be"


def elided(sentence: Doc) -> Iterator[Elided]:
    """Yield the negated auxiliaries of a sentence without a verb or a predicate."""
    for negation in tokens_called(sentence, forms().negations):
        verb = negation.head
        if not is_a(negation, "neg") or lemma_of(verb) not in lemmas().auxiliary:
            continue
        subjects = kids(verb, "nsubj", "nsubjpass")
        behind = (child for child in kids(verb) if child.i > verb.i)
        rest = [child for child in behind if not is_a(child, "neg", "punct", "cc", "conj")]
        if subjects and not rest and not is_a(verb, "aux", "auxpass"):
            yield Elided(verb, subjects[0])


def _is_earlier(token: Token) -> bool:
    """True for a denial older than the talk before it ("Last week the army denied it")."""
    times = kids(token.head, "npadvmod", "advmod")
    said = forms_of([*times, *kids_of_all(times, "amod")])
    return not said.isdisjoint(any_of(cues().bygone, cues().formerly))


def _is_bare(noun: Token) -> bool:
    """True for a noun of talk without what it is about ("the report", not "reports of a raid")."""
    if not is_noun(noun) or not is_a(noun, "nsubj", "nsubjpass", "dobj", "pobj"):
        return False
    about = kids_of_all([noun], "prep", words=forms().concerning)
    return not (about or has(noun, "acl", "relcl"))


def _is_pronoun(pronoun: Token) -> bool:
    """True for a pronoun that stands for what was said, not for a clause behind it."""
    if not is_a(pronoun, "nsubj", "nsubjpass", "dobj"):
        return False
    clauses = kids_of_all(with_kids([pronoun.head]), "ccomp", "csubj", "advcl", "acl")
    return not any(clause.i > pronoun.i for clause in clauses)


def _is_untrue(subject: Token) -> bool:
    """True for the subject of "is not true", "was not so"."""
    verb = subject.head
    said = forms_of(kids(verb, "acomp", "attr", "advmod"))
    return has(verb, "neg") and not said.isdisjoint(any_of(cues().truth, forms().so_it_is))
