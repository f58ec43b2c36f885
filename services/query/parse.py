"""The watch language: Lucene syntax, read by luqum, reduced to what a watch may contain.

query := clause (AND clause)* | clause (OR clause)*        a blank is AND; mixing needs brackets
clause := [NOT | - | +] clause | ( query ) | field:atom | field:( query ) | atom
atom  := word | word* | "phrase" | "phrase"~n
field := title | source | actor | event | stance | place | lang
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import get_args

from luqum import tree
from luqum.exceptions import ParseError
from luqum.thread import parse as read

from services.messages import Stance
from services.query.ast import (
    MANY_WORDS,
    And,
    Atom,
    Field,
    FieldName,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    any_of,
)
from services.query.check import check
from services.query.document import facet, facet_of_key
from services.query.frequency import occurrences, share
from services.query.scan import MAX_SLOP, QueryError, guard, plain_quotes
from services.text.problems import instead
from services.text.tokens import tokens

MIN_PREFIX = 3
"""Letters before a *. Fewer would begin too many words."""
EVERYWHERE = 4.5
"""Expected occurrences in an article above which a word is near to everything.

Such words are the, to, of, and.
"""
FIELDS = ("title", *get_args(FieldName))
MIXED = "AND and OR are mixed without brackets: write (a OR b) AND c"

Known = Mapping[str, frozenset[str]]
"""Field name to its only allowed values."""

_PLACE = re.compile(r"at position (\d+)")
"""The place in the parser's words: it gives none otherwise."""

_KNOWN: Known = {"stance": frozenset(get_args(Stance))}


def parse(query: str, known: Known = _KNOWN) -> Node:
    """Return the query as a tree. Raises QueryError: what is wrong, and what to write instead.

    `known`: the allowed values of fields (a stance that does not exist could never match); other
    fields allow any. Curly quotation marks of word processors are read as straight ones.
    """
    query = plain_quotes(query)
    guard(query)
    try:
        parsed = read(query)
    except ParseError as error:
        raise _unread(query, error) from error
    if parsed is None:
        raise QueryError("the query is empty")
    node = _node(parsed, None, {**_KNOWN, **known})
    check(node)
    return node


def _unread(query: str, error: ParseError) -> QueryError:
    """Return why the parser refuses a query, with the place."""
    last = query.split()[-1] if query.split() else ""
    if last in ("AND", "OR", "NOT", "+", "-"):
        at = query.rindex(last)
        return QueryError(f"the query ends in {last}: something must follow it", at)
    if not last:
        return QueryError("the query is empty")
    found = _PLACE.search(str(error))
    return QueryError(
        "the query can't be read: AND, OR, NOT, + and - need a word, phrase, or bracket behind "
        "them",
        int(found[1]) if found else len(query.rstrip()) - 1,
    )


def _node(item: tree.Item, field: str | None, known: Known) -> Node:
    inside = partial(_node, field=field, known=known)
    match item:
        case tree.OrOperation():
            _refuse_mixed(item, tree.AndOperation, tree.UnknownOperation)
            if any(isinstance(child, tree.Plus) for child in item.children):
                raise QueryError("+ says nothing beside OR: leave it out, or write AND", item.pos)
            return _any_of([inside(child) for child in item.children])
        case tree.AndOperation() | tree.UnknownOperation():
            _refuse_mixed(item, tree.OrOperation)
            return _all_of([inside(child) for child in item.children])
        case tree.BaseGroup() | tree.Plus():
            return inside(item.children[0])
        case tree.Not() | tree.Prohibit():
            denied = inside(item.children[0])
            return denied.part if isinstance(denied, Not) else Not(denied)
        case tree.SearchField():
            return _in_field(item, field, known)
        case tree.Proximity():
            return _near(item, field)
        case tree.Word() | tree.Phrase():
            return _atom(item, field, known)
    raise QueryError(f"{str(item).strip():.40} can't be used in a watch", item.pos)


def _refuse_mixed(item: tree.Item, *others: type[tree.Item]) -> None:
    if any(isinstance(child, others) for child in item.children):
        raise QueryError(MIXED, item.pos)


