"""Talk that is not so: what a sentence says of a report, a claim, or a belief above an event.

    "called the claim … a lie" · "no longer thinks" · "wrongly said" · "an earlier version said"

What a verb or an adjective makes of talk by itself ("withdrew", "is false") is a signature. A
belief that somebody no longer holds and a corrected text take back what they said before.
"""

from typing import NamedTuple

from services.tagger.lexicon.words import any_of, cues
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    is_a,
    is_verb,
    kid,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    tokens_called,
    words_of,
)
from services.tagger.stance.reading import CueKind, Step


class Untrue(NamedTuple):
    """A cue of talk that is not so."""

    kind: CueKind
    rule: str
    word: Token


def untrue_talk(step: Step) -> Untrue | None:
    """Return the cue if the word above an event says that the talk of it is not so."""
    word, below = step.word, step.below
    if below is None or step.makes == "denial":
        return None
    if lemma_of(below) in cues().talk and (called := _called(word, below)) is not None:
        return Untrue("denial", "called", called)
    if not is_a(below, "ccomp", "xcomp", "oprd", "acomp", "dobj"):
        return None
    if words_of(word) & cues().believe and (longer := no_longer(word)) is not None:
        return Untrue("denial", "no-longer", longer)
    if not is_verb(word) or lemma_of(word) not in any_of(
        cues().say, cues().believe, cues().passive_hedges
    ):
        return None
    wrongly = next(iter(kids_of_all([word], "advmod", words=cues().mistakenly)), None)
    wrongly = wrongly or next((n for n in behind(word, "in", "by") if _is_error(n)), None)
    if wrongly is not None:
        return Untrue("denial", "wrongly", wrongly)
    if (former := _former(word)) is not None:
        return Untrue("corrected", "former", former)
    at_first = _at_first(word)
    return Untrue("corrected", "at-first", at_first) if at_first is not None else None


def _is_error(noun: Token) -> bool:
    """True for "in error" and "by mistake"."""
    return lemma_of(noun) in cues().mistake and is_a(noun, "pobj")


def _at_first(verb: Token) -> Token | None:
    """Return the "first" of what was said or thought at first, but is not so ("…, but he fled")."""
    if "but" not in forms_of(kids(verb, "cc")):
        return None
    adverbs = [*kids(verb, "advmod"), *kids_of_all(kids_called(verb, "at"))]
    return next((word for word in adverbs if word.lower_ in cues().at_first), None)


def _called(verb: Token, talk: Token) -> Token | None:
    """Return the word of falsehood that somebody calls talk: "dismissed the report as a hoax"."""
    if lemma_of(verb) not in cues().label or not is_a(talk, "dobj", "oprd", "nsubj", "nsubjpass"):
        return None
    false = tokens_called(verb.doc, any_of(cues().falsehood, cues().unfit))
    return next((word for word in false if word.i > max(verb.i, talk.i)), None)


def no_longer(word: Token) -> Token | None:
    """Return the "longer" of a belief that is held no more, or of a life."""
    holders = [word, word.head] if is_a(word, "acomp", "oprd") else [word]
    for adverb in kids_of_all(holders, "advmod", words=("longer",)):
        if "no" in forms_of([*kids(adverb), *kids(adverb.head, "neg")]):
            return adverb
    return None


def _former(verb: Token) -> Token | None:
    """Return the word by which a published text said something only before it was corrected."""
    subject = kid(verb, "nsubj")
    if subject is None:
        return None
    version = lemma_of(subject) == "version"
    if version and (earlier := kids_of_all([subject], "amod", words=cues().earlier)):
        return earlier[0]
    if lemma_of(subject) not in cues().publications:
        return None
    return next(iter(kids_of_all([verb], "advmod", words=cues().formerly)), None)
