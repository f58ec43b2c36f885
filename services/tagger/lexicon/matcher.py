"""All names of a dictionary in one pass over a text, on word boundaries, however many there are.

One Aho-Corasick automaton (Aho and Corasick 1975) reads words: the text is written as its folded
words, each between two marks that no word holds, so a name can only match whole words. All matches
are found and the longest that fit in case are kept: a longer name that does not fit never hides a
shorter one that does.

A dictionary compiled to bytes is used as it lies: a file of 10^6 names is mapped into memory,
shared between processes, and only the automaton is built (about 4 s).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.errors import ConfigError
from services.tagger.lexicon.actors import Actor, ActorRole, packaged_actors, read_actors
from services.tagger.lexicon.compiled import MAGIC, Compiled, compile_actors, key_hash, unpacked
from services.tagger.lexicon.spelling import Words, fits, is_unspeakable
from services.text.yaml_file import MAX_BYTES

_BY_HAND = 50_000
"""Names up to which a dictionary counts as written by hand."""
_COMPILE = "with `reportedly actors import`"


class Match(NamedTuple):
    """A name in a text; `adjective` marks one of a nationality."""

    start: int
    end: int
    actor: Actor
    adjective: bool


class Lexicon:
    """A compiled dictionary that finds its names in texts.

    Raises ConfigError for bytes that are none.
    """

    def __init__(self, compiled: bytes | memoryview, name: str = "the dictionary") -> None:
        tables = _tables(memoryview(compiled), name)
        self._first, self._owner = tables.first_name.cast("I"), tables.owner.cast("I")
        self._adjective = tables.adjective
        self._surfaces, self._surface_end = tables.surfaces, tables.surface_end.cast("Q")
        self._actors, self._actor_end = tables.actors, tables.actor_end.cast("Q")
        self._key_hash, self._key_owner = tables.key_hash.cast("Q"), tables.key_owner.cast("I")
        self._automaton = AhoCorasick(
            str(tables.patterns, "utf-8").split("\n") if len(tables.patterns) else [],
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        self._actor = lru_cache(maxsize=8192)(self._read_actor)

    def __len__(self) -> int:
        """Return the number of actors."""
        return len(self._actor_end)

    def __iter__(self) -> Iterator[Actor]:
        """Yield the actors in order of their ids."""
        return map(self._read_actor, range(len(self)))

    @property
    def n_names(self) -> int:
        """The number of names, aliases and adjectives included."""
        return len(self._owner)

    def names(self) -> Iterator[str]:
        """Yield all names as they are written."""
        return map(self._surface, range(self.n_names))

    def get(self, actor_id: str) -> Actor | None:
        """Return an actor by id."""
        at = bisect_left(range(len(self)), actor_id, key=lambda number: self._actor(number).id)
        found = self._actor(at) if at < len(self) else None
        return found if found is not None and found.id == actor_id else None

    def of_key(self, key: str) -> Actor | None:
        """Return the actor with a name of this key (`text.names.name_key`), if only one has."""
        wanted = key_hash(key)
        at = bisect_left(self._key_hash, wanted)
        is_known = at < len(self._key_hash) and self._key_hash[at] == wanted
        return self._actor(self._key_owner[at]) if is_known else None

    def holders(self, body: str) -> Sequence[tuple[ActorRole, Actor]]:
        """Return the offices of a body whose terms are known, each with who held it.

        A dictionary that is not written by hand says nothing of it.
        """
        return self._holders.get(body, ())

    @cached_property
    def _holders(self) -> dict[str, list[tuple[ActorRole, Actor]]]:
        found: dict[str, list[tuple[ActorRole, Actor]]] = {}
        for actor in self if self.n_names <= _BY_HAND else ():
            for held in actor.roles:
                if held.of and (held.from_ or held.to) and actor.type == "person":
                    found.setdefault(held.of, []).append((held, actor))
        return found

    def find(self, text: Words) -> Iterator[Match]:
        """Yield the names in a text, in order, none inside another.

        At each place it is the longest that fits in case.
        """
        after = 0
        for first, minus_last, name in sorted(self._fitting(text)):
            if first >= after:
                after = 1 - minus_last
                yield self._match(text, first, -minus_last, name)

    def _fitting(self, text: Words) -> Iterator[tuple[int, int, int]]:
        """Yield first word, minus the last word, and number of each name that fits."""
        found = self._automaton.find_matches_as_indexes(text.folded, overlapping=True)
        for pattern, start, end in found:
            first, last = text.word_at(start), text.word_at(end - 1)
            name = self._name(pattern, text, first, last)
            if name is not None:
                yield first, -last, name

    def _match(self, text: Words, first: int, last: int, name: int) -> Match:
        start, end = text.spans[first][0], text.spans[last][1]
        if self._surface(name).endswith(".") and text.text[end : end + 1] == ".":
            end += 1
        return Match(start, end, self._actor(self._owner[name]), bool(self._adjective[name]))

    def _name(self, pattern: int, text: Words, first: int, last: int) -> int | None:
        """Return the first name of a pattern whose capitals the words of the text have."""
        words = text.words(first, last)
        names = range(self._first[pattern], self._first[pattern + 1])
        return next((name for name in names if self._fits(name, words, text.is_cased)), None)

    def _fits(self, name: int, words: Sequence[str], is_cased: bool) -> bool:
        """Return whether words of a text have a name's capitals.

        Names of states and armed bodies count without, as in transcripts: of several words, or of
        letters that nobody reads as a word ("Fmln").
        """
        surface = self._surface(name)
        if fits(surface, words, cased=is_cased):
            return True
        actor = self._actor(self._owner[name])
        if actor.type != "state" and not actor.armed:
            return False
        return len(words) > 1 or (is_unspeakable(surface) and words[0] == surface.capitalize())

    def _surface(self, name: int) -> str:
        return str(unpacked(self._surfaces, self._surface_end, name), "utf-8")

    def _read_actor(self, number: int) -> Actor:
        return msgspec.msgpack.decode(unpacked(self._actors, self._actor_end, number), type=Actor)


def _tables(view: memoryview, name: str) -> Compiled:
    if view[: len(MAGIC)] != MAGIC:
        what = f"not a compiled dictionary of this version; compile it {_COMPILE}"
        raise ConfigError(f"{name}: {what}")
    try:
        return msgspec.msgpack.decode(view[len(MAGIC) :], type=Compiled)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{name}: damaged: {error}; compile it again {_COMPILE}") from error


@dataclass(frozen=True)
class Actors:
    """Several dictionaries as one.

    A later one overrides those before it, by id and at the same place in a text.
    """

    lexicons: Sequence[Lexicon]

    def get(self, actor_id: str | None) -> Actor | None:
        """Return an actor by id."""
        if actor_id is None:
            return None
        found = (lexicon.get(actor_id) for lexicon in reversed(self.lexicons))
        return next(filter(None, found), None)

    def is_armed(self, actor_id: str | None) -> bool:
        """Return whether an id is that of an armed group."""
        actor = self.get(actor_id)
        return actor is not None and actor.armed

    def of_key(self, key: str) -> Actor | None:
        """Return the actor of a name key, in the last dictionary that knows only one."""
        found = (lexicon.of_key(key) for lexicon in reversed(self.lexicons))
        return next(filter(None, found), None)

    def holder(self, body: str, roles: AbstractSet[str], day: str | None) -> Actor | None:
        """Return who holds one of these offices of a body on an ISO day; None for two, or nobody.

        A dictionary overrides what those before it say of an actor.
        """
        found: dict[str, Actor] = {}
        for lexicon in self.lexicons if day else ():
            for held, actor in lexicon.holders(body):
                is_held = (held.from_ or "") <= (day or "") <= (held.to or "9999")
                if is_held and held.role in roles and self.get(actor.id) == actor:
                    found[actor.id] = actor
        return next(iter(found.values())) if len(found) == 1 else None

    def names(self) -> Iterator[str]:
        """Yield the names of dictionaries written by hand: larger ones say little about words."""
        for lexicon in self.lexicons:
            if lexicon.n_names <= _BY_HAND:
                yield from lexicon.names()

    def find(self, text: str) -> list[Match]:
        """Return the names in a text, in order, none inside another.

        The longest count first, of equal ones those of the last dictionary.
        """
        words = Words(text)
        if len(self.lexicons) == 1:
            return list(self.lexicons[0].find(words))
        taken: dict[int, Match] = {}
        for _, _, match in sorted(self._ranked(words), key=_rank):
            place = range(match.start, match.end)
            if taken.keys().isdisjoint(place):
                taken |= dict.fromkeys(place, match)
        return sorted(set(taken.values()), key=attrgetter("start"))

    def _ranked(self, words: Words) -> Iterator[tuple[int, int, Match]]:
        """Yield minus the length, minus the rank of its dictionary, and each match that counts."""
        for rank, lexicon in enumerate(self.lexicons):
            later = self.lexicons[rank + 1 :]
            for match in lexicon.find(words):
                if all(other.get(match.actor.id) is None for other in later):
                    yield match.start - match.end, -rank, match


def _rank(row: tuple[int, int, Match]) -> tuple[int, int]:
    return row[:2]


def open_lexicon(content: str | bytes | memoryview, name: str) -> Lexicon:
    """Return a dictionary from YAML text or compiled bytes.

    Raises ConfigError with the file, and the line where there is one.
    """
    if not isinstance(content, str) and bytes(content[: len(MAGIC)]) == MAGIC:
        return Lexicon(content, name)
    text = content if isinstance(content, str) else bytes(content[: MAX_BYTES + 1])
    return Lexicon(compile_actors(read_actors(text, name)), name)


@cache
def packaged_lexicon() -> Lexicon:
    """Return the dictionary that comes with the project."""
    return Lexicon(compile_actors(packaged_actors()), "actors.yaml")
