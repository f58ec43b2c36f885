"""All names of a dictionary in one pass over a text, on word boundaries, however many there are.

One Aho-Corasick automaton (Aho and Corasick 1975) over words: the text is written as its folded words, each between two marks
that no word holds, so a name can only match whole words. All matches are asked for and the longest that fit in case are
kept; so a longer name that does not fit never hides a shorter one that does.

A dictionary compiled to bytes is used as it lies: a file of 10^6 names is mapped into memory, shared between processes,
and only the automaton is built (about 4 s).
"""

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.errors import ConfigError
from services.tagger.lexicon.actors import Actor, packaged_actors, read_actors
from services.text.names import name_key
from services.text.yaml_file import MAX_BYTES

MAGIC = b"reportedly actors 1\n"
"""How a compiled dictionary starts."""

_OPEN, _CLOSE = "\x02", "\x03"
_WORD = re.compile(r"\w+(?:['’](?!s\b)\w+)*")
_ACRONYM = 5
"""Letters up to which a word without small ones counts as an acronym, and must stand in the text as it is."""
_UNCASED = 6
"""Letters from which a single word is believed to be a name in a text without capitals."""
_BY_HAND = 50_000
"""Names up to which a dictionary counts as written by hand."""
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None})


class Match(NamedTuple):
    """A name in a text; `adjective` marks one of a nationality."""

    start: int
    end: int
    actor: Actor
    adjective: bool


class _Compiled(msgspec.Struct, array_like=True, frozen=True):
    """The tables of a dictionary; numbers are native arrays. Names of one pattern are neighbours, actors are sorted by id."""

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


def compile_actors(actors: Iterable[Actor]) -> bytes:
    """Return a dictionary as bytes for `Lexicon`. Of two actors with one id the later counts.

    A name that several actors have is that of the one whose main name it is, then of the first by id.
    """
    known = sorted({actor.id: actor for actor in actors}.values(), key=lambda actor: actor.id)
    owned: dict[str, tuple[bool, int, bool]] = {}
    for number, actor in enumerate(known):
        for surface, adjective in _names(actor):
            claim = (surface != actor.name, number, adjective)
            owned[surface] = min(owned.get(surface, claim), claim)
    names = sorted(
        (pattern, number, adjective, surface)
        for surface, (_, number, adjective) in owned.items()
        if (pattern := _pattern(surface))
    )
    patterns, first = list[str](), array("I")
    for i, (pattern, *_) in enumerate(names):
        if not patterns or patterns[-1] != pattern:
            patterns.append(pattern)
            first.append(i)
    first.append(len(names))
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
    return MAGIC + msgspec.msgpack.encode([bytes(table) for table in tables])


