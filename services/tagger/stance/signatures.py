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
        for word in cues()[signature.words]:
            found[word] = (*found.get(word, ()), signature)
    return found


def signature_of(governor: Token, below: Token, inner: Token | None) -> tuple[Signature, Token] | None:
    """Return the signature that holds between a word and the one below it on the event's path, and the word it is of.

    `inner` is the word under a preposition, when `below` is one. A copula counts as what it says ("is unclear").
    """
    kinds = frozenset(_complements(below, inner))
    for word in (governor, *_said_of(governor, below)):
        for signature in signatures().get(word.lemma_.lower(), ()):
            if kinds & signature.over and _is_part(word, signature.part):
                return signature, word
    return None


def _said_of(verb: Token, subject: Token) -> Iterator[Token]:
    """Yield what a copula says of its subject: "is unclear", "turned out to be a hoax", "proved false"."""
    for child in verb.children:
        if child.dep_ in ("acomp", "attr", "oprd") and child.i != subject.i:
            yield child
        elif child.dep_ == "xcomp" and child.lemma_ == "be" and child.i != subject.i:
            yield from _said_of(child, subject)


def _complements(below: Token, inner: Token | None) -> Iterator[str]:
    """Yield the kinds of complement that a word stands in."""
    if below.dep_ in ("prep", "agent", "dative") and inner is not None:
        yield below.lower_
        yield f"{below.lower_}-{'ing' if inner.dep_ == 'pcomp' or inner.tag_ == 'VBG' else 'noun'}"
    elif below.dep_ == "relcl" and any(c.lower_ == "that" and c.dep_ in ("dobj", "mark") for c in below.children):
        # "The story that she fled": read as a relative clause more often than not.
        yield "that"
    elif below.dep_ in _NOMINAL or below.dep_ == "nsubj":
        if below.dep_ != "nsubj":
            yield "noun"
        if below.dep_ in ("nsubj", "nsubjpass"):
            yield "subject"
    elif any(c.dep_ == "aux" and c.lower_ == "to" for c in below.children):
        if below.dep_ in ("xcomp", "ccomp", "acl", "advcl", "relcl"):
            yield "to"
    elif below.dep_ in ("ccomp", "csubj", "oprd", "acomp"):
        yield "that"
    elif below.dep_ in ("xcomp", "acl", "pcomp"):
        yield "ing" if below.tag_ == "VBG" else "that"


def _is_part(word: Token, part: str) -> bool:
    if part == "PASSIVE":
        return is_passive(word)
    if part == "UNTENSED":
        return word.tag_ in ("VBG", "VBP", "VBZ") or any(c.dep_ == "aux" and c.tag_ in ("MD", "TO") for c in word.children)
    return part == "ANY" or word.pos_ == part or (part == "NOUN" and word.pos_ == "PROPN")


def is_passive(verb: Token) -> bool:
    """Tell whether a participle is a passive, or one without any auxiliary."""
    helpers = [c.dep_ for c in verb.children]
    return verb.tag_ == "VBN" and (bool({"auxpass", "nsubjpass"} & set(helpers)) or "aux" not in helpers)


def is_known(below: Token, inner: Token | None, trigger: Token) -> bool:
    """Tell whether what is taken for granted is also known already, so that who speaks of it does not bring its news.

    So are events that are pointed at beside a clause ("held over the blast", "those behind the blast"), what somebody did
    something after or before, and what tells which one is meant ("the man who fired").
    """
    if below.dep_ in ("prep", "agent", "acl", "relcl") and is_pointed_at(trigger):
        return True
    if below.dep_ == "advcl":
        return any(c.dep_ == "mark" and c.lower_ in _TEMPORAL for c in below.children)
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        return True
    return below.dep_ == "relcl" and _tells_which(below) and is_pointed_at(below.head)


_TEMPORAL = frozenset({"after", "before", "since"})


def takes_for_granted(governor: Token, below: Token, inner: Token | None, trigger: Token) -> bool:
    """Tell whether what hangs below a word stays true whatever becomes of the word (no signature holds between them).

    So do relative, adverbial, and participle clauses, what somebody did something after or because of, and events that
    are pointed at ("the blast has not …"), but for verbs that say that the event comes about ("the march may take place").
    """
    if below.dep_ in ASIDE or (below.dep_ == "amod" and below.tag_ in ("VBN", "VBD") and governor.dep_ != "attr"):
        return True
    if _is_wh_clause(below) or (inner is not None and _is_wh_clause(inner)):
        # Who asks where, how, or by whom it was done takes it that it was.
        return True
    if below.dep_ == "acl":
        return _is_reduced(below) and not _is_open(governor)
    if below.dep_ in ("prep", "agent") and inner is not None:
        if below.lower_ in cues()["after_prepositions"] and not _is_open(inner):
            return True
        return inner.i == trigger.i and is_pointed_at(inner)
    if below.i != trigger.i or not is_pointed_at(below):
        return False
    comes_about = cues()["occurring"] if below.dep_ == "nsubj" else cues()["creating"] | cues()["light"]
    return below.dep_ in ("nsubj", "nsubjpass", "dobj") and governor.lemma_.lower() not in comes_about


def _tells_which(clause: Token) -> bool:
    """Tell whether a relative clause says which one is meant: one behind a comma tells more of it, which may be the news."""
    first = clause.left_edge
    return any(c.tag_ in ("WDT", "WP") for c in clause.children) and (first.i == 0 or first.nbor(-1).lower_ != ",")


def _is_wh_clause(clause: Token) -> bool:
    return clause.dep_ in ("ccomp", "pcomp") and any(c.tag_ in ("WRB", "WP") and c.lower_ != "whether" for c in clause.children)


def _is_reduced(verb: Token) -> bool:
    """Tell whether a participle hangs on a noun without helpers: "the men killed", not "the news that they were killed"."""
    return verb.tag_ in ("VBN", "VBG") and not any(c.dep_ in ("aux", "auxpass", "mark") for c in verb.children)


def is_pointed_at(noun: Token) -> bool:
    """Tell whether a noun points at an event that is known: "the blast", "her death", "last week's raids"."""
    if noun.pos_ not in ("NOUN", "PROPN"):
        return False
    before = [c for c in noun.children if c.i < noun.i]
    return any(
        (c.dep_ == "det" and c.lower_ in _POINTING) or c.dep_ == "poss" or (c.dep_ == "amod" and c.lower_ in cues()["bygone"])
        for c in before
    )


def _is_open(noun: Token) -> bool:
    return noun.lower_ in cues()["nobody"] or any(c.dep_ == "det" and c.lower_ in _OPEN for c in noun.children)
