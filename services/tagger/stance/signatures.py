"""Signatures: what a word makes of an event that it governs, and which events a sentence takes for granted.

Predicates are known by their complements ("failed to escape" denies, "failed after the escape" does not): Karttunen 1971
and 2012, Nairn, Condoravdi and Karttunen 2006, Lotan et al. 2013. The table is data (lexicon/signatures.yaml).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec
import yaml
from spacy.tokens import Token

from services.tagger.lexicon.words import cues, read_lexicon
from services.tagger.parse.tree import has, is_a, is_noun, is_passive_participle, is_relative, kids, label_of, lemma_of

Effect = Literal["negation", "denial", "confirm", "hedge", "unverified", "intention", "unrealised", "taken", "real"]

ASIDE = frozenset({"advcl", "relcl", "appos", "poss"})
"""What hangs beside its sentence: nothing that the sentence says is said of it."""
_NOMINAL = frozenset({"dobj", "nsubjpass", "attr", "compound", "nmod", "dative"})
_POINTING = frozenset({"the", "this", "that", "these", "those"})
_OPEN = frozenset({"any", "no", "neither"})


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a class of words makes of an event in one of some complements; see the head of lexicon/signatures.yaml."""

    words: str
    over: frozenset[str]
    makes: Effect
    part: Literal["VERB", "NOUN", "ADJ", "PASSIVE", "UNTENSED", "ANY"] = msgspec.field(default="ANY", name="as")


@cache
def signatures() -> Mapping[str, tuple[Signature, ...]]:
    """Return the signatures of each word, in the order of the table."""
    table = msgspec.convert(yaml.safe_load(read_lexicon("signatures.yaml"))["signatures"], list[Signature])
    found: dict[str, tuple[Signature, ...]] = {}
    for signature in table:
        for word in cues().named(signature.words):
            found[word] = (*found.get(word, ()), signature)
    return found


def signature_of(governor: Token, below: Token, inner: Token | None) -> tuple[Signature, Token] | None:
    """Return the signature that holds between a word and the one below it on the event's path, and the word it is of.

    `inner` is the word under a preposition, when `below` is one. A copula counts as what it says ("is unclear").
    """
    kinds = frozenset(_complements(below, inner))
    for word in (governor, *_said_of(governor, below)):
        for signature in signatures().get(lemma_of(word), ()):
            if kinds & signature.over and _is_part(word, signature.part):
                return signature, word
    return None


def _said_of(verb: Token, subject: Token) -> Iterator[Token]:
    """Yield what a copula says of its subject: "is unclear", "turned out to be a hoax", "proved false"."""
    for child in kids(verb):
        if is_a(child, "acomp", "attr", "oprd") and child.i != subject.i:
            yield child
        elif is_a(child, "xcomp") and child.lemma_ == "be" and child.i != subject.i:
            yield from _said_of(child, subject)


def _complements(below: Token, inner: Token | None) -> Iterator[str]:
    """Yield the kinds of complement that a word stands in."""
    if is_a(below, "prep", "agent", "dative") and inner is not None:
        yield below.lower_
        yield f"{below.lower_}-{'ing' if is_a(inner, 'pcomp') or inner.tag_ == 'VBG' else 'noun'}"
    elif is_a(below, "relcl") and any(c.lower_ == "that" for c in kids(below, "dobj", "mark")):
        # "The story that she fled": read as a relative clause more often than not.
        yield "that"
    elif label_of(below) in _NOMINAL or is_a(below, "nsubj"):
        if not is_a(below, "nsubj"):
            yield "noun"
        if is_a(below, "nsubj", "nsubjpass"):
            yield "subject"
    elif any(c.lower_ == "to" for c in kids(below, "aux")):
        if is_a(below, "xcomp", "ccomp", "acl", "advcl", "relcl"):
            yield "to"
    elif is_a(below, "ccomp", "csubj", "oprd", "acomp"):
        yield "that"
    elif is_a(below, "xcomp", "acl", "pcomp"):
        yield "ing" if below.tag_ == "VBG" else "that"


def _is_part(word: Token, part: str) -> bool:
    if part == "PASSIVE":
        return is_passive_participle(word)
    if part == "UNTENSED":
        return word.tag_ in ("VBG", "VBP", "VBZ") or any(c.tag_ in ("MD", "TO") for c in kids(word, "aux"))
    return part == "ANY" or word.pos_ == part or (part == "NOUN" and word.pos_ == "PROPN")


def is_known(below: Token, inner: Token | None, trigger: Token) -> bool:
    """True if the sentence treats the event as already known, so its speaker is no source for it.

    That holds for a definite event beside a clause ("held over the blast", "those behind the
    blast"), for a temporal clause, and for a restrictive relative clause ("the man who fired").
    """
    if is_a(below, "prep", "agent", "acl", "relcl") and is_pointed_at(trigger):
        return True
    if is_a(below, "advcl"):
        return any(c.lower_ in _TEMPORAL for c in kids(below, "mark"))
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        return True
    return is_a(below, "relcl") and _tells_which(below) and is_pointed_at(below.head)


_TEMPORAL = frozenset({"after", "before", "since"})


def takes_for_granted(governor: Token, below: Token, inner: Token | None, trigger: Token) -> bool:
    """Tell whether what hangs below a word stays true whatever becomes of the word (no signature holds between them).

    So do relative, adverbial, and participle clauses, what somebody did something after or because of, and events that
    are pointed at ("the blast has not …"), but for verbs that say that the event comes about ("the march may take place").
    """
    if label_of(below) in ASIDE or (is_a(below, "amod") and below.tag_ in ("VBN", "VBD") and not is_a(governor, "attr")):
        return True
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        # Who asks where, how, or by whom it was done takes it that it was.
        return True
    if is_a(below, "acl"):
        return _is_reduced(below) and not _is_open(governor)
    if is_a(below, "prep", "agent") and inner is not None:
        if below.lower_ in cues().after_prepositions and not _is_open(inner):
            return True
        return inner.i == trigger.i and is_pointed_at(inner)
    if below.i != trigger.i or not is_pointed_at(below):
        return False
    comes_about = cues().occurring if is_a(below, "nsubj") else cues().creating | cues().light
    return is_a(below, "nsubj", "nsubjpass", "dobj") and lemma_of(governor) not in comes_about


def _tells_which(clause: Token) -> bool:
    """Tell whether a relative clause says which one is meant: one behind a comma tells more of it, which may be the news."""
    first = clause.left_edge
    return any(is_relative(c) for c in kids(clause)) and (first.i == 0 or first.nbor(-1).lower_ != ",")


def _is_wh_clause(clause: Token) -> bool:
    return is_a(clause, "ccomp", "pcomp") and any(c.tag_ in ("WRB", "WP") and c.lower_ != "whether" for c in kids(clause))


def _is_reduced(verb: Token) -> bool:
    """Tell whether a participle hangs on a noun without helpers: "the men killed", not "the news that they were killed"."""
    return verb.tag_ in ("VBN", "VBG") and not has(verb, "aux", "auxpass", "mark")


def is_pointed_at(noun: Token) -> bool:
    """Tell whether a noun points at an event that is known: "the blast", "her death", "last week's raids"."""
    if not is_noun(noun):
        return False
    before = [c for c in kids(noun) if c.i < noun.i]
    return any(
        (is_a(c, "det") and c.lower_ in _POINTING) or is_a(c, "poss") or (is_a(c, "amod") and c.lower_ in cues().bygone)
        for c in before
    )


def _is_open(noun: Token) -> bool:
    return noun.lower_ in cues().nobody or any(c.lower_ in _OPEN for c in kids(noun, "det"))
