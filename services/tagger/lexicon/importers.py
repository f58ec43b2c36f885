"""Dictionaries of other projects: CAMEO-style actor files and FollowTheMoney entities.

CAMEO-style (TABARI, PETRARCH, Phoenix): a name a line with its code in brackets, or the codes on
lines below that begin with a blank, each with the dates it holds for. `+ALIAS` lines add names, `#`
and `;` start remarks, underscores are blanks:

    MOHAMMAD_EXAMPLE_  ; remark
    +EXAMPLE_OF_KABUL
        [AFGGOV 870930-920416]
        [AFGREB >920416]

FollowTheMoney (OpenSanctions, Aleph): one JSON entity a line, such as
`{"id", "schema", "properties": {"name": […], "alias": […]}}`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from services.errors import ConfigError
from services.tagger.lexicon.actors import Actor, ActorCode, ActorRole, ActorType, slug

_CODE = re.compile(
    r"\[\s*([A-Z]{3,})?(?:\s+)?"
    r"(?:([<>])\s*(\d{6,8})|(\d{6,8})\s*-\s*(\d{6,8}))?\s*\]"
)
_NAME = re.compile(r"[^\s\[;#][^\[;#\t]*")
_ARMED = frozenset({"REB", "INS", "SEP", "UAF"})
_GROUPS = _ARMED | {"RAD", "CRM", "OPP"}
_BODIES = frozenset({"IGO", "NGO", "NGM", "MNC", "IMG", "MED", "BUS", "EDU", "PTY", "UIS"})
_PEOPLE = frozenset({"ELI", "GOV", "LEG", "JUD"})
_BY_CODE: dict[ActorType, frozenset[str]] = {
    "organisation": _BODIES,
    "person": _PEOPLE,
    "group": _GROUPS,
}
"""CAMEO's codes of each type, the type that counts first before the others."""
_CODE_CHARS = 3
"""Letters of a code; several stand in a row."""
_CENTURY = 30
"""Two-digit years from here on are of the last century (the dictionaries begin in the 1940s)."""
_POSITIONS = 5
"""Offices of a person that are read."""
_WEAK = 4
"""Letters that a single name needs to stand for a person or body on its own."""


@dataclass
class _Entry:
    """An actor of a CAMEO-style file as far as it is read."""

    line: int
    names: list[str]
    codes: list[ActorCode] = field(default_factory=list)


def read_cameo(lines: Iterable[str], file: str) -> Iterator[Actor]:
    """Yield the actors of a CAMEO-style dictionary.

    Raises ConfigError as `file:line: what is wrong`.
    """
    entry: _Entry | None = None
    for number, line in enumerate(lines, start=1):
        text = re.split(r"[;#]", line, maxsplit=1)[0].rstrip()
        if not text.strip():
            continue
        starts = not text[0].isspace() and not text.startswith(("+", "["))
        if starts and entry is not None:
            yield _actor_of(entry, file)
        if starts:
            entry = _Entry(number, [])
        if entry is None:
            raise ConfigError(f"{file}:{number}: an alias or code before the first name")
        _read_line(entry, text.strip(), file, number)
    if entry is not None:
        yield _actor_of(entry, file)


def _read_line(entry: _Entry, text: str, file: str, number: int) -> None:
    named = _NAME.match(text.removeprefix("+"))
    if named is not None:
        entry.names.append(_spelled(named.group()))
    rest = text[named.end() + text.startswith("+") if named else 0 :]
    for part in re.findall(r"\[[^\]]*\]?", rest):
        code = _CODE.fullmatch(part)
        if code is None or code[1] is None:
            problem = f"{part!r} is no code like [SYRREB] or [SYRREB 110315-151225]"
            raise ConfigError(f"{file}:{number}: {problem}")
        entry.codes.append(_dated(code))


def _dated(code: re.Match[str]) -> ActorCode:
    """Return a code with its days: `>d` from then on, `<d` until then, `d-d` between."""
    _, side, day, start, end = code.groups()
    return ActorCode(
        code=code[1],
        from_=_day(start or (day if side == ">" else None)),
        to=_day(end or (day if side == "<" else None)),
    )


