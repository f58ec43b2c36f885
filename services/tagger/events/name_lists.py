"""Lists of names, read from the words alone: names, descriptions, commas, and "and"."""

from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import lemma_of

OPENERS = frozenset({",", ":", "-", "--", "–", "—", "("})
"""Marks before a list."""
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD", "WP", "WDT"})
"""Tags of words that end the phrase before a list."""
LONGEST = 14
"""Words of a description within a list, and between a noun and the names of its list."""
LONGEST_NAME = 9
"""Words of one name, with the title before it. Set by hand."""
_BREAKS = frozenset({",", ";"})


def names_from(doc: Doc, at: int) -> tuple[list[Token], int, bool]:
    """Return the heads of the names listed from a token on, the end of the list, and `closed`.

    `closed`: "and" stands before the last name.
    """
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
    """Return the token behind the name that starts here; None where none starts.

    A title before the name belongs to it ("police major NAME").
    """
    end = last = at
    while end < len(doc) and end - at < LONGEST_NAME and _may_belong(doc[end]):
        end += 1
        last = end if doc[end - 1].tag_ == "NNP" else last
    first = last
    while first > at and (
        doc[first - 1].tag_ == "NNP" or doc[first - 1].lower_ in forms().particles
    ):
        first -= 1
    titled = any(map(_is_person_noun, (*doc[at:first], *doc[first : last - 1])))
    if first == last or (first > at and not titled):
        return None
    of_words = last - first > 1 and doc[last - 1].ent_type_ in ("ORG", "GPE", "LOC", "", "FAC")
    return last if doc[last - 1].ent_type_ == "PERSON" or of_words or first > at else None


def _may_belong(word: Token) -> bool:
    """True for a word that a name or the title before it may have."""
    return word.tag_ in ("NNP", "NNPS", "NN", "JJ") or word.lower_ in forms().particles


def _is_person_noun(token: Token) -> bool:
    return lemma_of(token) in any_of(cues().person_nouns, cues().roles, cues().title_heads)


def _behind_description(doc: Doc, at: int) -> int:
    """Return the token behind a name's age, bracket, or apposition (", a nurse of the clinic")."""
    if at + 1 >= len(doc):
        return at
    if doc[at].text == "(":
        return _behind_bracket(doc, at)
    if doc[at].text != ",":
        return at
    after = doc[at + 1]
    if after.tag_ == "CD" and at + 2 < len(doc) and doc[at + 2].tag_ not in ("NN", "NNS", "JJ"):
        return at + 2
    if after.lower_ in forms().articles:
        return _behind_phrase(doc, at)
    if after.tag_ == "NN" and _name_end(doc, at + 1) is None:
        return _behind_phrase(doc, at)
    return at


def _behind_bracket(doc: Doc, at: int) -> int:
    closing = (i for i in range(at, min(len(doc), at + LONGEST)) if doc[i].text == ")")
    return next(closing, at - 1) + 1


def _behind_phrase(doc: Doc, at: int) -> int:
    """Return the break behind a phrase in apposition if a name follows it, else `at`."""
    for i in range(at + 2, min(len(doc), at + LONGEST)):
        if doc[i].tag_ in FINITE:
            return at
        if doc[i].text in _BREAKS:
            behind, _ = _behind_separator(doc, i)
            return i if behind is not None and _name_end(doc, behind) is not None else at
    return at


def _behind_separator(doc: Doc, at: int) -> tuple[int | None, bool]:
    """Return the token behind ",", ";", "and", or ", and", and whether it was "and".

    The token is None where there is no separator.
    """
    begin = at
    if at < len(doc) and doc[at].text in _BREAKS:
        at += 1
    is_last = at < len(doc) and doc[at].lower_ in ("and", "&")
    at += is_last
    return (at if at > begin else None), is_last
