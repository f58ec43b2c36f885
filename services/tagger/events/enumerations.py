"""Enumerations: the people of one list, by the parse and, where it fails, by commas and "and".

"A, a nurse, B, 24, and C" names three people. The parser often takes B for an apposition.
"""

from collections.abc import Iterator

from services.tagger.events.name_lists import FINITE, LONGEST, OPENERS, names_from
from services.tagger.lexicon.words import cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    has,
    has_called,
    is_a,
    is_noun,
    kids,
    kids_of_all,
    lemma_of,
    phrase,
)

_JOINED = frozenset({"NOUN", "PROPN", "NUM"})


def spread(noun: Token) -> list[Token]:
    """Return a noun and the nouns joined to it; names listed beside a plural replace the plural."""
    return list({token.i: token for token in _spread(noun)}.values())


def _spread(noun: Token) -> Iterator[Token]:
    names = _listed_behind(noun) or _named_beside(noun)
    if not (names and _is_many(noun)):
        yield noun
    yield from names
    yield from _listed_with(noun)
    for child in kids(noun):
        if is_a(child, "conj") and _is_joined(child):
            yield from _spread(child)
        elif child.lower_ == "including" and is_a(child, "prep"):
            for included in kids(child, "pobj"):
                yield from _spread(included)
        elif is_a(child, "appos") and _is_item(noun, child):
            yield from _spread(child)
        elif is_a(child, "appos"):
            # "NAME, rector of the university, and two women": the parse joins the women to the
            # rector.
            yield from filter(_is_joined_plural, kids(child, "conj"))


def is_part(noun: Token) -> bool:
    """True for people who are counted already: "eleven people, including three children"."""
    while is_a(noun, "conj") and noun.head.i < noun.i:
        noun = noun.head
    if is_a(noun, "pobj") and noun.head.lower_ == "including":
        return True
    first = noun.left_edge.i
    starts = (max(0, first - 2), first)
    return any(phrase(noun.doc[at : at + 2]) in forms().of_the_whole for at in starts)


def is_plural(noun: Token) -> bool:
    """True for a noun in the plural, and for a number above one."""
    if noun.pos_ == "NUM" and noun.lower_ not in ("one", "1"):
        return True
    return noun.tag_ in ("NNS", "NNPS")


def _is_many(noun: Token) -> bool:
    return is_plural(noun) or lemma_of(noun) in lemmas().small_groups


def _is_joined(noun: Token) -> bool:
    return noun.pos_ in _JOINED or (noun.pos_ == "ADJ" and has(noun, "det"))  # "an Italian"


def _is_joined_plural(noun: Token) -> bool:
    return noun.pos_ in _JOINED and is_plural(noun)


def _is_item(noun: Token, beside: Token) -> bool:
    """True for the next item of a list that the parser took for an apposition.

    "Six teachers, a cook, and her son": the cook. An apposition agrees in number, so "a wife, two
    sons" are a list, too.
    """
    if not is_noun(beside) or beside.i < noun.i:
        return False
    if not _is_many(noun) and has(beside, "nummod") and is_plural(beside):
        return True
    if not _goes_on_behind(noun, beside):
        return False
    own = has(beside, "nummod", "poss")
    if noun.pos_ == "PROPN" and noun.ent_type_ not in ("NORP", ""):
        # "NAME, his wife, and two sons" is a list. "NAME, a lawyer, and NAME" is no list.
        return own
    indefinite = has(noun, "nummod") or has_called(noun, *forms().unspecific)
    return own or (indefinite and has_called(beside, *forms().unspecific))


def _goes_on_behind(noun: Token, beside: Token) -> bool:
    """True if a list goes on behind an apposition, with a comma in between."""
    last = [c for c in kids_of_all((noun, beside), "conj") if c.i > beside.i]
    return bool(last) and any(t.text == "," for t in noun.doc[beside.i + 1 : last[0].i])


def _named_beside(noun: Token) -> list[Token]:
    """Return the names that the parse sets beside a plural ("two guards, A and B").

    Beside another name, only the names of people: a list that was taken for one name.
    """
    if noun.pos_ != "PROPN" and not is_plural(noun):
        return []
    whole = behind(noun, "of") if noun.pos_ == "NUM" else []
    names: list[Token] = []
    for head in (noun, *whole):
        beside = kids(head, "appos", "conj") if head.pos_ == "NUM" else kids(head, "appos")
        names += filter(_is_proper_name, beside)
    if noun.pos_ == "PROPN" and not is_plural(noun):
        names = [c for c in names if noun.ent_type_ == c.ent_type_ == "PERSON"]
    found: list[Token] = []
    for name in names:
        found += _joined_names(name)
    return found


def _is_proper_name(noun: Token) -> bool:
    return noun.pos_ == "PROPN" and noun.ent_type_ in ("PERSON", "ORG", "GPE")


def _joined_names(noun: Token) -> Iterator[Token]:
    yield noun
    for child in kids(noun, "conj"):
        if child.pos_ in _JOINED:
            yield from _joined_names(child)


def _listed_behind(noun: Token) -> list[Token]:
    """Return the names listed behind a plural: "three clerks, A, B, and C", "these died: A, B"."""
    if not _is_many(noun):
        return []
    doc = noun.doc
    for start in _list_starts(noun):
        names, end, closed = names_from(doc, start)
        says = end < len(doc) and lemma_of(doc[end]) in cues().say
        if len(names) > 1 and (closed or doc[start - 1].text == ":") and not says:
            return names
    return []


def _list_starts(noun: Token) -> Iterator[int]:
    """Yield the offsets at which a list may begin behind a noun: its opener, then a colon."""
    doc, at = noun.doc, noun.i + 1
    while (
        at < len(doc)
        and at - noun.i < LONGEST
        and doc[at].text not in OPENERS
        and doc[at].tag_ not in FINITE
    ):
        at += 1
    if at < len(doc) and doc[at].text in OPENERS:
        yield at + 1
    colon = next((t.i for t in doc[at:] if t.text == ":"), None)
    if colon is None:
        return
    if has_called(noun, "following") or not any(map(is_plural, doc[noun.i + 1 : colon])):
        yield colon + 1


def _listed_with(noun: Token) -> list[Token]:
    """Return the names of the list that a name stands in."""
    if noun.pos_ != "PROPN" or noun.ent_type_ != "PERSON":
        return []
    for start in range(max(0, noun.i - 5 * LONGEST), noun.i + 1):
        if not _may_open(noun, start):
            continue
        names, _, closed = names_from(noun.doc, start)
        if closed and noun in names:
            return [n for n in names if n.i == noun.i or not _does_else(n, noun)]
    return []


def _may_open(noun: Token, start: int) -> bool:
    """True for an offset of a noun's sentence at which a list of names may begin."""
    if start == 0:
        return True
    before = noun.doc[start - 1]
    return before.text in OPENERS or before.pos_ in ("VERB", "AUX", "ADP", "SCONJ")


def _does_else(name: Token, noun: Token) -> bool:
    """True for the subject of another verb behind a name: "they killed A and B fled"."""
    return is_a(name, "nsubj", "nsubjpass") and name.i > noun.i and name.head.i > name.i