def _all_of(parts: list[Node]) -> Node:
    """Return the parts as one node, the rarest first, without repeats.

    Inner brackets are opened, and many exclusions become one.
    """
    opened = _opened(parts, And)
    denied: list[Node] = [
        part.part for part in opened if isinstance(part, Not) and isinstance(part.part, Atom)
    ]
    if len(denied) >= MANY_WORDS:
        others = [
            part for part in opened if not (isinstance(part, Not) and isinstance(part.part, Atom))
        ]
        opened = [*others, Not(_any_of(denied))]
    once = _once(opened)
    return once[0] if len(once) == 1 else And(once)


def _any_of(parts: list[Node]) -> Node:
    once = _once(_opened(parts, Or))
    return once[0] if len(once) == 1 else any_of(once)


def _opened(parts: Iterable[Node], kind: type[And] | type[Or]) -> list[Node]:
    """Return the parts, with the inner parts of each node of `kind` in its place."""
    found: list[Node] = []
    for part in parts:
        found += part.parts if isinstance(part, kind) else (part,)
    return found


def _once(parts: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(dict.fromkeys(parts), key=share))


def _in_field(item: tree.SearchField, field: str | None, known: Known) -> Node:
    if item.name not in FIELDS:
        raise QueryError(
            f"{item.name:.40} is no field; {instead(item.name, FIELDS, 'fields')}", item.pos
        )
    if field is not None:
        raise QueryError(f"the field {item.name} stands inside the field {field}", item.pos)
    return _node(item.children[0], item.name, known)


def _atom(item: tree.Term, field: str | None, known: Known) -> Node:
    value = item.value[1:-1] if isinstance(item, tree.Phrase) else item.value
    if field not in (None, "title"):
        return _field(field or "", value, known, item.pos)
    if isinstance(item, tree.Word) and value.endswith("*") and not value.endswith("\\*"):
        return _prefix(value[:-1], field == "title", item.pos)
    words = tuple(tokens(value.replace("\\", "")).words)
    if not words:
        raise QueryError(
            f"{value!r:.40} holds no letter or digit, so it could never match", item.pos
        )
    return phrase(words, title=field == "title")


def phrase(words: tuple[str, ...], *, title: bool = False) -> Phrase:
    """Return a phrase that is looked up by its rarest word."""
    return Phrase(words, title, min(range(len(words)), key=lambda i: occurrences(words[i])))


def _prefix(stem: str, title: bool, at: int) -> Prefix:
    words = tokens(stem).words
    if (
        len(words) != 1
        or len(words[0]) < MIN_PREFIX
        or words[0] != tokens(stem + "x").words[0][:-1]
    ):
        raise QueryError(
            f"{stem:.40}*: one word of at least {MIN_PREFIX} letters must stand before the *", at
        )
    return Prefix(words[0], title)


def _near(item: tree.Proximity, field: str | None) -> Node:
    if field not in (None, "title"):
        raise QueryError(f"{field}: takes a word or a phrase, not a distance", item.pos)
    words = tokens(item.term.value[1:-1].replace("\\", "")).words
    if len(words) < 2:
        raise QueryError('"…"~n needs at least two words between the quotation marks', item.pos)
    everywhere = [word for word in words if occurrences(word) > EVERYWHERE]
    if everywhere:
        raise QueryError(f'{everywhere[0]} stands everywhere: leave it out of "…"~n', item.pos)
    slop = int(item.degree)
    if slop > MAX_SLOP:
        raise QueryError(f"~{slop}: the distance can be {MAX_SLOP} at most", item.pos)
    return Near(tuple(sorted(words, key=occurrences)), slop, field == "title")


def _field(name: str, value: str, known: Known, at: int) -> Node:
    """Return the condition on a value. An actor or a place is looked up by id and by name key."""
    if value.endswith("*"):
        raise QueryError(f"{name}: takes a whole word or phrase, without *", at)
    wanted = facet(name, value.replace("\\", ""))
    if wanted.endswith(":"):
        raise QueryError(
            f"{value!r:.40} holds no letter or digit, so {name}: could never match", at
        )
    bare = wanted.partition(":")[2]
    if name in known and bare not in known[name]:
        better = instead(bare, sorted(known[name]), f"values of {name}:")
        raise QueryError(f"{name}:{value:.40} could never match; {better}", at, (name, bare))
    by_key = facet_of_key(wanted)
    return Field(wanted) if by_key == wanted else any_of((Field(wanted), Field(by_key)))