class Lexicon:
    """A compiled dictionary, ready to find its names in texts. Raises ConfigError for bytes that are none."""

    def __init__(self, compiled: bytes | memoryview, name: str = "the dictionary") -> None:
        view = memoryview(compiled)
        if view[: len(MAGIC)] != MAGIC:
            raise ConfigError(f"{name}: not a compiled dictionary of this version; compile it with `reportedly actors import`")
        try:
            tables = msgspec.msgpack.decode(view[len(MAGIC) :], type=_Compiled)
        except msgspec.DecodeError as error:
            raise ConfigError(f"{name}: damaged: {error}; compile it again with `reportedly actors import`") from error
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
        """Return the number of names, aliases and adjectives included."""
        return len(self._owner)

    def names(self) -> Iterator[str]:
        """Yield all names as they are written."""
        return map(self._surface, range(self.n_names))

    def get(self, actor_id: str) -> Actor | None:
        """Return an actor by id."""
        at = bisect_left(range(len(self)), actor_id, key=lambda number: self._actor(number).id)
        return found if at < len(self) and (found := self._actor(at)).id == actor_id else None

    def of_key(self, key: str) -> Actor | None:
        """Return the one actor that has a name with this key (`text.names.name_key`), if just one has."""
        wanted = _hash(key)
        at = bisect_left(self._key_hash, wanted)
        return self._actor(self._key_owner[at]) if at < len(self._key_hash) and self._key_hash[at] == wanted else None

    def find(self, text: "Words") -> Iterator[Match]:
        """Yield the names in a text, in order, none inside another; the longest at each place that fits in case."""
        fitting = [
            (first, -last, name)
            for pattern, start, end in self._automaton.find_matches_as_indexes(text.folded, overlapping=True)
            for first, last in [(text.word_at(start), text.word_at(end - 1))]
            for name in [self._fitting(pattern, text, first, last)]
            if name is not None
        ]
        after = 0
        for first, minus_last, name in sorted(fitting):
            if first >= after:
                after = 1 - minus_last
                start, end = text.spans[first][0], text.spans[-minus_last][1]
                if self._surface(name).endswith(".") and text.text[end : end + 1] == ".":
                    end += 1
                yield Match(start, end, self._actor(self._owner[name]), bool(self._adjective[name]))

    def _fitting(self, pattern: int, text: "Words", first: int, last: int) -> int | None:
        """Return the first name of a pattern whose capitals the words of the text have."""
        words = text.words(first, last)
        names = range(self._first[pattern], self._first[pattern + 1])
        return next((name for name in names if self._fits(name, words, cased=text.is_cased)), None)

    def _fits(self, name: int, words: Sequence[str], *, cased: bool) -> bool:
        """Tell whether words of a text have a name's capitals; those of states and armed bodies count without, as in transcripts.

        Several words are enough then, and of one the letters that nobody reads as a word ("Fmln").
        """
        surface = self._surface(name)
        if _fits(surface, words, cased=cased):
            return True
        actor = self._actor(self._owner[name])
        if actor.type != "state" and not actor.armed:
            return False
        return len(words) > 1 or (_is_unspeakable(surface) and words[0] == surface.capitalize())

    def _surface(self, name: int) -> str:
        return str(_slice(self._surfaces, self._surface_end, name), "utf-8")

    def _read_actor(self, number: int) -> Actor:
        return msgspec.msgpack.decode(_slice(self._actors, self._actor_end, number), type=Actor)


@dataclass(frozen=True)
class Actors:
    """Several dictionaries as one; a later one overrides those before it, by id and at the same place in a text."""

    lexicons: Sequence[Lexicon]

    def get(self, actor_id: str | None) -> Actor | None:
        """Return an actor by id."""
        return next((found for lexicon in reversed(self.lexicons) if (found := lexicon.get(actor_id or ""))), None)

    def is_armed(self, actor_id: str | None) -> bool:
        """Tell whether an id is that of an armed group."""
        actor = self.get(actor_id)
        return actor is not None and actor.armed

    def of_key(self, key: str) -> Actor | None:
        """Return the actor that has a name with this key, in the last dictionary that knows just one."""
        return next((found for lexicon in reversed(self.lexicons) if (found := lexicon.of_key(key))), None)

    def names(self) -> Iterator[str]:
        """Yield the names of the dictionaries written by hand: those too large for it say little about words."""
        for lexicon in self.lexicons:
            if lexicon.n_names <= _BY_HAND:
                yield from lexicon.names()

    def find(self, text: str) -> list[Match]:
        """Return the names in a text, in order, none inside another: the longest first, of equal ones the last dictionary's."""
        words = Words(text)
        found = [
            (match.start - match.end, -rank, match)
            for rank, lexicon in enumerate(self.lexicons)
            for match in lexicon.find(words)
            if all(other.get(match.actor.id) is None for other in self.lexicons[rank + 1 :])
        ]
        if len(self.lexicons) == 1:
            return [match for *_, match in found]
        taken: dict[int, Match] = {}
        for *_, match in sorted(found, key=lambda row: row[:2]):
            if not any(at in taken for at in range(match.start, match.end)):
                taken |= dict.fromkeys(range(match.start, match.end), match)
        return sorted(set(taken.values()), key=lambda match: match.start)


