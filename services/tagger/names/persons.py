"""Names of persons by the grammar of their sentence, whatever the entity recogniser says.

A name is a person's that stands right behind a noun for people ("warlord Adar Tuomi"), beside one
("Chad Tuomi, an engineer"), before an age ("Sunday Olvin, 34,"), before "who", behind the "of" of
relatives, or where only people are killed, arrested, appointed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from services.tagger.lexicon.gazetteer import place_words
from services.tagger.lexicon.words import any_of, cues, forms, lemmas
from services.tagger.names.bare import bare_start, is_title
from services.tagger.parse.doc import Doc, Entity, Token
from services.tagger.parse.tree import (
    behind,
    forms_of,
    has_called,
    is_a,
    kids,
    lemma_of,
    tokens_of,
)

_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "EVENT"})
"""Labels that a small model gives to names of people it has not met."""
_OLDEST = 120
"""Years beyond which a number behind a name is no age."""

_INITIAL = 2
"""Characters of an initial with its stop."""
_DASH = " - "
"""What stands between a caption's mark and a name ("FILE - Adar Tuomi")."""

Tokens = tuple[int, int]
"""Numbers of the first token and of the one behind the last."""


class Person(NamedTuple):
    """The characters of a person's name; `is_sure`: the words around it say so."""

    start: int
    end: int
    is_sure: bool


def persons(doc: Doc) -> Iterator[Person]:
    """Yield the names of persons in a parsed sentence, in order, without titles.

    The recogniser's own persons are among them, with given names that it left out.
    """
    sure = list(_by_grammar(doc))
    found = [(entity.start, entity.end) for entity in doc.ents if _is_person(entity)]
    for start, stop in _joined(sorted([*sure, *found])):
        first, last = doc[_with_given_name(doc, start, stop)], doc[stop - 1]
        end = last.idx + len(last)
        is_sure = any(start <= a and b <= stop for a, b in sure)
        dash = doc.text.rfind(_DASH, first.idx, end)
        begin = dash + len(_DASH) if dash >= 0 else first.idx
        yield Person(bare_start(doc.text, begin, end), end, is_sure)


def _joined(spans: Iterable[Tokens]) -> list[Tokens]:
    """Return spans with those that overlap made one."""
    done: list[Tokens] = []
    for start, end in spans:
        if done and start < done[-1][1]:
            first, last = done.pop()
            start, end = first, max(last, end)
        done.append((start, end))
    return done


def _by_grammar(doc: Doc) -> Iterator[Tokens]:
    text = doc.text
    for head in tokens_of(doc):
        if text[head.idx].isupper() and head.tag_ == "NNP" and not is_a(head, "compound"):
            name = _name(head)
            if len(name) > 1 and not _is_of_a_body(name) and _is_somebody(head, name[0]):
                yield name[0].i, head.i + 1


def _name(head: Token) -> list[Token]:
    """Return the words of a name in order: the head, and the names right before it."""
    words = [head]
    while words[0].i > 0:
        before = words[0].nbor(-1)
        is_part = before.tag_ == "NNP" and is_a(before, "compound") and before.head.i <= head.i
        if not (is_part and _is_of_a_name(before)) or is_title(before.lower_.rstrip(".")):
            break
        words.insert(0, before)
    return words


def _is_of_a_name(word: Token) -> bool:
    """Return whether a word is written like a part of a name: no acronym, no file ("a.jpg")."""
    if len(word) <= _INITIAL:
        return word.text[0].isupper()
    return "." not in word.text and not word.text.isupper()


def _is_of_a_body(name: Sequence[Token]) -> bool:
    known = cues()
    bodies = any_of(
        known.bodies, known.group_words, known.body_ends, known.party, lemmas().facilities
    )
    is_place = any(name[-1].text in words for words in place_words().last_words.values())
    return is_place or not forms_of(name).isdisjoint(bodies)


def _is_somebody(head: Token, first: Token) -> bool:
    """Return whether the words around a name say that it is of one person."""
    if first.i > 0 and _introduces(first.nbor(-1), head):
        return True
    if is_a(head, "appos"):
        return _is_personal(head.head)
    if lemma_of(_owned(head)) in lemmas().kin:
        return True
    if any(map(_is_personal, kids(head, "appos"))) or _has_age(head):
        return True
    if any(has_called(clause, "who") for clause in kids(head, "relcl")):
        return True
    return _undergoes_what_people_do(head)


def _owned(owner: Token) -> Token:
    """Return what a name owns ("the family of NAME", "NAME’s wife"), or itself."""
    if is_a(owner, "pobj") and owner.head.lower_ == "of":
        return owner.head.head
    return owner.head if is_a(owner, "poss") else owner


def _undergoes_what_people_do(head: Token) -> bool:
    """Return whether a name is killed, arrested, appointed, shot dead, found dead, or dies."""
    verb = head.head
    if is_a(head, "nsubj"):
        return lemma_of(verb) in lemmas().dying
    if not is_a(head, "dobj", "nsubjpass"):
        return False
    return lemma_of(verb) in cues().done_to_people or has_called(verb, "dead")


def _introduces(noun: Token, head: Token) -> bool:
    """Return whether a title or a noun for one person stands before a name and belongs to it."""
    belongs = is_a(noun, "compound", "amod", "nmod") and noun.head.i <= head.i
    return (belongs or head.head.i == noun.i) and is_title(noun.lower_.rstrip("."))


def _has_age(head: Token) -> bool:
    """Return whether an age in commas is beside a name."""
    for number in kids(head, "appos", "nummod"):
        between = head.nbor(1) if number.i == head.i + 2 else None
        if between is not None and between.text == "," and number.text.isdigit():
            return int(number.text) < _OLDEST
    return False


def _is_person(entity: Entity) -> bool:
    """Return whether an entity is of a person, also one of another label.

    No person is a common noun, which begins a sentence with a capital ("Bags of cocaine").
    """
    if entity.label_ == "PERSON":
        return len(entity.words) > 1 or entity.root.tag_ not in ("NN", "NNS")
    words = forms_of(entity.words)
    if entity.label_ not in _MISTAKEN or len(entity.words) < 2 or len(words) < 2:
        return False
    name = entity.root
    is_name = name.tag_ == "NNP" and not _is_of_a_body(entity.words)
    return is_name and _is_somebody(name, entity.words[0])


def _with_given_name(doc: Doc, start: int, end: int) -> int:
    """Return the first token of a name, with a given name that the recogniser left out.

    The given name may be a day or a month ("Sunday Olvin"), unless a preposition stands before it.
    """
    if end - start > 1 or start == 0:
        return start
    first, before = doc[start], doc[start - 1]
    is_beside = before.tag_ == "NNP" and before.head.i == first.i and before.text.isalpha()
    is_day = before.ent_type_ == "DATE" and is_a(before, "compound") and not _is_dated(before)
    is_given = is_beside and (is_day or not before.ent_type_)
    return start - 1 if is_given and not is_title(before.lower_) else start


def _is_dated(day: Token) -> bool:
    return day.i > 0 and (day.nbor(-1).pos_ == "ADP" or day.nbor(-1).lower_ in forms().ordinals)


def _is_personal(noun: Token) -> bool:
    """Return whether a noun is for people ("officers", "one of the officers")."""
    if noun.pos_ == "NUM":
        return any(map(_is_personal, behind(noun, "of")))
    return lemma_of(noun) in any_of(cues().person_nouns, cues().roles, cues().title_heads)
