"""Whatever is written can be read: by its type when it is encoded, by its words in the source."""

import ast
import functools
import typing
from pathlib import Path

import msgspec
import pytest
from stand_ins import stand_in

import services
import services.messages as messages
from services.errors import InvalidMessage
from services.messages import AlertState, Hit, Message, decode, encode

SOURCES = sorted(Path(services.__file__).parent.rglob("*.py"))


def structs():
    """Return name → Struct of every message and part of one."""
    found: dict[str, type[Message]] = {}
    left = [Message]
    while left:
        kinds = left.pop().__subclasses__()
        found |= {kind.__name__: kind for kind in kinds}
        left += kinds
    return found


def words(kind):
    """Return the words that a type allows, through Optional and tuples;
    empty for one that allows any text.
    """
    if typing.get_origin(kind) is typing.Literal:
        return set(typing.get_args(kind))
    return set().union(*(words(part) for part in typing.get_args(kind)))


def takes_any_text(kind):
    return kind is str or any(takes_any_text(part) for part in typing.get_args(kind))


def closed_fields():
    """Return Struct name → field → the words that it allows, for fields that allow nothing else."""
    found = {}
    for name, kind in structs().items():
        hints = typing.get_type_hints(kind)
        found[name] = {
            f: words(hint) for f, hint in hints.items() if words(hint) and not takes_any_text(hint)
        }
    return found


@functools.cache
def open_fields():
    """Return the names of the fields that take any text in some message."""
    return {
        field
        for kind in structs().values()
        for field, hint in typing.get_type_hints(kind).items()
        if takes_any_text(hint)
    }


def constants(node):
    """Yield the texts that an expression may be: itself,
    the branches of a choice, the items of a tuple.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from constants(value)
    elif isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            yield from constants(item)


def strangers(source, fields):
    """Yield (line, field, word) of every word given to a closed field that does not allow it."""
    by_field: dict[str, set[str]] = {}
    for own in fields.values():
        for field, allowed in own.items():
            by_field.setdefault(field, set()).update(allowed)
    # Whose field `replace` gives is not known: one that is open anywhere takes any word.
    anything = open_fields()
    by_field = {field: words for field, words in by_field.items() if field not in anything}
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        callee = ast.unparse(call.func).rpartition(".")[2]
        known = by_field if callee == "replace" else fields.get(callee, {})
        for given in call.keywords:
            allowed = known.get(given.arg or "")
            for word in constants(given.value):
                if allowed is not None and word not in allowed:
                    yield call.lineno, given.arg, word


def test_every_word_given_to_a_field_of_a_message_is_one_that_the_field_allows():
    fields = closed_fields()
    found = {
        str(path): list(strangers(path.read_text(encoding="utf-8"), fields)) for path in SOURCES
    }
    assert {path: rows for path, rows in found.items() if rows} == {}


def test_a_word_that_a_field_does_not_allow_is_found():
    source = (
        "replace(hit, suppressed='gone'), Alert(state='ajar' "
        "if x else 'open'), Alert(asks='anything')"
    )
    assert list(strangers(source, closed_fields())) == [
        (1, "suppressed", "gone"),
        (1, "state", "ajar"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        AlertState(hit=Hit(hit_id="h", suppressed=stand_in("no such reason"))),
        AlertState(hit=msgspec.structs.replace(Hit(hit_id="h"), spans=((1, 2, 3),))),
        Hit(hit_id=stand_in(7)),
        messages.Suppressed(
            suppressed_id="s", watch_id="w", reason="stale", detail="half a pair: \ud800"
        ),
    ],
    ids=["a word", "a shape", "a type", "a text beyond UTF-8"],
)
def test_a_message_that_could_not_be_read_is_not_written(message):
    with pytest.raises(InvalidMessage) as caught:
        encode(message)
    assert caught.value.reason == "unreadable"


def test_a_message_nested_in_another_is_checked_too_and_the_error_names_the_field():
    with pytest.raises(InvalidMessage, match=r"AlertState is not written: .*\$\.hit\.suppressed"):
        encode(AlertState(hit=Hit(hit_id="h", suppressed=stand_in("no such reason"))))


def test_what_an_edit_took_back_is_written_and_read():
    row = AlertState(hit=Hit(hit_id="h", suppressed="withdrawn"))
    assert decode(AlertState, encode(row)) == row
