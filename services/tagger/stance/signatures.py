"""Signatures: what a predicate makes of its complement, and what a sentence presupposes.

The complement decides: "failed to escape" denies, "failed after the escape" does not (Karttunen
1971 and 2012; Nairn, Condoravdi and Karttunen 2006; Lotan et al. 2013). The table is data
(lexicon/signatures.yaml).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec
import yaml

from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.words import any_of, but_not, cues, forms, lemmas, read_lexicon
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    forms_of,
    has,
    is_a,
    is_noun,
    is_passive_participle,
    is_relative,
    is_verb,
    kids,
    kids_of_all,
    label_of,
    lemma_of,
)

Effect = Literal[
    "attribution",
    "negation",
    "denial",
    "forestalled",
    "confirm",
    "hedge",
    "unverified",
    "intention",
    "unrealised",
    "taken",
    "real",
]

ASIDE = frozenset({"advcl", "relcl", "appos", "poss"})
"""Labels of clauses and nouns beside a sentence: what it asserts is not asserted of them."""
_COMPLEMENTS = frozenset({"dobj", "nsubjpass", "xcomp", "advcl", "ccomp"})
"""Labels of what a verb takes back, believes, or escapes."""
_NOMINAL = frozenset({"dobj", "nsubjpass", "attr", "compound", "nmod", "dative"})


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The effect of a class of words on some complements; see the head of signatures.yaml."""

    words: str
    over: frozenset[str]
    makes: Effect
    part: Literal["VERB", "NOUN", "ADJ", "PASSIVE", "UNTENSED", "ANY"] = msgspec.field(
        default="ANY", name="as"
    )


@cache
def signatures() -> Mapping[str, tuple[Signature, ...]]:
    """Return the signatures of each word, in the order of the table."""
    raw = yaml.safe_load(read_lexicon("signatures.yaml"))["signatures"]
    found: dict[str, tuple[Signature, ...]] = {}
    for signature in msgspec.convert(raw, list[Signature]):
        for word in cues().named(signature.words):
            found[word] = (*found.get(word, ()), signature)
    return found


def signature_of(
    governor: Token, below: Token, inner: Token | None
) -> tuple[Signature, Token] | None:
    """Return the signature between a word and the one below on an event's path, and its word.

    `inner` is the word under a preposition, when `below` is one. The complement of a copula counts
    as the word ("is unclear").
    """
    kinds = frozenset(_complements(below, inner))
    for word in (governor, *_said_of(governor, below)):
        for name in _names_of(word):
            for signature in signatures().get(name, ()):
                if kinds & signature.over and _is_part(word, signature.part):
                    return signature, word
    return None


def name_in(words: Words, word: Token) -> str:
    """Return the entry of a class that a word of the class stands for, as rules name it."""
    return next(name for name in _names_of(word) if name in words).replace(" ", "-")


def _names_of(word: Token) -> Iterator[str]:
    """Yield a verb with its particle ("walk back"), then the lemma of a word."""
    lemma = lemma_of(word)
    for particle in kids(word, "prt", "advmod"):
        yield f"{lemma} {particle.lower_}"
    yield lemma


def _said_of(verb: Token, subject: Token) -> Iterator[Token]:
    """Yield what is said of a subject: "is unclear", "turned out to be a hoax", "proved false".

    Also what is put to it: "put an end to rumours".
    """
    if is_a(subject, "prep"):
        yield from kids(verb, "dobj") if lemma_of(verb) in lemmas().putting else []
        return
    for child in kids(verb, "acomp", "attr", "oprd", "xcomp"):
        if child.i == subject.i:
            continue
        if not is_a(child, "xcomp"):
            yield child
        elif lemma_of(child) == "be":
            yield from _said_of(child, subject)


def _complements(below: Token, inner: Token | None) -> Iterator[str]:
    """Yield the kinds of complement of a word below its governor."""
    if is_a(below, "prep", "agent", "dative") and inner is not None:
        yield below.lower_
        gerund = is_a(inner, "pcomp") or _is_gerund(inner)
        yield f"{below.lower_}-{'ing' if gerund else 'noun'}"
        yield from (f"{below.lower_}-{kind}" for kind in _topics(inner))
        return
    if label_of(below) in _COMPLEMENTS:
        yield from _topics(below)
    if is_a(below, "nsubj", "nsubjpass") and lemma_of(below) in but_not(cues().talk, cues().images):
        yield "talk-subject"
    yield from _clauses(below)


def _topics(word: Token) -> Iterator[str]:
    """Yield what a complement is about: talk, an act of saying, or what befalls a person."""
    lemma = lemma_of(word)
    if lemma in but_not(cues().talk, cues().images) and is_a(word, "dobj", "nsubjpass", "pobj"):
        yield "talk"
    if is_verb(word):
        untensed = _is_gerund(word) or bool(kids_of_all([word], "aux", words=("to",)))
        if untensed and lemma in cues().say:
            yield "saying"
        return
    if lemma in cues().fates:
        yield "fate"


def _clauses(below: Token) -> Iterator[str]:
    """Yield the kinds of clause or noun that stand below a governor without a preposition."""
    if is_a(below, "relcl") and kids_of_all([below], "dobj", "mark", words=("that",)):
        # "The story that she fled": the parser often makes it a relative clause.
        yield "that"
    elif label_of(below) in _NOMINAL or is_a(below, "nsubj"):
        if not is_a(below, "nsubj"):
            yield "noun"
        if is_a(below, "nsubj", "nsubjpass"):
            yield "subject"
    elif kids_of_all([below], "aux", words=("to",)):
        if is_a(below, "xcomp", "ccomp", "acl", "advcl", "relcl"):
            yield "to"
    elif is_a(below, "ccomp", "csubj", "oprd", "acomp"):
        yield "that"
        yield from _said_beside(below)
    elif is_a(below, "xcomp", "acl", "pcomp"):
        yield "ing" if _is_gerund(below) else "that"


