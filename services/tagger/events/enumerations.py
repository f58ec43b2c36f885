"""Who is told of together: by the parse, and by commas and "and" where a parser loses its way ("A, a nurse, B, 24, and C")."""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import behind, has, has_called, is_a, is_noun, kids, label_of, lemma_of

_JOINED = frozenset({"NOUN", "PROPN", "NUM"})
_PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "da", "das", "dos", "y", "van", "von", "der", "bin", "al", "el", "junior", "jr"}
)
_OPENERS = frozenset({",", ":", "-", "--", "–", "—", "("})
_BREAKS = frozenset({",", ";"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD", "WP", "WDT"})
_LONGEST = 14
"""Words of a description within a list, and between a noun and the names of those it is of."""
_COMPANIES = frozenset({"couple", "pair", "trio", "group", "crew", "family", "team", "band", "delegation"})


def spread(noun: Token) -> Iterator[Token]:
    """Yield a noun and those joined to it; where many are named beside it, their names in place of the noun."""
    yield from {token.i: token for token in _spread(noun)}.values()


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
            # "NAME, rector of the university, and two women": the parse joins the women to the rector.
            yield from (g for g in kids(child, "conj") if g.pos_ in _JOINED and is_plural(g))


def is_plural(noun: Token) -> bool:
    return noun.tag_ in ("NNS", "NNPS") or (noun.pos_ == "NUM" and noun.lower_ not in ("one", "1"))


def _is_many(noun: Token) -> bool:
    return is_plural(noun) or lemma_of(noun) in _COMPANIES


def _is_joined(noun: Token) -> bool:
    return noun.pos_ in _JOINED or (noun.pos_ == "ADJ" and has(noun, "det"))  # "an Italian"


def _is_item(noun: Token, beside: Token) -> bool:
    """Tell whether the parser took the next of a list for an apposition: "six teachers, a cook, and her son"."""
    if not is_noun(beside) or beside.i < noun.i:
        return False
    last = [c for n in (noun, beside) for c in kids(n, "conj") if c.i > beside.i]
    if not last or not any(t.text == "," for t in noun.doc[beside.i + 1 : last[0].i]):
        return False
    own = {label_of(c) for c in kids(beside)} & {"nummod", "poss"}
    if noun.pos_ == "PROPN" and noun.ent_type_ not in ("NORP", ""):
        return bool(own)  # "NAME, his wife, and two sons"; "NAME, a lawyer, and NAME" is one with his trade.
    indefinite = any(is_a(c, "nummod") or c.lower_ in ("a", "an", "some", "several") for c in kids(noun))
    return bool(own) or (indefinite and has_called(beside, "a", "an", "some", "several"))


def _named_beside(noun: Token) -> list[Token]:
    """Return the names that the parse sets beside a plural or another name ("two guards, A and B"; a list taken for one)."""
    whole = [g for g in behind(noun, "of") if noun.pos_ == "NUM"]
    beside = [c for n in (noun, *whole) for c in kids(n) if is_a(c, "appos") or (is_a(c, "conj") and n.pos_ == "NUM")]
    beside = [c for c in beside if c.pos_ == "PROPN" and c.ent_type_ in ("PERSON", "ORG", "GPE")]
    if noun.pos_ == "PROPN" and not is_plural(noun):
        beside = [c for c in beside if noun.ent_type_ == c.ent_type_ == "PERSON"]
    elif not is_plural(noun):
        return []
    return [name for first in beside for name in _joined_names(first)]


def _joined_names(noun: Token) -> Iterator[Token]:
    yield noun
    for child in kids(noun):
        if is_a(child, "conj") and child.pos_ in _JOINED:
            yield from _joined_names(child)


def _listed_behind(noun: Token) -> list[Token]:
    """Return the names listed behind a noun for many: "three clerks of the court, A, B, and C", "these men died: A, B"."""
    if not _is_many(noun):
        return []
    doc, at = noun.doc, noun.i + 1
    while at < len(doc) and at - noun.i < _LONGEST and doc[at].text not in _OPENERS and doc[at].tag_ not in _FINITE:
        at += 1
    starts = [at + 1] if at < len(doc) and doc[at].text in _OPENERS else []
    colon = next((t.i for t in doc[at:] if t.text == ":"), None)
    if colon is not None and (_is_announced(noun) or not any(is_plural(t) for t in doc[noun.i + 1 : colon])):
        starts.append(colon + 1)
    for start in starts:
        names, end, closed = _names(doc, start)
        says = end < len(doc) and lemma_of(doc[end]) in cues().say
        if len(names) > 1 and (closed or doc[start - 1].text == ":") and not says:
            return names
    return []


def _is_announced(noun: Token) -> bool:
    return has_called(noun, "following")


def _listed_with(noun: Token) -> list[Token]:
    """Return the names of the list that a name stands in."""
    if noun.pos_ != "PROPN" or noun.ent_type_ != "PERSON":
        return []
    doc = noun.doc
    starts = range(max(0, noun.i - 5 * _LONGEST), noun.i + 1)
    for start in (
        s for s in starts if s == 0 or doc[s - 1].text in _OPENERS or doc[s - 1].pos_ in ("VERB", "AUX", "ADP", "SCONJ")
    ):
        names, _, closed = _names(doc, start)
        if closed and any(n.i == noun.i for n in names):
            return [n for n in names if n.i == noun.i or not _does_else(n, noun)]
    return []


def _does_else(name: Token, noun: Token) -> bool:
    """Tell whether a name is the subject of another verb, behind it: "they killed A and B fled"."""
    return is_a(name, "nsubj", "nsubjpass") and name.i > noun.i and name.head.i > name.i


def _names(doc: Doc, at: int) -> tuple[list[Token], int, bool]:
    """Return the heads of the names listed from a token on, where the list ends, and whether "and" closed it."""
    found: list[Token] = []
    closed = False
    while True:
        end = _name_end(doc, at)
        if end is None:
            return found, at, closed
        found.append(doc[end - 1])
        at = _behind_description(doc, end)
        behind, is_last = _behind_separator(doc, at)
        if behind is None or _name_end(doc, behind) is None:
            return found, at, closed
        at, closed = behind, closed or is_last


def _name_end(doc: Doc, at: int) -> int | None:
    """Return the token behind the name that starts here, with what people are called before it ("police major NAME")."""
    end = last = at
    while end < len(doc) and end - at < 9 and (doc[end].tag_ in ("NNP", "NNPS", "NN", "JJ") or doc[end].lower_ in _PARTICLES):
        end += 1
        last = end if doc[end - 1].tag_ == "NNP" else last
    first = last
    while first > at and (doc[first - 1].tag_ == "NNP" or doc[first - 1].lower_ in _PARTICLES):
        first -= 1
    called = any(_is_person_noun(t) for t in (*doc[at:first], *doc[first : last - 1]))
    if first == last or (first > at and not called):
        return None
    is_name = doc[last - 1].ent_type_ == "PERSON" or (
        last - first > 1 and doc[last - 1].ent_type_ in ("ORG", "GPE", "LOC", "", "FAC")
    )
    return last if is_name or first > at else None


def _is_person_noun(token: Token) -> bool:
    return lemma_of(token) in cues().person_nouns | cues().roles | cues().title_heads


def _behind_description(doc: Doc, at: int) -> int:
    """Return the token behind what is told of a name within a list: an age, a bracket, ", a nurse of the clinic"."""
    if at + 1 >= len(doc):
        return at
    if doc[at].text == "(":
        return next((i + 1 for i in range(at, min(len(doc), at + _LONGEST)) if doc[i].text == ")"), at)
    if doc[at].text != ",":
        return at
    if doc[at + 1].tag_ == "CD" and at + 2 < len(doc) and doc[at + 2].tag_ not in ("NN", "NNS", "JJ"):
        return at + 2
    if doc[at + 1].lower_ in ("a", "an", "the") or (doc[at + 1].tag_ == "NN" and _name_end(doc, at + 1) is None):
        for i in range(at + 2, min(len(doc), at + _LONGEST)):
            if doc[i].tag_ in _FINITE:
                return at
            if doc[i].text in _BREAKS:
                behind, _ = _behind_separator(doc, i)
                return i if behind is not None and _name_end(doc, behind) is not None else at
    return at


def _behind_separator(doc: Doc, at: int) -> tuple[int | None, bool]:
    """Return the token behind ",", ";", "and", or ", and", and whether it was "and"; None where there is none of them."""
    begin = at
    if at < len(doc) and doc[at].text in _BREAKS:
        at += 1
    is_last = at < len(doc) and doc[at].lower_ in ("and", "&")
    at += is_last
    return (at if at > begin else None), is_last
