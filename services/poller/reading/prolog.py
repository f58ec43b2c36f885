"""Reads the prolog of an XML document with expat, for the entities that it declares.

Many feeds declare `nbsp` or `mdash`. Such an entity is one character, and replaces its references.
Every other entity is refused, since expanding or fetching it may never end. Later parsers see no
declaration.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from services.errors import InvalidMessage

MAX_DECLARATIONS = 300
"""Entities that one document may declare.

Source: HTML 4 defines 252, and some feeds declare all of them.
"""

_DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>\n"
_REFERENCE = re.compile(rb"&([A-Za-z_:][\w:.-]*);")
_CHARACTER = re.compile(r"&#(?:(\d{1,7})|x([0-9a-fA-F]{1,6}));")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
"""XML's own entities. A document may declare them again, with the same meaning."""


class _RootReached(Exception):
    """The root element begins, so the prolog ends."""


@dataclass(slots=True)
class _Prolog:
    has_doctype: bool = False
    root_at: int | None = None
    characters: dict[bytes, bytes] = field(default_factory=dict)


def without_doctype(xml: bytes) -> bytes:
    """Return a UTF-8 document without its document type.

    Entities of one character replace their references. A document that does not begin as XML is
    returned as it is, unless it declares entities anywhere.

    Raises InvalidMessage `entities` for every other declaration.
    """
    prolog = _read(xml)
    if prolog.root_at is None:
        if b"<!ENTITY" in xml.upper():
            raise InvalidMessage(
                "entities", "entities are declared, and the document does not begin as XML does"
            )
        return xml
    if not prolog.has_doctype:
        return xml
    body = xml[prolog.root_at :]
    if prolog.characters:
        body = _REFERENCE.sub(lambda found: prolog.characters.get(found[1], found[0]), body)
    return _DECLARATION + body


def _read(xml: bytes) -> _Prolog:
    prolog, n_declared = _Prolog(), 0
    parser = expat.ParserCreate()

    def on_doctype(*_: object) -> None:
        prolog.has_doctype = True

    def on_entity(name: str, is_parameter: int, value: str | None, *_: object) -> None:
        nonlocal n_declared
        n_declared += 1
        if n_declared > MAX_DECLARATIONS:
            raise InvalidMessage("entities", f"more than {MAX_DECLARATIONS} entities are declared")
        character = None if is_parameter else _one_character(value)
        if character is None:
            raise InvalidMessage(
                "entities",
                f"the entity {name[:40]!r} is declared, which is more than one character",
            )
        if name not in _PREDEFINED:
            prolog.characters[name.encode()] = b"&#%d;" % ord(character)

    def on_root(*_: object) -> None:
        prolog.root_at = parser.CurrentByteIndex
        raise _RootReached

    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = on_entity
    parser.StartElementHandler = on_root
    # `root_at` is None if no root was reached.
    with suppress(_RootReached, expat.ExpatError):
        parser.Parse(xml, True)
    return prolog


def _one_character(value: str | None) -> str | None:
    """Return the character that an entity stands for.

    None if it is not exactly one, or is defined elsewhere (no value).
    """
    if value is not None and len(value) == 1:
        return value
    named = _CHARACTER.fullmatch(value or "")
    code = int(named[1] or named[2], 10 if named[1] else 16) if named else 0
    return chr(code) if 0 < code <= 0x10FFFF else None
