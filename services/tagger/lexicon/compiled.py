"""A dictionary as bytes: tables that are used as they lie, mapped into memory."""

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.spelling import SURE_NAME, pattern_of
from services.text.names import name_key

MAGIC = b"reportedly actors 1\n"
"""How a compiled dictionary starts."""


class Compiled(msgspec.Struct, array_like=True, frozen=True):
    """The tables of a dictionary; numbers are native arrays.

    Names of one pattern are neighbours. Actors are sorted by id.
    """

    patterns: memoryview
    first_name: memoryview
    owner: memoryview
    adjective: memoryview
    surfaces: memoryview
    surface_end: memoryview
    actors: memoryview
    actor_end: memoryview
    key_hash: memoryview
    key_owner: memoryview


_Name = tuple[str, int, bool, str]
"""Pattern, number of the actor, True for an adjective, and surface."""


def compile_actors(actors: Iterable[Actor]) -> bytes:
    """Return a dictionary as bytes for `Lexicon`. Of two actors with one id the later counts.

    A name of several actors belongs to the one whose main name it is, then to the first by id.
    """
    by_id = {actor.id: actor for actor in actors}
    known = [by_id[actor_id] for actor_id in sorted(by_id)]
    names = _sorted_names(known)
    patterns, first = _patterns(names)
    surfaces, surface_end = _packed(surface.encode() for *_, surface in names)
    blob, actor_end = _packed(map(msgspec.msgpack.encode, known))
    keys = _keys(names)
    tables = (
        "\n".join(patterns).encode(),
        first,
        array("I", (number for _, number, _, _ in names)),
        array("B", (adjective for _, _, adjective, _ in names)),
        surfaces,
        surface_end,
        blob,
        actor_end,
        array("Q", (key for key, _ in keys)),
        array("I", (number for _, number in keys)),
    )
    return MAGIC + msgspec.msgpack.encode(list(map(bytes, tables)))


def _sorted_names(actors: list[Actor]) -> list[_Name]:
    """Return the names of actors, each with its one owner, by pattern."""
    owned: dict[str, tuple[bool, int, bool]] = {}
    for number, actor in enumerate(actors):
        for surface, adjective in _names(actor):
            claim = (surface != actor.name, number, adjective)
            owned[surface] = min(owned.get(surface, claim), claim)
    found: list[_Name] = []
    for surface, (_, number, adjective) in owned.items():
        pattern = pattern_of(surface)
        if pattern:
            found.append((pattern, number, adjective, surface))
    return sorted(found)


def _names(actor: Actor) -> Iterator[tuple[str, bool]]:
    for name in dict.fromkeys((actor.name, *actor.aliases)):
        yield name, False
    for name in actor.adjectives:
        yield name, True


def _patterns(names: list[_Name]) -> tuple[list[str], "array[int]"]:
    """Return the patterns, and the first name of each; the number of names stands at the end."""
    patterns, first = list[str](), array("I")
    for number, (pattern, *_) in enumerate(names):
        if not patterns or patterns[-1] != pattern:
            patterns.append(pattern)
            first.append(number)
    first.append(len(names))
    return patterns, first


def _packed(pieces: Iterable[bytes]) -> tuple[bytes, "array[int]"]:
    """Return pieces joined, and where each ends."""
    joined, ends = bytearray(), array("Q")
    for piece in pieces:
        joined += piece
        ends.append(len(joined))
    return bytes(joined), ends


def unpacked(joined: memoryview, ends: memoryview, number: int) -> memoryview:
    """Return one of the pieces that were joined."""
    return joined[ends[number - 1] if number else 0 : ends[number]]


def _keys(names: Iterable[_Name]) -> list[tuple[int, int]]:
    """Return (hash of name key, actor), sorted, of the keys that one actor has.

    A single short word is no key.
    """
    owners: dict[int, set[int]] = {}
    for _, number, adjective, surface in names:
        key = "" if adjective else name_key(surface)
        if "-" in key or len(key) >= SURE_NAME:
            owners.setdefault(key_hash(key), set()).add(number)
    return sorted((key, min(numbers)) for key, numbers in owners.items() if len(numbers) == 1)


def key_hash(key: str) -> int:
    """Return the hash of a name key that the tables hold."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