def _day(digits: str | None) -> str | None:
    """Return yymmdd or yyyymmdd as an ISO day."""
    if digits is None:
        return None
    if len(digits) == 6:
        digits = ("19" if int(digits[:2]) >= _CENTURY else "20") + digits
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


def _spelled(name: str) -> str:
    """Return a name of a file in capitals as it is written.

    Words get one capital; short ones without vowels are acronyms.
    """
    return " ".join(map(_capitalised, name.replace("_", " ").split()))


def _capitalised(word: str) -> str:
    return word if _is_acronym(word) else word.capitalize()


def _is_acronym(word: str) -> bool:
    return not word.isupper() or (len(word) <= 5 and not re.search("[AEIOUY]", word))


def _actor_of(entry: _Entry, file: str) -> Actor:
    if not entry.codes:
        problem = f"{entry.names[0]!r} has no code in brackets, here or on the lines below"
        raise ConfigError(f"{file}:{entry.line}: {problem}")
    last = entry.codes[-1].code
    name, *aliases = entry.names
    return Actor(
        id=slug(name),
        type=_type_of(last, dated=any(code.from_ or code.to for code in entry.codes)),
        name=name,
        aliases=tuple(dict.fromkeys(aliases)),
        codes=tuple(entry.codes),
        armed=not _parts(last).isdisjoint(_ARMED),
    )


def _parts(code: str) -> set[str]:
    return {code[i : i + 3] for i in range(0, len(code), 3)}


def _type_of(code: str, *, dated: bool) -> ActorType:
    if dated:
        return "person"
    parts = _parts(code)
    for kind, codes in _BY_CODE.items():
        if not parts.isdisjoint(codes):
            return kind
    return "organisation" if len(code) > _CODE_CHARS else "state"


class _Properties(msgspec.Struct, frozen=True):
    """The properties of an entity that are read. `weakAlias` is left out on purpose."""

    name: tuple[str, ...] = ()
    alias: tuple[str, ...] = ()
    abbreviation: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    nationality: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class _Entity(msgspec.Struct, frozen=True):
    id: str
    schema: str
    properties: _Properties = _Properties()
    caption: str | None = None


_SCHEMAS: dict[str, ActorType] = {
    "Person": "person",
    "Organization": "organisation",
    "Company": "organisation",
    "PublicBody": "organisation",
    "LegalEntity": "organisation",
}


def read_ftm(lines: Iterable[bytes], file: str) -> Iterator[Actor]:
    """Yield the people and bodies of FollowTheMoney entities; other schemas are passed over.

    Raises ConfigError with the line.
    """
    decoder = msgspec.json.Decoder(_Entity)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entity = decoder.decode(line)
        except msgspec.DecodeError as error:
            raise ConfigError(f"{file}:{number}: {error}") from error
        actor = _actor_of_entity(entity)
        if actor is not None:
            yield actor


def _actor_of_entity(entity: _Entity) -> Actor | None:
    kind, known = _SCHEMAS.get(entity.schema), entity.properties
    written = (entity.caption, *known.name, *known.alias, *known.abbreviation)
    names = dict.fromkeys(filter(None, written))
    if kind is None or not names:
        return None
    name, *aliases = names
    is_armed = kind != "person" and "crime.terror" in known.topics
    return Actor(
        id=entity.id,
        type="group" if is_armed else kind,
        name=name,
        aliases=tuple(filter(_is_strong, aliases)),
        roles=tuple(ActorRole(role=position) for position in known.position[:_POSITIONS]),
        armed=is_armed,
        country=next(filter(None, map(_country, (*known.nationality, *known.country))), None),
    )


def _is_strong(name: str) -> bool:
    """Return whether a name stands for a person or body on its own."""
    return " " in name or len(name) >= _WEAK


def _country(code: str) -> str | None:
    return code.upper() if len(code) == 2 else None
