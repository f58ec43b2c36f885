"""Speech: the sources that verbs and nouns of saying on the path of an event have."""

from services.tagger.lexicon.words import cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.labels import Label
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    forms_of,
    has,
    is_a,
    is_noun,
    kid,
    kids,
    kids_of_all,
    lemma_of,
    tokens_called,
)
from services.tagger.stance.operators import fake_word
from services.tagger.stance.reading import Reading

_SAID: tuple[Label, ...] = ("ccomp", "dobj", "parataxis", "xcomp", "acl")
"""Labels of what a verb says."""
_HELD_FALSE: tuple[Label, ...] = (*_SAID, "prep", "acomp", "oprd")
"""Labels of what a verb takes back ("apologised for", "is no longer sure that")."""


def note_speech(
    reading: Reading, verb: Token, below: Token, *, presupposed: bool, denies: bool
) -> None:
    """Note the source of a speech verb over a clause, an object, or a passive subject.

    Who takes talk back or does not believe it (`denies`) is a source of the denial.
    """
    if denies and is_a(verb, "acomp", "oprd"):
        verb = verb.head  # "is no longer sure": the subject is the copula's
    lemma = lemma_of(verb)
    rule = lemma if _speaks(lemma) else "taken-back"
    if (bearer := _bearer(verb, below)) is not None:
        reading.hear(bearer, verb, lemma)
        return
    if presupposed and (has(verb, "neg") or lemma in cues().deny):
        return  # "has not said how many died", "denied bail to the man who fired"
    if verb.pos_ not in ("VERB", "NOUN", "AUX") or not (denies or _speaks(lemma)):
        return
    source = _subject(verb, below, denies=denies)
    by = next(iter(by_phrase(verb)), None)
    if by is not None and is_a(below, "nsubjpass", "xcomp", "ccomp"):
        reading.hear(by, verb, rule)
    elif source is not None and is_a(below, *(_HELD_FALSE if denies else _SAID)):
        if not presupposed and (fake := fake_word(source)) is not None:
            reading.mark("denial", fake.lower_, fake)
        reading.hear(source, verb, rule)
    elif source is None and is_a(below, "ccomp") and not presupposed:
        beside = next(filter(is_noun, kids(verb, "appos", "dep", "attr")), None)
        if beside is not None:
            reading.hear(beside, verb, rule)
        else:
            reading.mark("attribution", rule, verb)


def _subject(verb: Token, below: Token, *, denies: bool) -> Token | None:
    """Return who says it; in "It is untrue that …" nobody does."""
    source = next((c for c in kids(verb, "nsubj") if c.i != below.i), None) or _first_to_say(verb)
    if denies and source is not None and source.lower_ in forms().impersonal:
        return None
    if is_a(verb, "csubj"):
        return None  # "Those confirmed dead are …": a participle that the parser takes for active
    return source


def _speaks(lemma: str) -> bool:
    words = cues()
    return lemma in words.say or lemma in words.confirm or lemma in words.deny


def _bearer(verb: Token, news: Token) -> Token | None:
    """Return the source of "news of it was broken by NAME", "word came first from NAME"."""
    if lemma_of(verb) not in cues().brings_news:
        return None
    if news.lower_ not in forms().tidings:
        return None
    prepositions = [c for c in kids(verb) if is_a(c, "agent") or c.lower_ == "from"]
    bearers = kids_of_all(prepositions, "pobj")
    return next((b for b in bearers if b.ent_type_ not in ("GPE", "LOC")), None)


def _first_to_say(verb: Token) -> Token | None:
    """Return the source of "NAME was (the) first to report it"."""
    if not is_a(verb, "xcomp", "acl", "relcl"):
        return None
    be = verb.head if lemma_of(verb.head) == "be" else verb.head.head
    if lemma_of(be) != "be" or "first" not in forms_of(verb.doc[be.i : verb.i]):
        return None
    return kid(be, "nsubj")


def note_participle(reading: Reading, trigger: Token) -> None:
    """Note the source of a participle behind an event noun: "the raid, first reported by NAME"."""
    for verb in kids(trigger, "acl"):
        by = by_phrase(verb) if verb.tag_ == "VBN" and lemma_of(verb) in cues().say else []
        if by:
            reading.hear(by[0], verb, lemma_of(verb))


def note_according_to(reading: Reading, sentence: Doc) -> None:
    """Note "according to NAME" and "citing NAME" anywhere in the sentence."""
    for word in tokens_called(sentence, forms().citing):
        sources: list[Token] = []
        if word.lower_ == "according":
            sources = behind(word, "to")
        elif word.lower_ == "citing":
            sources = kids(word, "dobj", "pobj")
        if sources:
            reading.hear(sources[0], word, word.lower_)