def open_lexicon(content: str | bytes | memoryview, name: str) -> Lexicon:
    """Return a dictionary from YAML text or compiled bytes. Raises ConfigError with file, and line where there is one."""
    if not isinstance(content, str) and bytes(content[: len(MAGIC)]) == MAGIC:
        return Lexicon(content, name)
    text = content if isinstance(content, str) else bytes(content[: MAX_BYTES + 1])
    return Lexicon(compile_actors(read_actors(text, name)), name)


@cache
def packaged_lexicon() -> Lexicon:
    """Return the dictionary that comes with the project."""
    return Lexicon(compile_actors(packaged_actors()), "actors.yaml")


class Words:
    """A text as the automaton reads it: its folded words between marks, and which word each character belongs to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self._starts: list[int] = []
        pieces, at = [], 0
        for match in _WORD.finditer(text):
            piece = _piece(match.group())
            self._starts.append(at)
            self.spans.append(match.span())
            pieces.append(piece)
            at += len(piece)
        self.folded = "".join(pieces)
        self.is_cased = any(map(str.isupper, text))

    def word_at(self, at: int) -> int:
        """Return the number of the word that a character of the folded text belongs to."""
        return bisect_right(self._starts, at) - 1

    def words(self, first: int, last: int) -> list[str]:
        """Return the words from one number to another, both included, as the text has them."""
        return [self.text[slice(*span)] for span in self.spans[first : last + 1]]


def _names(actor: Actor) -> Iterator[tuple[str, bool]]:
    yield from ((name, False) for name in dict.fromkeys((actor.name, *actor.aliases)))
    yield from ((name, True) for name in actor.adjectives)


def _pattern(surface: str) -> str:
    return "".join(map(_piece, _WORD.findall(surface)))


@lru_cache(maxsize=65_536)
def _piece(word: str) -> str:
    return f"{_OPEN}{_folded(word)}{_CLOSE}"


def _folded(word: str) -> str:
    """Return a word in NFKD, case-folded, without marks and apostrophes, Arabic letter forms unified."""
    if word.isascii():
        return word.lower().replace("'", "")
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold().translate(_ARABIC))
    return "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’")


def _fits(surface: str, words: Sequence[str], *, cased: bool) -> bool:
    """Tell whether words of a text have the capitals of a name: acronyms exactly, other words at their start."""
    own = _WORD.findall(surface)
    if not cased:
        return len(own) > 1 or len(own[0]) >= _UNCASED
    return all(_word_fits(a, b) for a, b in zip(own, words, strict=True))


def _is_unspeakable(surface: str) -> bool:
    return surface.isalpha() and surface.isupper() and len(surface) > 2 and sum(c in "AEIOU" for c in surface) < 2


def _word_fits(own: str, word: str) -> bool:
    if len(own) <= _ACRONYM and (own.isupper() or (len(own) > 1 and not own[1:].islower() and own[1:].isalpha())):
        return own == word
    return word[0].isupper() or not own[0].isupper()


def _packed(pieces: Iterable[bytes]) -> tuple[bytes, "array[int]"]:
    """Return pieces joined, and where each ends."""
    joined, ends = bytearray(), array("Q")
    for piece in pieces:
        joined += piece
        ends.append(len(joined))
    return bytes(joined), ends


def _slice(joined: memoryview, ends: memoryview, number: int) -> memoryview:
    return joined[ends[number - 1] if number else 0 : ends[number]]


def _keys(names: Iterable[tuple[str, int, bool, str]]) -> list[tuple[int, int]]:
    """Return (hash of name key, actor), sorted, of the keys that belong to one actor and are no single short word."""
    owners: dict[int, set[int]] = {}
    for _, number, adjective, surface in names:
        key = "" if adjective else name_key(surface)
        if "-" in key or len(key) >= _UNCASED:
            owners.setdefault(_hash(key), set()).add(number)
    return sorted((key, min(numbers)) for key, numbers in owners.items() if len(numbers) == 1)


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