def _said_beside(clause: Token) -> Iterator[str]:
    """Yield the act of saying whose clause a parse hangs on the verb above: "apologised for
    announcing on Monday that he was dead".
    """
    for preposition in kids(clause.head, "prep"):
        for verb in kids(preposition, "pobj", "pcomp"):
            if verb.tag_ == "VBG" and lemma_of(verb) in cues().say and preposition.i < clause.i:
                yield f"{preposition.lower_}-saying"


def _is_gerund(verb: Token) -> bool:
    """True for "killing", "being killed", and "having killed"."""
    return any(word.tag_ == "VBG" for word in (verb, *kids(verb, "aux", "auxpass")))


def _is_part(word: Token, part: str) -> bool:
    if part == "PASSIVE":
        return is_passive_participle(word)
    if part == "UNTENSED":
        return _is_untensed(word)
    return part == "ANY" or word.pos_ == part or (part == "NOUN" and word.pos_ == "PROPN")


def _is_untensed(verb: Token) -> bool:
    """True for the present tense, a participle, an infinitive, and a verb with a modal."""
    if verb.tag_ in ("VBG", "VBP", "VBZ"):
        return True
    return any(c.tag_ in ("MD", "TO") for c in kids(verb, "aux"))


def is_known(below: Token, inner: Token | None, trigger: Token) -> bool:
    """True if the sentence treats the event as already known, so its speaker is no source for it.

    That holds for a definite event beside a clause ("held over the blast", "those behind the
    blast"), for a temporal clause, and for a restrictive relative clause ("the man who fired").
    """
    if inner is not None and lemma_of(inner) in cues().hearsay:
        return False  # "Despite reports of his death": only the reports are known.
    if is_a(below, "prep", "agent", "acl", "relcl") and is_pointed_at(trigger):
        return True
    if is_a(below, "advcl"):
        return bool(forms_of(kids(below, "mark")) & forms().temporal)
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        return True
    return is_a(below, "relcl") and _is_restrictive(below) and is_pointed_at(below.head)


def takes_for_granted(governor: Token, below: Token, inner: Token | None, trigger: Token) -> bool:
    """True if a sentence presupposes what is below a word, where no signature holds between them.

    So it does with relative, adverbial, and participle clauses, with causes and earlier events, and
    with definite events ("the blast has not …"), but not under a verb of coming about ("the march
    may take place").
    """
    if is_a(below, "prep") and lemma_of(governor) in lemmas().links:
        return True  # "There is no connection to the blasts."
    reduced = is_a(below, "amod") and below.tag_ in ("VBN", "VBD")
    if label_of(below) in ASIDE or (reduced and not is_a(governor, "attr")):
        return True
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        # A question for the place, the manner, or the agent presupposes the event.
        return True
    if is_a(below, "acl"):
        says = lemma_of(governor) in cues().talk and lemma_of(below) in cues().say
        return _is_reduced(below) and not _is_open(governor) and not says
    if is_a(below, "prep", "agent") and inner is not None:
        if below.lower_ in cues().after_prepositions and not _is_open(inner):
            return True
        return inner.i == trigger.i and is_pointed_at(inner)
    if below.i != trigger.i or not is_pointed_at(below):
        return False
    comes_about = (
        cues().occurring if is_a(below, "nsubj") else any_of(cues().creating, cues().light)
    )
    return is_a(below, "nsubj", "nsubjpass", "dobj") and lemma_of(governor) not in comes_about


def _is_restrictive(clause: Token) -> bool:
    """True for a relative clause without a comma before it; behind a comma it may be the news."""
    first = clause.left_edge
    after_comma = first.i > 0 and first.nbor(-1).lower_ == ","
    return not after_comma and any(map(is_relative, kids(clause)))


def _is_wh_clause(clause: Token) -> bool:
    """True for an indirect question for anything but whether ("how many died")."""
    return is_a(clause, "ccomp", "pcomp") and _is_wh_word(clause.left_edge)


def _is_wh_word(word: Token) -> bool:
    asks = word.tag_ in ("WRB", "WP") or word.lower_ == "which"
    return asks and word.lower_ != "whether"


def _is_reduced(verb: Token) -> bool:
    """True for a participle without helpers: "the men killed", not "news that they were killed".

    Taggers take some for the past tense.
    """
    return verb.tag_ in ("VBN", "VBD", "VBG") and not has(verb, "aux", "auxpass", "mark")


def is_pointed_at(noun: Token) -> bool:
    """True for a definite event noun: "the blast", "her death", "last week's raids"."""
    return is_noun(noun) and any(_points(c) for c in kids(noun) if c.i < noun.i)


def _points(word: Token) -> bool:
    """True for a determiner, an owner, or an adjective that presupposes its noun."""
    if is_a(word, "det"):
        return word.lower_ in forms().definite
    return is_a(word, "poss") or (is_a(word, "amod") and word.lower_ in cues().bygone)


def _is_open(noun: Token) -> bool:
    """True for "nobody", "any", "no": nothing is presupposed of them."""
    determiners = forms_of(kids(noun, "det"))
    return noun.lower_ in cues().nobody or bool(determiners & forms().open)
